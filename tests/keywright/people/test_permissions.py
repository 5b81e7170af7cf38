"""Who decides what: rights, sight of a bot's cases, and what takes a second person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser, Group, User
from django.db import transaction

from keywright.bot import all_bots, bot_named
from keywright.cases import approvals, casebook
from keywright.database.models import BotAccess, LedgerEntry, StoredCase
from keywright.errors import Stop
from keywright.findings import Finding
from keywright.ledger import ledger
from keywright.model.case import Case, State
from keywright.model.checks import Outcome, weigh
from keywright.model.fields import Extraction, Field
from keywright.people import permissions
from keywright.people.accounts import add_person, let_see
from keywright.quality import sampling
from keywright.review import review_queue
from keywright.review.line_edits import line_changes
from keywright.settings.settings import Settings, settings
from tests.keywright.console.desk import BOT, PASSWORD, UNSURE, extraction, office, referred

pytestmark = pytest.mark.django_db


@contextmanager
def set_to(monkeypatch: pytest.MonkeyPatch, **changes: object) -> Iterator[Settings]:
    """Let other settings hold wherever they are asked for."""
    changed_settings = replace(settings(), **changes)  # type: ignore[arg-type]
    with monkeypatch.context() as patched:
        for module in (approvals, sampling):
            patched.setattr(module, "settings", lambda: changed_settings)
        yield changed_settings


def person(name: str, *groups: str) -> User:
    for group in groups:
        Group.objects.get_or_create(name=group)
    who, _ = User.objects.get_or_create(username=name)
    who.groups.set(Group.objects.filter(name__in=groups))
    return who


def sure() -> Extraction:
    """Return an invoice that reads without a doubt."""
    return extraction().with_fields(Field("invoice_number", "BTG-2041", "BTG-2041", 0.99, "text-layer"))


def checked(case: Case) -> tuple[Outcome, tuple[Finding, ...]]:
    """Return what the robot's checks say of a case as it stands."""
    case, bot = casebook.get(case.id), bot_named(BOT)
    assert case.extraction is not None
    verdict = weigh(case.extraction, bot.checks, office().circumstances(case, bot, case.extraction), case.settled)
    return verdict.outcome, verdict.findings


def settled(
    case: Case, who: str, corrections: dict[str, str] | None = None, accepted: tuple[Finding, ...] = ()
) -> Case:
    """Let a person settle a case, and its checks refer it again if they must."""
    current, bot = casebook.get(case.id), bot_named(BOT)
    assert current.extraction is not None
    corrected = review_queue.correct(current.extraction, corrections or {}, bot.reads.specs(), who)
    second = permissions.rights_of(User.objects.get(username=who)).second
    case = review_queue.settle(current, corrected, accepted, bot.same_as(corrected, None), person=who, second=second)
    outcome, findings = checked(case)
    return casebook.refer(case, findings, actor="robot") if outcome is Outcome.REFER else case


# --- sight ---------------------------------------------------------------------------------------


def test_while_no_bot_is_given_to_a_department_everybody_sees_all() -> None:
    assert permissions.visible_bots(person("maria", "clerk")) is None
    assert permissions.may_see(BOT, person("maria", "clerk"))


def test_a_bot_that_is_given_to_a_department_is_seen_by_that_department_and_by_auditors() -> None:
    let_see("permits", ["permit-applications"], actor="ivan")
    maria, petra = person("maria", "clerk"), person("petra", "clerk", "permits")
    ada, root = person("ada", "auditor"), User.objects.create(username="root", is_superuser=True)

    assert permissions.visible_bots(maria) == frozenset(all_bots()) - {"permit-applications"}
    assert [permissions.visible_bots(account) for account in (petra, ada, root)] == [None, None, None]
    sees = {
        account.username: permissions.may_see("permit-applications", account) for account in (maria, petra, ada, root)
    }
    assert sees == {"maria": False, "petra": True, "ada": True, "root": True}


def test_a_department_alone_gives_no_right_to_look() -> None:
    let_see("permits", ["permit-applications"], actor="ivan")
    assert not permissions.may_see("permit-applications", person("petra", "permits"))
    assert permissions.hidden_bots(AnonymousUser()) == {"permit-applications"}


