"""A waiting case is in one person's hands at a time, and is never lost with a browser that was closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

import pytest
from django.db.models import F

from keywright.cases import casebook
from keywright.cases.worker import Office
from keywright.database.models import LedgerEntry, StoredCase
from keywright.ledger import ledger
from keywright.model.case import Case, IllegalMove, State
from keywright.review import claims, review_queue
from keywright.review.claims import LEASE, Taken
from tests.keywright.clerks import DAY, clerk, handed_to, row_of, waiting
from tests.keywright.papers import extraction, received
from tests.keywright.racing import race


def lapse() -> None:
    """Let every claim end, as ten minutes without a sign of life do."""
    StoredCase.objects.update(claimed_until=F("claimed_until") - 2 * LEASE)


def test_a_claimed_case_is_refused_to_others_with_the_name_of_who_has_it(plain_office: Office) -> None:
    case, maria, paul = waiting(plain_office), clerk("maria"), clerk("paul")
    claims.claim(int(case.id), maria)

    with pytest.raises(Taken) as taken:
        claims.claim(int(case.id), paul)

    assert taken.value.holder == "maria"
    assert dt.timedelta(minutes=9) < taken.value.until - dt.datetime.now(dt.UTC) < dt.timedelta(minutes=11)
    assert claims.holder_of(row_of(case)) == maria


def test_ones_own_claim_is_renewed_in_another_tab(plain_office: Office) -> None:
    case, maria = waiting(plain_office), clerk("maria")
    first = claims.claim(int(case.id), maria).claimed_until

    again = claims.claim(int(case.id), maria).claimed_until

    assert first is not None
    assert again is not None
    assert again > first


def test_a_lapsed_claim_is_nobodys_and_goes_to_whoever_comes(plain_office: Office) -> None:
    case, maria, paul = waiting(plain_office), clerk("maria"), clerk("paul")
    claims.claim(int(case.id), maria)
    lapse()

    assert claims.holder_of(row_of(case)) is None
    assert claims.claim(int(case.id), paul).claimed_by == paul
    with pytest.raises(Taken):
        claims.claim(int(case.id), maria)


def test_only_ones_own_claim_is_released(plain_office: Office) -> None:
    case, maria, paul = waiting(plain_office), clerk("maria"), clerk("paul")
    claims.claim(int(case.id), maria)

    claims.release(int(case.id), paul)
    assert claims.holder_of(row_of(case)) == maria
    claims.release(int(case.id), maria)
    assert claims.holder_of(row_of(case)) is None


def test_of_clerks_who_claim_at_once_one_gets_the_case(racing: Office) -> None:
    people = [clerk(f"clerk{number}") for number in range(6)]
    for round_ in range(5):
        number = int(waiting(racing, b"invoice %d" % round_).id)

        got = race(*(partial(claims.claim, number, person) for person in people))

        winners = [outcome for outcome in got if isinstance(outcome, StoredCase)]
        assert len(winners) == 1, got
        assert sum(isinstance(outcome, Taken) for outcome in got) == 5, got
        winner = winners[0].claimed_by
        assert winner is not None
        assert {outcome.holder for outcome in got if isinstance(outcome, Taken)} == {winner.get_username()}


def test_a_case_is_decided_once_though_two_clerks_decide_at_once(racing: Office) -> None:
    clerk("maria"), clerk("paul")
    for round_ in range(8):
        case = waiting(racing, b"invoice %d" % round_)

        got = race(
            lambda case=case: review_queue.refuse(case, "not ours", person="maria").state,  # type: ignore[misc]
            lambda case=case: review_queue.settle(case, extraction(), [], (), person="paul").state,  # type: ignore[misc]
        )

        assert sum(isinstance(outcome, State) for outcome in got) == 1, got
        assert sum(isinstance(outcome, IllegalMove) for outcome in got) == 1, got
        decisions = LedgerEntry.objects.filter(case_id=int(case.id), event__in=("case-refused", "case-settled"))
        assert decisions.count() == 1
    assert not ledger.verify().fault


def test_a_decision_by_somebody_else_is_refused_while_one_has_the_case_open(plain_office: Office) -> None:
    case, maria = waiting(plain_office), clerk("maria")
    clerk("paul")
    claims.claim(int(case.id), maria)

    decisions: list[Callable[[], Case]] = [
        lambda: review_queue.refuse(case, "not ours", person="paul"),
        lambda: review_queue.settle(case, extraction(), [], (), person="paul"),
        lambda: review_queue.read_again(case, person="paul"),
    ]
    for decide in decisions:
        with pytest.raises(Taken, match="maria"):
            decide()
    assert casebook.get(case.id).state is State.REFERRED
    assert review_queue.refuse(case, "not ours", person="maria").state is State.REFUSED


def test_a_decided_case_is_in_nobodys_hands_and_cannot_be_claimed(plain_office: Office) -> None:
    case, maria = waiting(plain_office), clerk("maria")
    claims.claim(int(case.id), maria)
    claims.hand_over(int(case.id), maria, person=maria)
    review_queue.refuse(case, "not ours", person="maria")

    row = row_of(case)
    columns = (
        row.kind,
        row.referred_at,
        row.due_at,
        row.parked_until,
        row.assigned_to,
        row.claimed_by,
        row.claimed_until,
    )
    assert columns == ("", None, None, None, None, None, None)
    with pytest.raises(IllegalMove, match="refused"):
        claims.claim(int(case.id), maria)
    with pytest.raises(StoredCase.DoesNotExist):
        claims.claim(10**9, maria)


def test_a_case_that_is_handed_over_is_anothers_to_take_next(plain_office: Office) -> None:
    case, maria, paul = waiting(plain_office), clerk("maria"), clerk("paul")
    claims.claim(int(case.id), maria)

    claims.hand_over(int(case.id), paul, person=maria, why="your vendor")
    claims.hand_over(int(case.id), paul, person=maria, why="your vendor")

    assert claims.holder_of(row_of(case)) is None
    assert handed_to(paul) == [int(case.id)]
    assert handed_to(maria) == []
    bodies = [entry.body for entry in LedgerEntry.objects.filter(event="case-handed-over")]
    assert bodies == [{"to": "paul", "from": "", "why": "your vendor"}], "a button pressed twice is one act"


def test_nobody_hands_over_what_another_has_open_but_by_force(plain_office: Office) -> None:
    case, maria, paul, sue = waiting(plain_office), clerk("maria"), clerk("paul"), clerk("sue", "supervisor")
    claims.claim(int(case.id), maria)

    with pytest.raises(Taken):
        claims.hand_over(int(case.id), paul, person=paul)
    claims.hand_over(int(case.id), paul, person=sue, force=True)

    assert row_of(case).assigned_to == paul
    assert claims.claim(int(case.id), paul).claimed_by == paul


def test_a_parked_case_waits_for_its_day_and_comes_back_by_itself(plain_office: Office) -> None:
    case, maria = waiting(plain_office), clerk("maria")
    due = row_of(case).due_at
    claims.park(int(case.id), dt.datetime.now(dt.UTC) + DAY, person=maria, why="the credit note is to come")

    assert not review_queue.waiting().exists()
    assert row_of(case).due_at == due, "parking puts nothing off"
    StoredCase.objects.update(parked_until=dt.datetime.now(dt.UTC))
    assert [row.pk for row in review_queue.waiting()] == [int(case.id)]


def test_a_parked_case_can_be_taken_up_again(plain_office: Office) -> None:
    case, maria = waiting(plain_office), clerk("maria")
    claims.park(int(case.id), dt.datetime.now(dt.UTC) + DAY, person=maria, why="the credit note is to come")

    claims.unpark(int(case.id), person=maria)
    claims.unpark(int(case.id), person=maria)

    assert review_queue.waiting().exists()
    assert LedgerEntry.objects.filter(event="case-unparked").count() == 1


def test_parking_and_escalating_ask_for_a_reason_and_a_time_or_somebody_else(plain_office: Office) -> None:
    number, maria, sue = int(waiting(plain_office).id), clerk("maria"), clerk("sue", "supervisor")
    moment = dt.datetime.now(dt.UTC)

    with pytest.raises(ValueError, match="Enter why"):
        claims.park(number, moment + DAY, person=maria, why=" ")
    with pytest.raises(ValueError, match="day in the future"):
        claims.park(number, moment - DAY, person=maria, why="later")
    with pytest.raises(ValueError, match="Enter why"):
        claims.escalate(number, person=maria, why="", to=sue)
    with pytest.raises(ValueError, match="someone else"):
        claims.escalate(number, person=maria, why="hard", to=maria)
    assert not LedgerEntry.objects.filter(event__in=("case-parked", "case-escalated")).exists()


def test_an_escalated_case_is_the_supervisors_with_the_reason_in_the_ledger(plain_office: Office) -> None:
    case, maria, sue = waiting(plain_office), clerk("maria"), clerk("sue", "supervisor")
    claims.claim(int(case.id), maria)

    row = claims.escalate(int(case.id), person=maria, why="above my limit", to=sue)

    assert row.assigned_to == sue
    assert claims.holder_of(row) is None
    assert LedgerEntry.objects.get(event="case-escalated").body == {"to": "sue", "why": "above my limit"}


@pytest.mark.usefixtures("db")
def test_nothing_is_done_with_a_case_that_waits_no_more() -> None:
    number, maria, paul = int(received().id), clerk("maria"), clerk("paul")
    later = dt.datetime.now(dt.UTC) + DAY

    acts: list[Callable[[], StoredCase]] = [
        lambda: claims.hand_over(number, paul, person=maria),
        lambda: claims.hand_over(number, paul, person=maria, force=True),
        lambda: claims.park(number, later, person=maria, why="later"),
        lambda: claims.unpark(number, person=maria),
        lambda: claims.escalate(number, person=maria, why="hard", to=paul),
    ]
    for act in acts:
        with pytest.raises(IllegalMove, match="received"):
            act()
