"""Hours later a robot looks by itself for what a person is asked about: it closes what is right, and posts nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.db.models import F

from keywright import clock
from keywright.cases import casebook, work_queue
from keywright.cases.keying_attempts import NOT_FINISHED, NOT_SHOWN
from keywright.cases.recheck_schedule import EVENT
from keywright.cases.worker import Office
from keywright.database.models import Keying, LedgerEntry, StoredCase
from keywright.errors import Refer
from keywright.findings import Kind
from keywright.ledger import ledger
from keywright.model.case import Case, State
from keywright.model.document import fingerprint
from keywright.model.target_system import HELD_TWICE, SHOWN_OTHERWISE, Posting, Receipt
from keywright.review import review_queue
from tasks.key import FOUND
from tasks.pipeline import work_claimed
from tasks.runs.recheck import recheck_due
from tasks.system_session import Desk
from tests.keywright.papers import BOT, LEASE
from tests.tasks.registry import NOBODY, PNG, Drawer, Registry, checked, filing_bot

HOUR = 3600.0


@pytest.fixture
def patient(office: Office) -> Office:
    """An office that gives up a look at once, and looks by itself after an hour and after four."""
    return replace(office, settings=replace(office.settings, look_again=(0.0,), second_looks=(HOUR, 4 * HOUR)))


class Otherwise(Registry):
    """A card index that shows each card with another number, as long as the drawer is ``late``; and then as it is."""

    rule = SHOWN_OTHERWISE

    def find(self, record: str, /) -> Receipt | None:
        if record in self.drawer.cards and self.drawer.late:
            raise Refer.because(self.rule, "The registry holds INV-7 otherwise.", kind=Kind.SYSTEM, picture=PNG)
        return super().find(record)

    def last_screen(self) -> bytes:
        return PNG + b"as it is now"


class Twice(Otherwise):
    rule = HELD_TWICE


def referred(office: Office, drawer: Drawer, registry: type[Registry] = Registry) -> Case:
    """Return a case that a robot worked, and that a person is asked about."""
    bot = filing_bot(drawer, registry)
    with Desk(bot, NOBODY) as desk:
        case = work_claimed(checked(office), bot, desk, office)
    assert case.state is State.REFERRED
    return case


def looked(office: Office, drawer: Drawer, registry: type[Registry] = Registry) -> list[Case]:
    """Let a robot look by itself; return what that settled."""
    bot = filing_bot(drawer, registry)
    with Desk(bot, NOBODY) as desk:
        return list(recheck_due(bot, desk, office))


def let_pass(seconds: float) -> None:
    """Let time pass since the referral."""
    StoredCase.objects.exclude(referred_at=None).update(referred_at=F("referred_at") - dt.timedelta(seconds=seconds))


def seen_by_itself() -> Iterator[str]:
    return (str(entry.body["seen"]) for entry in LedgerEntry.objects.filter(event=EVENT).order_by("number"))


def test_a_record_that_shows_hours_later_closes_its_case_and_nothing_is_posted(patient: Office) -> None:
    drawer = Drawer(late=HOUR)
    case = referred(patient, drawer)
    drawer.cards["INV-7"] = 0.0

    assert looked(patient, drawer) == [], "an hour has not passed"
    let_pass(HOUR)
    (settled,) = looked(patient, drawer)

    assert (settled.id, settled.state, settled.receipt_number) == (case.id, State.KEYED, "card INV-7")
    assert (drawer.filed, Keying.objects.get().posts) == (1, 1)
    assert list(seen_by_itself()) == ["It is there as card INV-7, complete and correct."]
    assert not ledger.verify().fault


def test_a_record_that_is_never_shown_stays_with_the_person_and_is_looked_for_a_few_times_only(
    patient: Office,
) -> None:
    drawer = Drawer(loses=1)
    case = referred(patient, drawer)
    due = StoredCase.objects.get().due_at

    for hours in (1, 3, 100, 100):
        let_pass(hours * HOUR)
        assert looked(patient, drawer) == []
        assert looked(patient, drawer) == [], "once each time"

    assert list(seen_by_itself()) == ["It is not shown."] * 2
    case_now = casebook.get(case.id)
    assert (case_now.state, case_now.findings, StoredCase.objects.get().due_at) == (State.REFERRED, case.findings, due)
    assert (drawer.filed, Keying.objects.get().posts) == (1, 1)


@pytest.mark.parametrize("registry", [Otherwise, Twice])
def test_a_record_that_somebody_put_right_in_its_system_closes_its_case(
    registry: type[Otherwise], patient: Office
) -> None:
    drawer = Drawer(late=0.01)
    case = referred(patient, drawer, registry)
    assert [finding.rule for finding in case.findings] == [registry.rule]
    let_pass(HOUR)
    assert looked(patient, drawer, registry) == [], "it is not right yet"

    drawer.late = 0.0
    let_pass(3 * HOUR)

    assert [finding.state for finding in looked(patient, drawer, registry)] == [State.KEYED]
    assert drawer.filed == 1


def test_a_record_that_lacks_a_part_is_not_closed_and_not_finished_either(patient: Office) -> None:
    class Shreds(set[str]):
        def add(self, _card: str) -> None:
            """Lose the enclosure."""

    drawer = Drawer(encloses=True, enclosed=Shreds())
    case = referred(patient, drawer)
    let_pass(HOUR)

    assert looked(patient, drawer) == []
    assert (case.findings[0].rule, drawer.filed) == (NOT_FINISHED, 2)


def test_a_record_that_no_robot_posted_is_never_taken_by_itself(patient: Office) -> None:
    drawer = Drawer(cards={"INV-7": 0.0})
    case = referred(patient, drawer)
    assert case.findings[0].rule == FOUND
    let_pass(HOUR)

    assert looked(patient, drawer) == []
    assert list(seen_by_itself()) == []


def test_a_record_under_another_number_than_a_person_named_is_left_to_the_person(patient: Office) -> None:
    drawer = Drawer(loses=1)
    case = review_queue.there(referred(patient, drawer), "card X-1", person="maria")
    StoredCase.objects.update(not_before=clock.now())
    bot = filing_bot(drawer)
    with Desk(bot, NOBODY) as desk:
        claimed = work_queue.claim(BOT, "next", LEASE)
        assert claimed is not None
        work_claimed(claimed, bot, desk, patient)
    drawer.cards["INV-7"] = 0.0
    let_pass(HOUR)

    assert looked(patient, drawer) == []
    assert casebook.get(case.id).state is State.REFERRED
    assert list(seen_by_itself()) == ["It is there as card INV-7."]


def test_a_case_that_somebody_has_open_is_not_looked_at(patient: Office) -> None:
    drawer = Drawer(late=HOUR)
    case = referred(patient, drawer)
    drawer.cards["INV-7"] = 0.0
    let_pass(HOUR)
    maria = User.objects.create(username="maria")
    StoredCase.objects.update(claimed_by=maria, claimed_until=clock.now() + dt.timedelta(minutes=5))

    assert looked(patient, drawer) == []
    assert casebook.get(case.id).state is State.REFERRED


def test_what_a_person_decides_while_the_robot_looks_stands(patient: Office) -> None:
    drawer = Drawer(loses=1)
    case = referred(patient, drawer)
    let_pass(HOUR)

    class Slow(Registry):
        def find(self, record: str, /) -> Receipt | None:
            review_queue.refuse(case, "It is there, by hand.", person="maria")
            drawer.cards["INV-7"] = 0.0
            return super().find(record)

    assert looked(patient, drawer, Slow) == []
    assert casebook.get(case.id).state is State.REFUSED
    assert list(seen_by_itself()) == []
    assert Keying.objects.get().receipt is None


def test_a_system_that_is_away_counts_as_no_look(patient: Office) -> None:
    drawer = Drawer(late=HOUR)
    referred(patient, drawer)
    drawer.cards["INV-7"], drawer.dead = 0.0, 1
    let_pass(HOUR)

    assert looked(patient, drawer) == []
    assert list(seen_by_itself()) == []
    assert [settled.state for settled in looked(patient, drawer)] == [State.KEYED]


@pytest.mark.parametrize(
    ("drawer", "registry", "rule", "picture"),
    [
        (Drawer(loses=1), Otherwise, NOT_SHOWN, PNG + b"as it is now"),
        (Drawer(late=0.01), Otherwise, SHOWN_OTHERWISE, PNG),
        (Drawer(loses=1), Registry, NOT_SHOWN, b""),
    ],
)
def test_the_picture_of_what_was_seen_is_kept_with_the_referral_and_its_hash_in_the_ledger(
    drawer: Drawer, registry: type[Registry], rule: str, picture: bytes, patient: Office
) -> None:
    (finding,) = referred(patient, replace(drawer), registry).findings

    assert (finding.rule, finding.picture) == (rule, fingerprint(picture) if picture else "")
    stored_finding = LedgerEntry.objects.get(event="case-referred").body["findings"][0]
    assert stored_finding.get("picture", "") == finding.picture
    if picture:
        assert patient.pictures.get(finding.picture) == picture


def test_what_the_system_does_not_take_is_entered_once_more_where_nothing_was_posted(patient: Office) -> None:
    class Forgets(Registry):
        refusals = 1

        def enter(self, record: str, posting: Posting, /) -> None:
            if Forgets.refusals:
                Forgets.refusals -= 1
                raise Refer.because("not-taken", "The registry wiped a value. Nothing was posted.", kind=Kind.SYSTEM)
            super().enter(record, posting)

    drawer = Drawer()
    bot = filing_bot(drawer, Forgets)
    with Desk(bot, NOBODY) as desk:
        assert work_claimed(checked(patient), bot, desk, patient).state is State.KEYED
    assert (drawer.filed, Keying.objects.get().posts) == (1, 1)


def test_a_record_that_somebody_entered_between_two_tries_is_not_taken_for_ours(patient: Office) -> None:
    class Meanwhile(Registry):
        def enter(self, record: str, _posting: Posting, /) -> None:
            self.drawer.cards[record] = 0.0
            raise Refer.because("not-taken", "The registry wiped a value. Nothing was posted.", kind=Kind.SYSTEM)

    case = referred(patient, Drawer(), Meanwhile)

    assert case.findings[0].rule == FOUND
