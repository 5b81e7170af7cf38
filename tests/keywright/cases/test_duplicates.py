"""Two copies of a bill are found however their numbers, names and dates are written; a regular bill is no duplicate."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from keywright.bot import bot_named
from keywright.cases import casebook, work_queue
from keywright.cases.earlier_cases import DuplicateMeanwhile
from keywright.cases.worker import Office
from keywright.database.models import DuplicateKey, StoredCase, Undoable
from keywright.errors import Stop
from keywright.model.case import Case, State
from keywright.model.checks import Outcome, weigh
from keywright.model.duplicates import is_regular, number_key, same_number
from keywright.model.fields import Extraction
from keywright.model.values.confusables import as_it_looks
from keywright.model.vendor import Vendor
from keywright.profiles.applying import Applied
from keywright.settings.settings import load
from keywright.vendors import master
from tests.keywright.clerks import clerk
from tests.keywright.papers import BOT, LEASE, field, received
from tests.keywright.racing import race

DAY = dt.date(2026, 11, 2)
LATER = DAY + dt.timedelta(9)
PUMPS = Vendor("V1", "Brightwater Pumps Ltd.", other_names=("BWP Service",), tax_numbers=("812345015 RT0001",))


def bill(**changes: object) -> Extraction:
    values: dict[str, object] = {
        "invoice_number": "INV-0012",
        "issue_date": DAY,
        "seller_name": "Brightwater Pumps Ltd.",
        "currency": "CAD",
        "grand_total": Decimal("113.00"),
        "invoice_type": "invoice",
    }
    return Extraction("invoice", {name: field(name, value) for name, value in (values | changes).items()})


def read(office: Office, content: str, extraction: Extraction, state: State = State.READ) -> Case:
    case = casebook.record_extraction(
        received(content.encode(), f"{content}.pdf"), extraction, office.traits(bot_named(BOT), extraction), actor="x"
    )
    StoredCase.objects.filter(pk=int(case.id)).update(
        state=state.value, receipt_number="AP-1" if state is State.KEYED else ""
    )
    return casebook.get(case.id)


def told(office: Office, case: Case) -> list[str]:
    """Return what the bot's checks say of duplicates of a case, as the clerk reads it."""
    assert case.extraction is not None
    bot = bot_named(BOT)
    findings = weigh(case.extraction, bot.checks, office.circumstances(case, bot, case.extraction)).findings
    return [". ".join(finding.message.split(". ")[:2]) for finding in findings if finding.rule == "duplicate"]


def twin(case: Case, file: str, shared: str) -> str:
    """Return what a clerk reads of another case that may be the same."""
    return f"Possible duplicate of case {case.id}. That case ({file}) has {shared}"


# --- numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("INV-0012", "INV-12"),
        ("INV-0012", "inv 12"),
        ("INV0012", "INV-12"),
        ("2026/007", "2026/7"),
        ("2026-0012", "20260012"),
        ("0012", "12"),
        ("BTG-2O41", "BTG-2041"),
        ("A-I0l", "A-101"),
        ("ІNV-12", "INV-12"),  # a Cyrillic letter
        ("ΑΒ-7", "AB-7"),  # Greek ones
        ("ＩＮＶ１２", "INV12"),
    ],
)
def test_one_number_is_the_same_however_it_is_written(first: str, second: str) -> None:
    assert same_number(number_key(first), number_key(second))


@pytest.mark.parametrize(
    ("first", "second"),
    [("INV-10", "INV-100"), ("INV-101", "INV-11"), ("2026/7", "202/67/1"), ("A-12", "A-21"), ("1005", "1050")],
)
def test_two_numbers_of_one_vendor_stay_two(first: str, second: str) -> None:
    assert not same_number(number_key(first), number_key(second))


NUMBERS = st.lists(st.sampled_from([*"0123456789", "INV", "A", "-", "/", " ", "2026"]), min_size=1, max_size=8)


@given(NUMBERS.map("".join))
def test_a_number_is_always_the_same_as_itself_in_another_case_and_with_other_signs(number: str) -> None:
    respelled = number.lower().replace("-", " - ").replace("/", "-")
    assert same_number(number_key(number), number_key(respelled))


@given(st.text(max_size=40))
def test_any_text_can_be_folded_and_folding_it_again_changes_nothing(text: str) -> None:
    assert number_key(number_key(text)) == number_key(text)
    assert as_it_looks(as_it_looks(text)) == as_it_looks(text)