def test_a_waiting_case_is_found_by_those_who_see_its_bot_only() -> None:
    let_see("payables", [BOT], actor="ivan")
    case = referred()
    assert not review_queue.waiting(person=person("petra", "clerk")).exists()
    assert [row.pk for row in review_queue.waiting(person=person("maria", "clerk", "payables"))] == [int(case.id)]


def test_taking_a_bot_from_its_last_department_gives_it_back_to_all() -> None:
    let_see("payables", [BOT], actor="ivan")
    let_see("payables", [], actor="ivan")
    assert permissions.visible_bots(person("petra", "clerk")) is None
    bodies = LedgerEntry.objects.filter(event="department-set").order_by("number").values_list("body", flat=True)
    assert list(bodies) == [
        {"group": "payables", "old": [], "new": [BOT]},
        {"group": "payables", "old": [BOT], "new": []},
    ]


def test_a_department_of_a_bot_that_there_is_not_is_refused() -> None:
    with pytest.raises(Stop, match=r"There is no bot parking\. There are: permit-applications"):
        let_see("payables", ["parking"], actor="ivan")
    with pytest.raises(Stop, match="Give the department a name"):
        let_see(" ", [BOT], actor="ivan")
    assert not BotAccess.objects.exists()


def test_a_person_is_added_with_departments_and_an_address() -> None:
    let_see("payables", [BOT], actor="ivan")
    maria = add_person("maria", PASSWORD, "clerk", departments=["payables"], email="maria@town.example")
    assert (maria.email, sorted(maria.groups.values_list("name", flat=True))) == (
        "maria@town.example",
        ["clerk", "payables"],
    )
    assert add_person("maria", PASSWORD, "clerk").email == "maria@town.example"
    with pytest.raises(Stop, match="There is no department roads"):
        add_person("maria", PASSWORD, "clerk", departments=["roads"])
    with pytest.raises(Stop, match="valid email"):
        add_person("maria", PASSWORD, "clerk", email="nobody")


# --- rights --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("groups", "may"),
    [(["clerk"], True), (["supervisor"], True), (["it"], False), (["auditor"], False), ([], False)],
)
def test_clerks_and_supervisors_decide_and_nobody_else(groups: list[str], may: bool) -> None:
    assert permissions.may_decide(referred(), person("maria", *groups)) is may


def test_a_clerk_of_another_department_may_not_decide() -> None:
    let_see("permits", [BOT], actor="ivan")
    case = referred()
    row = StoredCase.objects.get(pk=int(case.id))
    assert not permissions.may_decide(case, person("maria", "clerk"))
    assert not permissions.may_decide(row, person("maria", "clerk"))
    assert permissions.may_decide(row, person("petra", "clerk", "permits"))


def test_who_is_not_signed_in_or_gone_decides_nothing() -> None:
    gone = person("maria", "clerk")
    gone.is_active = False
    assert not permissions.may_decide(referred(), gone)
    assert not permissions.may_decide(referred(), AnonymousUser())


def test_an_auditor_changes_nothing_whatever_other_group_the_auditor_is_in() -> None:
    rights = permissions.rights_of(person("ada", "auditor", "supervisor", "it"))
    assert (rights.look, rights.ledger) == (True, True)
    assert not (rights.decide or rights.mend or rights.second or rights.vendors)


# --- a second person above a limit ---------------------------------------------------------------

LIMIT = {BOT: {"CAD": Decimal("1000.00")}}


