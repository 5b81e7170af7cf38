"""A person may say that an uncertain record is there: a robot compares it, and the person's word is only the last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from keywright import clock
from keywright.cases import casebook, keying_attempts, work_queue
from keywright.cases.keying_attempts import NAMED_OTHERWISE, NOT_SHOWN
from keywright.cases.worker import Office
from keywright.database.models import Keying, LedgerEntry, StoredCase
from keywright.errors import Stop
from keywright.model.case import Case, IllegalMove, State
from keywright.receipts.audit_trail import audit_trail_of
from keywright.receipts.store import without_receipt
from keywright.review import review_queue
from keywright.settings.settings import load
from tasks.pipeline import work_claimed
from tasks.system_session import Desk
from tests.keywright.papers import BOT, LEASE
from tests.tasks.registry import NOBODY, Drawer, checked, filing_bot

Look = Callable[[], Case]


@pytest.fixture
def quick(db: None, tmp_path: Path) -> Office:
    """An office that looks again once."""
    office = Office.of(load({"KEYWRIGHT_HOME": str(tmp_path)}))
    return replace(office, settings=replace(office.settings, look_again=(0.05,), attempts=3))


@pytest.fixture
def drawer() -> Drawer:
    """A card index that loses the first card."""
    return Drawer(loses=1)


@pytest.fixture
def look(quick: Office, drawer: Drawer) -> Look:
    """Has a robot go on with the case that waits for one."""

    def on() -> Case:
        StoredCase.objects.update(not_before=clock.now())
        case, bot = work_queue.claim(BOT, "next", LEASE), filing_bot(drawer)
        assert case is not None
        with Desk(bot, NOBODY) as desk:
            return work_claimed(case, bot, desk, quick)

    return on


@pytest.fixture
def lost(quick: Office, drawer: Drawer) -> Case:
    """A case whose record was posted and is not shown."""
    bot = filing_bot(drawer)
    with Desk(bot, NOBODY) as desk:
        case = work_claimed(checked(quick), bot, desk, quick)
    assert (case.state, case.findings[0].rule) == (State.REFERRED, NOT_SHOWN)
    return case


SHOWN = "card INV-7"  #: the number under which the card index shows the record


def test_a_record_that_is_there_as_was_said_is_closed_with_what_the_system_shows(
    lost: Case, look: Look, drawer: Drawer
) -> None:
    drawer.cards["INV-7"] = 0.0
    review_queue.there(lost, f" {SHOWN} ", person="maria")

    closed = look()

    assert (closed.state, closed.receipt_number) == (State.KEYED, SHOWN)
    assert drawer.filed == 1
    assert LedgerEntry.objects.get(event="record-named").body["number"] == SHOWN


def test_a_record_that_is_there_under_another_number_is_asked_about_again(
    lost: Case, look: Look, drawer: Drawer
) -> None:
    review_queue.there(lost, "R-999", person="maria")
    drawer.cards["INV-7"] = 0.0

    referred_case = look()

    (finding,) = referred_case.findings
    assert (referred_case.state, finding.rule) == (State.REFERRED, NAMED_OTHERWISE)
    assert "R-999" in finding.message
    review_queue.there(referred_case, SHOWN, person="maria")
    assert look().state is State.KEYED
    assert drawer.filed == 1


def test_a_word_given_twice_closes_a_case_that_no_robot_is_shown_and_says_so(
    lost: Case, look: Look, drawer: Drawer
) -> None:
    review_queue.there(lost, "R-12", person="maria")
    again = look()
    assert again.state is State.REFERRED
    assert "R-12" in again.findings[0].message

    closed = review_queue.there(again, "R-12", person="maria")

    assert (closed.state, closed.receipt_number) == (State.KEYED, "R-12")
    assert LedgerEntry.objects.get(event="case-closed-by-word").body["word_of"] == "maria"
    assert not without_receipt(BOT, 9), "no receipt is to come"
    with pytest.raises(Stop, match="a person's statement"):
        audit_trail_of(int(closed.id))
    assert drawer.filed == 1


def test_another_number_the_second_time_is_looked_for_first(lost: Case, look: Look) -> None:
    review_queue.there(lost, "R-12", person="maria")

    moved = review_queue.there(look(), "R-13", person="maria")

    assert moved.state is State.KEYING
    assert Keying.objects.get().named == "R-13"


def test_a_word_that_it_is_not_there_has_it_entered_once_more_and_forgets_the_number(
    lost: Case, look: Look, drawer: Drawer
) -> None:
    review_queue.there(lost, "R-12", person="maria")

    review_queue.not_there(look(), person="maria")

    assert look().state is State.KEYED
    assert drawer.filed == 2
    assert Keying.objects.get().named == ""


def test_a_number_is_asked_for_and_only_where_a_record_is_in_doubt(lost: Case) -> None:
    with pytest.raises(ValueError, match="Type the record's number"):
        review_queue.there(lost, "  ", person="maria")
    with pytest.raises(ValueError, match="at most 100"):
        review_queue.there(lost, "9" * 101, person="maria")
    Keying.objects.update(denied=1)
    assert not review_queue.may_be_named(casebook.get(lost.id))
    with pytest.raises(IllegalMove, match="no record to name"):
        review_queue.there(lost, "R-12", person="maria")
    assert keying_attempts.in_doubt(lost) is None