# --- cases ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "shared"),
    [
        ({"invoice_number": "lNV-12", "grand_total": Decimal(99)}, "the same seller and invoice number"),
        ({"invoice_number": "77", "grand_total": Decimal("113.0")}, "the same seller, total and date"),
        ({"invoice_number": "77", "issue_date": LATER}, "the same seller, total and a date 9 days apart"),
        ({"invoice_number": "77", "seller_name": "Other Ltd."}, "the same total and date, under another name"),
        ({"seller_name": "Вrightwater Pumps Limited", "grand_total": Decimal(9)}, "the same seller and invoice number"),
    ],
)  # fmt: skip
def test_a_duplicate_is_told_with_the_case_it_repeats(office: Office, second: dict[str, object], shared: str) -> None:
    first, copy = read(office, "first", bill()), read(office, "copy", bill(**second))

    assert told(office, copy) == [twin(first, "first.pdf", shared)]
    assert told(office, first) == [], "only the later of the two is asked about"


def test_one_vendor_on_file_is_the_same_under_any_name_it_prints(office: Office) -> None:
    master.put_on_file([PUMPS], {"file": "vendors.csv"}, actor="ivan")
    first = read(office, "first", bill())
    number = read(office, "number", bill(seller_name="BWP Service", grand_total=Decimal(9)))
    total = read(office, "total", bill(seller_name="BWP Service", invoice_number="9", issue_date=DAY + dt.timedelta(3)))

    assert told(office, number) == [
        twin(first, "first.pdf", "the same vendor on file and invoice number"),
    ]
    shared = "the same vendor on file, total and a date 3 days apart"
    assert told(office, total)[0] == twin(first, "first.pdf", shared)


@pytest.mark.parametrize(
    "second",
    [
        {"invoice_number": "77", "issue_date": DAY + dt.timedelta(28)},  # a bill of each month
        {"invoice_number": "77", "grand_total": Decimal("-113.00"), "invoice_type": "credit-note"},
        {"invoice_number": "77", "currency": "USD"},
        {"invoice_number": "INV-120", "grand_total": Decimal("113.01")},
        {"invoice_number": "77", "seller_name": "Other Ltd.", "issue_date": DAY + dt.timedelta(1)},
    ],
)
def test_what_is_another_bill_is_not_asked_about(office: Office, second: dict[str, object]) -> None:
    read(office, "first", bill())

    assert told(office, read(office, "next", bill(**second))) == []


def test_a_bill_of_nothing_is_no_copy_of_another_bill_of_nothing(office: Office) -> None:
    read(office, "first", bill(grand_total=Decimal(0)))

    assert told(office, read(office, "next", bill(grand_total=Decimal(0), invoice_number="77"))) == []


def test_a_weekly_bill_is_asked_about_until_its_rhythm_is_known_and_its_copy_always(office: Office) -> None:
    dates = [DAY + dt.timedelta(7 * week) for week in range(4)]
    bills = [
        read(office, f"week{week}", bill(invoice_number=f"W{week}", issue_date=date), State.KEYED)
        for week, date in enumerate(dates)
    ]
    assert [len(told(office, earlier_bill)) for earlier_bill in bills] == [0, 0, 0, 0], (
        "what has passed knows its rhythm"
    )
    StoredCase.objects.filter(pk__in=[int(earlier_bill.id) for earlier_bill in bills[1:]]).update(
        state=State.REFUSED.value
    )

    second = read(office, "second", bill(invoice_number="X1", issue_date=dates[1]))
    shared = "the same seller, total and a date 7 days apart"
    assert told(office, second) == [twin(bills[0], "week0.pdf", shared)]
    waits = read(office, "third", bill(invoice_number="X2", issue_date=dates[2]))
    assert told(office, waits), "the second one waits for a person still"
    StoredCase.objects.filter(pk=int(second.id)).update(state=State.KEYED.value, receipt_number="AP-2")
    assert told(office, waits) == []
    copy = read(office, "copy", bill(invoice_number="X3", issue_date=dates[2] + dt.timedelta(1)))
    assert told(office, copy)


def test_a_rhythm_is_a_gap_that_was_there_before_and_never_a_few_days() -> None:
    week = [DAY + dt.timedelta(7 * n) for n in range(3)]

    assert is_regular(week[2], week[:2])
    assert is_regular(week[2] + dt.timedelta(2), week[:2]), "a holiday moves a date"
    assert not is_regular(week[1], week[:1]), "once is no rhythm"
    assert not is_regular(DAY + dt.timedelta(1), [DAY, DAY - dt.timedelta(1)]), "daily bills of one amount"
    assert not is_regular(week[1], week[:2])


def test_the_number_of_days_is_a_setting(office: Office, tmp_path: Path) -> None:
    read(office, "first", bill())
    later = read(office, "next", bill(invoice_number="77", issue_date=DAY + dt.timedelta(5)))

    narrow = replace(office, settings=replace(office.settings, duplicate_days=4))
    assert (len(told(office, later)), told(narrow, later)) == (1, [])
    for wrong in ("-1", "400", "x"):
        with pytest.raises(Stop, match="KEYWRIGHT_DUPLICATE_DAYS"):
            load({"KEYWRIGHT_HOME": str(tmp_path), "KEYWRIGHT_DUPLICATE_DAYS": wrong})