def test_an_amount_above_the_limit_goes_to_a_supervisor_even_where_the_robot_is_sure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = referred(read_before=sure())
    assert checked(case) == (Outcome.KEY, ())
    with set_to(monkeypatch, second_person_above=LIMIT):
        outcome, (finding,) = checked(case)
    assert outcome is Outcome.REFER
    assert (finding.rule, finding.second_person, finding.fields) == ("amount-above-limit", True, ("grand_total",))
    assert finding.message.startswith("Needs approval (over 1,000.00 CAD). The amount is 1,412.50 CAD.")


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ({BOT: {"CAD": Decimal("1412.50")}}, ""),
        ({"permit-applications": {"CAD": Decimal("1")}}, ""),
        ({BOT: {"USD": Decimal("9000.00")}}, "no limit set for CAD"),
        ({BOT: {"CAD": Decimal("1412.49"), "USD": Decimal("1")}}, "over 1,412.49 CAD"),
    ],
)
def test_the_limit_is_the_bots_own_and_the_currencys(
    monkeypatch: pytest.MonkeyPatch, limits: dict[str, dict[str, Decimal]], sentence: str
) -> None:
    case = referred(read_before=sure())
    with set_to(monkeypatch, second_person_above=limits):
        findings = checked(case)[1]
    assert sentence in " ".join(finding.message for finding in findings)
    assert bool(findings) is bool(sentence)


def test_a_credit_note_is_as_large_as_its_amount_without_the_minus(monkeypatch: pytest.MonkeyPatch) -> None:
    credit = sure().with_fields(Field("grand_total", Decimal("-5000.00"), "-5000.00", 0.99, "text-layer"))
    case = referred(read_before=credit)
    with set_to(monkeypatch, second_person_above=LIMIT):
        assert [finding.rule for finding in approvals.findings(case, credit)] == ["amount-above-limit"]


def test_a_clerk_cannot_accept_it_and_a_supervisor_can(monkeypatch: pytest.MonkeyPatch) -> None:
    maria, _sara = person("maria", "clerk"), person("sara", "supervisor")
    case = referred(read_before=sure())
    with set_to(monkeypatch, second_person_above=LIMIT):
        (finding,) = checked(case)[1]
        assert "must accept it" in approvals.needs_second(case, bot_named(BOT), maria)
        with pytest.raises(review_queue.NeedsSecondPerson):
            settled(case, "maria", accepted=(finding,))
        assert casebook.get(case.id).state is State.REFERRED
        case = settled(case, "sara", accepted=(finding,))
    assert case.state is State.READ
    assert case.settled == (finding,)


def test_a_supervisor_who_typed_something_of_the_case_is_not_the_second_person(monkeypatch: pytest.MonkeyPatch) -> None:
    sara, _otto = person("sara", "supervisor"), person("otto", "supervisor")
    case = referred(read_before=extraction())
    with set_to(monkeypatch, second_person_above=LIMIT):
        case = settled(case, "sara", {"invoice_number": "BTG-2041"})
        (finding,) = case.findings
        assert (finding.rule, finding.not_by) == ("amount-above-limit", ("sara",))
        assert approvals.needs_second(case, bot_named(BOT), sara) == finding.message
        with pytest.raises(review_queue.NeedsSecondPerson):
            settled(case, "sara", accepted=(finding,))
        case = settled(case, "otto", accepted=(finding,))
    assert case.state is State.READ


def test_who_emptied_a_field_and_left_no_trace_in_it_has_typed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    person("sara", "supervisor")
    case = referred(read_before=sure())
    with set_to(monkeypatch, second_person_above=LIMIT):
        case = settled(case, "sara", {"due_date": ""})
        (finding,) = case.findings
        assert finding.not_by == ("sara",)
        with pytest.raises(review_queue.NeedsSecondPerson):
            settled(case, "sara", accepted=(finding,))


def test_an_amount_that_was_accepted_and_then_changed_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    person("maria", "clerk"), person("sara", "supervisor")
    case = referred(read_before=sure())
    with set_to(monkeypatch, second_person_above=LIMIT):
        case = settled(case, "sara", accepted=checked(case)[1])
        case = casebook.refer(case, [UNSURE], actor="robot")
        case = settled(case, "maria", {"net_total": "1837.50", "grand_total": "2000.00"})
        assert "The amount is 2,000.00 CAD" in " ".join(finding.message for finding in case.findings)


# --- one's own corrections -----------------------------------------------------------------------

OWN = frozenset({BOT})


