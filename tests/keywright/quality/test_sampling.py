"""The quality sample: who is drawn, what is compared, and what the figures say."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace

import pytest
from django.contrib.auth.models import User

from keywright.bot import bot_named
from keywright.cases import casebook
from keywright.database.layouts import LayoutVersion, StoredLayout
from keywright.database.models import LedgerEntry, Sample, StoredCase
from keywright.ledger import ledger
from keywright.model.case import Case, State
from keywright.model.checks import Outcome, Verdict
from keywright.model.fields import Field
from keywright.profiles.profile import Profile, profile_to_json
from keywright.quality import sampling
from keywright.quality.sampling import AlreadyAnswered, NotForYou, Rate, SampleQuality, Truth
from keywright.typed_values import NotAValue
from tests.keywright.console.desk import BOT, UNSURE, extraction, office, opened
from tests.keywright.people.test_permissions import person, set_to

pytestmark = pytest.mark.django_db
SPECS = bot_named(BOT).reads.specs()
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
RIGHT = {"invoice_number": "BTG-2041", "grand_total": "1412.50"}


def read(name: str = "gravel.pdf") -> Case:
    """Return a case that was read without a doubt."""
    sure = extraction().with_fields(Field("invoice_number", "BTG-2041", "BTG-2041", 0.99, "text-layer"))
    return casebook.record_extraction(opened(name), sure, (), actor="robot")


def sampled(name: str = "gravel.pdf", fields: tuple[str, ...] = ("invoice_number", "grand_total")) -> Sample:
    """Return the sample of a case that goes on to be keyed."""
    case = office().has_checked(read(name), Verdict(Outcome.KEY, ()), sample=fields)
    return Sample.objects.get(case_id=int(case.id))


# --- drawing -------------------------------------------------------------------------------------


def test_nothing_is_drawn_unless_a_share_is_set() -> None:
    assert sampling.drawn(read(), bot_named(BOT)) == ()


def test_the_share_that_is_set_is_drawn_and_again_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    case, bot = read(), bot_named(BOT)
    cases = [replace(case, document=hashlib.sha256(str(number).encode()).hexdigest()) for number in range(1000)]
    with set_to(monkeypatch, sample_percent=20.0):
        first = [bool(sampling.drawn(number, bot)) for number in cases]
        assert [bool(sampling.drawn(number, bot)) for number in cases] == first
    assert 150 < sum(first) < 250
    with set_to(monkeypatch, sample_percent=20.0, secret_key="another key of this office " * 2):
        second_draw = [bool(sampling.drawn(number, bot)) for number in cases]
    assert second_draw != first  # who does not know the key cannot tell which
    assert 150 < sum(second_draw) < 250


def test_a_dozen_fields_are_asked_those_that_were_read_and_some_that_were_not(monkeypatch: pytest.MonkeyPatch) -> None:
    case, bot = read(), bot_named(BOT)
    assert case.extraction is not None
    with set_to(monkeypatch, sample_percent=100.0):
        fields = sampling.drawn(case, bot)
    read_fields = [name for name in fields if name in case.extraction.fields]
    assert (len(read_fields), len(fields) - len(read_fields)) == (sampling.READ, sampling.UNREAD)
    assert list(fields) == [name for name in SPECS if name in fields]


def test_a_case_that_a_person_had_a_hand_in_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    case, bot = read(), bot_named(BOT)
    assert case.extraction is not None
    typed_field = Field("invoice_number", "BTG-2041", "BTG-2041", 1.0, "reviewer:maria")
    before = casebook.refer(read("other.pdf"), [UNSURE], actor="robot")
    with set_to(monkeypatch, sample_percent=100.0):
        assert sampling.drawn(case, bot)
        assert sampling.drawn(replace(case, settled=(UNSURE,)), bot) == ()
        assert sampling.drawn(replace(case, extraction=case.extraction.with_fields(typed_field)), bot) == ()
        assert sampling.drawn(before, bot) == ()


def test_a_drawn_case_goes_on_at_once_and_what_the_robot_read_is_kept() -> None:
    row = sampled(fields=("invoice_number", "purchase_order"))
    assert row.robot == {"invoice_number": "BTG-2041", "purchase_order": None}
    assert casebook.get(str(row.case_id)).state is State.CHECKED
    assert LedgerEntry.objects.get(event="sample-drawn").body == {"asked": ["invoice_number", "purchase_order"]}


# --- answering and settling ----------------------------------------------------------------------


def test_who_reads_the_same_but_for_blanks_and_capitals_agrees() -> None:
    row = sampled()
    answered = sampling.answer(
        row.pk, {"invoice_number": " btg-2041", "grand_total": "1,412.50".replace(",", "")}, SPECS, person=clerk()
    )
    assert sampling.differences(answered) == []
    assert answered.truth == {}
    assert LedgerEntry.objects.get(event="sample-answered").body == {"asked": list(RIGHT), "differs": []}
    assert ledger.verify().fault == ""


def clerk(name: str = "maria") -> User:
    return person(name, "clerk")


def supervisor(name: str = "sara") -> User:
    return person(name, "supervisor")


@pytest.mark.parametrize("text", ["1,412.50", "1 412,50 $", "1412.5"])
def test_an_amount_that_is_typed_in_another_writing_is_the_same_amount(text: str) -> None:
    row = sampled()
    row = sampling.answer(row.pk, {**RIGHT, "grand_total": text}, SPECS, person=clerk("maria"))
    assert sampling.differences(row) == []


def test_a_reading_that_is_chosen_as_the_truth_is_not_asked_about_though_it_may_be_two_values() -> None:
    row = sampled()
    Sample.objects.filter(pk=row.pk).update(robot={"invoice_number": "BTG-2041", "grand_total": "1.459"})
    sampling.answer(row.pk, {**RIGHT, "grand_total": "1.46"}, SPECS, person=clerk("maria"))
    truths = {"grand_total": sampling.Truth("1.459")}
    settled = sampling.settle(row.pk, truths, SPECS, person=supervisor())
    assert settled.truth == {"grand_total": {"value": "1.459", "same": False}}


def test_what_is_no_value_is_asked_again_and_nothing_is_kept() -> None:
    row = sampled()
    with pytest.raises(NotAValue) as wrong:
        sampling.answer(row.pk, {**RIGHT, "grand_total": "about 1400"}, SPECS, person=clerk())
    assert list(wrong.value.faults) == ["grand_total"]
    assert Sample.objects.get(pk=row.pk).answered_at is None


@pytest.mark.parametrize("group", ["auditor", "it"])
def test_only_who_decides_cases_answers(group: str) -> None:
    row = sampled()
    with pytest.raises(NotForYou):
        sampling.answer(row.pk, RIGHT, SPECS, person=person("ada", group))
    assert Sample.objects.get(pk=row.pk).answered_at is None


def test_a_second_answer_is_not_taken() -> None:
    row = sampled()
    sampling.answer(row.pk, RIGHT, SPECS, person=clerk())
    with pytest.raises(AlreadyAnswered):
        sampling.answer(row.pk, {"invoice_number": "other"}, SPECS, person=clerk("paul"))
    assert Sample.objects.get(pk=row.pk).answer == RIGHT


def test_a_supervisor_who_did_not_answer_says_who_was_right() -> None:
    row, sara = sampled(), supervisor()
    sampling.answer(row.pk, {**RIGHT, "invoice_number": "BTG-2O41"}, SPECS, person=sara)
    assert list(sampling.to_settle(sara)) == []
    truths = {"invoice_number": Truth("BTG-2041")}
    for who, why in ((sara, "You read this sample yourself"), (clerk(), "Only a supervisor decides")):
        with pytest.raises(NotForYou, match=why):
            sampling.settle(row.pk, truths, SPECS, person=who)
    otto = supervisor("otto")
    assert [sample.pk for sample in sampling.to_settle(otto)] == [row.pk]
    sampling.settle(row.pk, truths, SPECS, person=otto)
    assert LedgerEntry.objects.get(event="sample-settled").body == {
        "robot_wrong": [],
        "person_wrong": ["invoice_number"],
    }
    with pytest.raises(AlreadyAnswered):
        sampling.settle(row.pk, truths, SPECS, person=otto)


def test_a_field_of_which_nothing_is_said_is_asked_again() -> None:
    row = sampled()
    sampling.answer(row.pk, {"invoice_number": "A", "grand_total": "1"}, SPECS, person=clerk())
    with pytest.raises(NotAValue) as wrong:
        sampling.settle(row.pk, {"invoice_number": Truth("A")}, SPECS, person=supervisor())
    assert list(wrong.value.faults) == ["grand_total"]
    with pytest.raises(NotAValue):
        sampling.settle(
            row.pk, {"invoice_number": Truth("A"), "grand_total": Truth("much")}, SPECS, person=supervisor()
        )
    assert Sample.objects.get(pk=row.pk).truth is None


def test_people_who_ask_at_once_are_given_different_samples() -> None:
    for number in range(3):
        sampled(f"{number}.pdf")
    people = [clerk(name) for name in ("a", "b", "c")]
    assert len({next_sample.pk for sample in people if (next_sample := sampling.next_for(sample))}) == 3


def test_a_sample_of_a_bot_that_a_person_does_not_see_is_not_given_to_that_person() -> None:
    from keywright.people.accounts import let_see

    sampled()
    let_see("payables", [BOT], actor="ivan")
    assert sampling.next_for(clerk()) is None
    assert sampling.next_for(person("petra", "clerk", "payables")) is not None


# --- figures -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "of", "low", "high"),
    [  # Newcombe 1998, Statistics in Medicine 17, table I: method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0000),
        (0, 0, 0.0000, 1.0000),
    ],
)
def test_the_interval_is_wilsons(wrong: int, of: int, low: float, high: float) -> None:
    assert Rate(wrong, of).interval == pytest.approx((low, high), abs=0.00006)


def test_the_figures_tell_robot_and_clerks_apart() -> None:
    fields = ("invoice_number", "grand_total", "purchase_order")
    entries = [
        ({**RIGHT, "purchase_order": ""}, {}),  # the same
        ({**RIGHT, "grand_total": "1421.50"}, {"grand_total": Truth("1412.50")}),  # the clerk is wrong
        ({**RIGHT, "invoice_number": "BTG-2047"}, {"invoice_number": Truth("BTG-2047")}),  # the robot is wrong
        ({**RIGHT, "purchase_order": "PO-7"}, {"purchase_order": Truth("PO-7")}),  # the robot missed it
        ({**RIGHT, "invoice_number": "BTG 2041"}, {"invoice_number": Truth(same=True)}),  # both are right
        ({**RIGHT, "invoice_number": "X"}, {"invoice_number": Truth("BTG-2999")}),  # both are wrong
    ]
    for number, (entered, truths) in enumerate(entries):
        row = sampled(f"{number}.pdf", fields)
        sampling.answer(row.pk, entered, SPECS, person=clerk())
        if truths:
            sampling.settle(row.pk, truths, SPECS, person=supervisor())
    open_ = sampled("open.pdf", fields)
    sampling.answer(open_.pk, {**RIGHT, "invoice_number": "Y"}, SPECS, person=clerk())
    sampled("waiting.pdf", fields)

    assert sampling.quality(BOT, LONG_AGO) == SampleQuality(
        misread=Rate(2, 12), missed=Rate(1, 6), clerks_misread=Rate(2, 13), cases=Rate(2, 6), open_=1, waiting=1
    )
    assert sampling.quality("permit-applications", LONG_AGO).misread == Rate(0, 0)
    assert sampling.quality(BOT, dt.datetime.now(dt.UTC)).waiting == 0
    wrong = [(row.case.document.file_name, names) for row, names in sampling.wrongly_keyed(BOT, LONG_AGO)]
    assert wrong == [
        ("5.pdf", ["invoice_number"]),
        ("3.pdf", ["purchase_order"]),
        ("2.pdf", ["invoice_number"]),
    ]


def test_a_layout_whose_sample_was_wrong_is_asked_about_again() -> None:
    layout = StoredLayout.objects.create(document_type="invoice", state="trusted", version=1)
    profile = profile_to_json(Profile(documents=2, in_a_row={"invoice_number": 2}))
    LayoutVersion.objects.create(layout=layout, number=1, state="used", profile=profile, made_by="maria")
    row = sampled()
    StoredCase.objects.filter(pk=row.case_id).update(layout=layout)
    sampling.answer(row.pk, {**RIGHT, "invoice_number": "BTG-2047"}, SPECS, person=clerk())
    sampling.settle(row.pk, {"invoice_number": Truth("BTG-2047")}, SPECS, person=supervisor())
    layout.refresh_from_db()
    assert layout.state == "learning"
    assert layout.versions.get().profile["in_a_row"] == {}
    assert LedgerEntry.objects.get(event="layout-asked-again").actor == "sara"