# --- at the same moment --------------------------------------------------------------------------


def test_of_two_copies_that_are_checked_in_the_same_moment_one_is_asked_about(office: Office) -> None:
    """The later one is checked while the earlier one is not read yet, and passes after it."""
    bot = bot_named(BOT)
    first = received(b"first", "first.pdf")
    second = casebook.record_extraction(received(b"second"), bill(), office.traits(bot, bill()), actor="x")
    seen_too_early = office.circumstances(second, bot, bill())
    verdict = weigh(bill(), (), seen_too_early)
    assert (verdict.outcome, seen_too_early.earlier) == (Outcome.KEY, ())
    first = casebook.record_extraction(first, bill(), office.traits(bot, bill()), actor="x")
    office.has_checked(first, verdict, office.circumstances(first, bot, bill()))

    with pytest.raises(DuplicateMeanwhile):
        office.has_checked(second, verdict, seen_too_early)

    assert casebook.get(second.id).state is State.READ, "it is checked again"
    assert told(office, casebook.get(second.id))


def test_of_two_copies_that_two_workers_let_pass_at_once_only_one_passes(office: Office) -> None:
    bot = bot_named(BOT)
    cases = [casebook.record_extraction(received(c), bill(), (), actor="x") for c in (b"one", b"two")]
    circumstances = replace(office.circumstances(cases[0], bot, bill()), earlier=())
    verdict = weigh(bill(), (), circumstances)

    done = race(*(lambda case=case: office.has_checked(case, verdict, circumstances) for case in cases))

    assert sorted(isinstance(outcome, DuplicateMeanwhile) for outcome in done) == [False, True], done
    assert StoredCase.objects.filter(state=State.CHECKED.value).count() == 1


# --- old databases -------------------------------------------------------------------------------


def test_bills_that_were_read_before_are_found_by_what_is_kept_now(office: Office) -> None:
    case = read(office, "old", bill(), State.KEYED)
    StoredCase.objects.filter(pk=int(case.id)).update(payee={"number": "V1", "name": "x", "expense_account": ""})
    DuplicateKey.objects.all().delete()
    for rule, key in (
        ("the same seller and invoice number", "brightwaterpumpsltd inv0012"),
        ("the same seller, total and date", "brightwaterpumpsltd 113.00 2026-11-02"),
    ):
        DuplicateKey.objects.create(case_id=int(case.id), rule=rule, key=key)
    call_command("migrate", "records", "0012", verbosity=0)
    call_command("migrate", "records", verbosity=0)

    copy = read(office, "copy", bill(invoice_number="INV 12", grand_total=Decimal(7)))
    near = read(office, "near", bill(invoice_number="8", issue_date=DAY + dt.timedelta(2)))
    assert told(office, copy) == [twin(case, "old.pdf", "the same seller and invoice number")]
    assert told(office, near) == [twin(case, "old.pdf", "the same seller, total and a date 2 days apart")]
    assert DuplicateKey.objects.filter(case_id=int(case.id), key__startswith="#V1").count() == 2


def test_a_decision_from_before_can_still_be_undone(office: Office) -> None:
    from keywright.review import review_queue, undo

    case, maria = read(office, "first", bill()), clerk("maria")
    case = casebook.refer(case, [], actor="x")
    review_queue.settle(case, bill(), [], office.traits(bot_named(BOT), bill()), person="maria")
    last = Undoable.objects.get()
    last.before = {**{k: v for k, v in last.before.items() if k != "traits"}, "keys": {"the same seller": "x"}}
    last.save()

    undo.undo(int(case.id), person=maria)

    assert told(office, read(office, "copy", bill()))


# --- scale ---------------------------------------------------------------------------------------


def test_a_search_among_very_many_bills_of_one_vendor_asks_the_index(office: Office) -> None:
    first = read(office, "first", bill())
    chance = random.Random(7)
    rows = [
        DuplicateKey(case_id=int(first.id), rule=f"r{n}", key=f"{chance.random()}", number="1", day=DAY)
        for n in range(2000)
    ]
    DuplicateKey.objects.bulk_create(rows)
    query = DuplicateKey.objects.filter(rule="r1", key="x", day__range=(DAY, DAY))

    plan = query.explain()

    assert "duplicates_by_key_and_day" in plan or "Index" in plan, plan


def test_a_worker_that_reads_ahead_keeps_what_its_duplicate_is_found_by(office: Office) -> None:
    received(b"x")
    case = work_queue.claim(BOT, "worker", LEASE)
    assert case is not None
    office.has_read(case, bot_named(BOT), Applied(bill(), None))

    assert {row.rule for row in DuplicateKey.objects.filter(case_id=int(case.id))} == {
        "the same seller and invoice number",
        "the same seller, total",
        "the same total and date, under another name",
    }