def test_corrections_are_approved_by_a_colleague_and_not_by_oneself(monkeypatch: pytest.MonkeyPatch) -> None:
    maria, paul = person("maria", "clerk"), person("paul", "clerk")
    case = referred(read_before=extraction())
    bot = bot_named(BOT)
    with set_to(monkeypatch, second_person_corrections=OWN):
        case = settled(case, "maria", {"invoice_number": "BTG-2041"})
        (finding,) = case.findings
        assert (finding.rule, finding.not_by, finding.second_person) == ("corrections-to-approve", ("maria",), False)
        assert finding.message.startswith(
            "Corrections need approval. maria changed Invoice number: BTG-2O41 → BTG-2041."
        )
        assert approvals.needs_second(case, bot, maria) == finding.message
        assert approvals.needs_second(case, bot, paul) == ""
        with pytest.raises(review_queue.NeedsSecondPerson, match="maria may not accept this alone"):
            settled(case, "maria", accepted=(finding,))
        case = settled(case, "paul", accepted=(finding,))
    assert case.state is State.READ


def test_a_value_that_was_only_confirmed_is_no_correction(monkeypatch: pytest.MonkeyPatch) -> None:
    person("maria", "clerk")
    case = referred(read_before=extraction())
    with set_to(monkeypatch, second_person_corrections=OWN):
        assert settled(case, "maria", {"invoice_number": "BTG-2O41"}).state is State.READ


def test_an_emptied_field_is_a_correction(monkeypatch: pytest.MonkeyPatch) -> None:
    person("maria", "clerk")
    case = referred(read_before=sure())
    with set_to(monkeypatch, second_person_corrections=OWN):
        (finding,) = settled(case, "maria", {"due_date": ""}).findings
    assert finding.message.startswith("Corrections need approval. maria changed Due date: 2026-12-02 → –.")
    assert finding.not_by == ("maria",)


def test_lines_that_were_changed_are_a_correction_until_that_is_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    person("maria", "clerk")
    case, fewer = referred(read_before=sure()), sure().lines[:1]
    with transaction.atomic():
        body = line_changes(sure().lines, fewer)
        entry = ledger.append("lines-corrected", actor="maria", case=int(case.id), body=body)
    with set_to(monkeypatch, second_person_corrections=OWN):
        (finding,) = approvals.findings(case, replace(sure(), lines=fewer))
        assert finding.message.startswith(
            f"Corrections need approval. maria changed the lines (ledger entry {entry.number})."
        )
        assert (finding.not_by, finding.fields) == (("maria",), ())
        assert approvals.findings(case, sure()) == ()


def test_two_who_corrected_each_others_case_approve_each_others_corrections(monkeypatch: pytest.MonkeyPatch) -> None:
    person("maria", "clerk"), person("paul", "clerk")
    case = referred(read_before=extraction())
    with set_to(monkeypatch, second_person_corrections=OWN):
        case = settled(case, "maria", {"invoice_number": "BTG-2041"})
        case = settled(case, "paul", {"due_date": "2026-12-03"}, case.findings)
        (finding,) = case.findings
        assert (finding.not_by, finding.fields) == (("paul",), ("due_date",))
        assert settled(case, "maria", accepted=(finding,)).state is State.READ


def test_a_person_is_told_beforehand_that_a_colleague_must_approve(monkeypatch: pytest.MonkeyPatch) -> None:
    maria, case, bot = person("maria", "clerk"), referred(read_before=extraction()), bot_named(BOT)
    corrected = review_queue.correct(extraction(), {"invoice_number": "BTG-2041"}, bot.reads.specs(), "maria")
    confirmed = review_queue.correct(extraction(), {"invoice_number": "BTG-2O41"}, bot.reads.specs(), "maria")
    assert approvals.needs_second(case, bot, maria, corrected) == ""
    with set_to(monkeypatch, second_person_corrections=OWN):
        assert "A colleague must approve" in approvals.needs_second(case, bot, maria, corrected)
        assert approvals.needs_second(case, bot, maria, confirmed) == ""


def test_corrections_of_a_bot_for_which_it_is_not_set_need_no_colleague(monkeypatch: pytest.MonkeyPatch) -> None:
    person("maria", "clerk")
    case = referred(read_before=extraction())
    with set_to(monkeypatch, second_person_corrections=frozenset({"permit-applications"})):
        assert settled(case, "maria", {"invoice_number": "BTG-2041"}).state is State.READ
