"""One record in one system belongs to one case, and is in one worker's hands at a time."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from keywright import clock
from keywright.cases import casebook, keying_attempts, work_queue
from keywright.database.models import Keying, StoredCase
from keywright.errors import LeaseLost, Refer
from keywright.findings import Finding, Kind
from keywright.model.case import Case
from keywright.review import review_queue
from tests.keywright.papers import BOT, LEASE, claimed, received

pytestmark = pytest.mark.usefixtures("database")
MOMENT = dt.timedelta(seconds=0.2)
NOT_THERE = Finding(keying_attempts.NOT_SHOWN, "It is not shown.", kind=Kind.UNCERTAIN)


def posted(case: Case, identity: str = "v1/inv7", posts: int = 1) -> None:
    with keying_attempts.holding(case, "town-hall", identity, LEASE) as hold:
        for _ in range(posts):
            keying_attempts.intend(hold)


def test_two_workers_never_enter_the_same_record() -> None:
    case = received()

    first, second = (keying_attempts.holding(case, "town-hall", "v1/inv7", LEASE) for _ in range(2))
    with first, pytest.raises(LeaseLost, match="Another worker"), second:
        pass
    with keying_attempts.holding(case, "town-hall", "v1/inv7", LEASE) as hold:
        assert hold.posts == 0


def test_another_case_with_the_same_record_is_a_duplicate() -> None:
    first, second = received(b"1", "first.pdf"), received(b"2")
    with keying_attempts.holding(first, "town-hall", "v1/inv7", LEASE):
        pass

    second_holder = keying_attempts.holding(second, "town-hall", "v1/inv7", LEASE)
    with pytest.raises(Refer, match=r"Case \d+ posts the same record\.") as referred, second_holder:
        pass
    assert referred.value.finding.kind is Kind.DUPLICATE


def test_the_record_of_a_refused_case_that_was_never_posted_is_free() -> None:
    first, second = received(b"1"), received(b"2")
    with keying_attempts.holding(first, "town-hall", "v1/inv7", LEASE):
        pass
    review_queue.refuse(casebook.refer(first, [Finding("x", "y")], actor="robot"), "not ours", person="maria")

    with keying_attempts.holding(second, "town-hall", "v1/inv7", LEASE):
        assert Keying.objects.get().case_id == int(second.id)


def test_the_record_of_a_refused_case_that_was_posted_stays_its_own() -> None:
    first, second = received(b"1"), received(b"2")
    posted(first)
    review_queue.refuse(casebook.refer(first, [NOT_THERE], actor="robot"), "it is there", person="maria")

    with (
        pytest.raises(Refer, match="posts the same record"),
        keying_attempts.holding(second, "town-hall", "v1/inv7", LEASE),
    ):
        pass


def test_an_intent_stays_on_record_for_the_worker_that_comes_after() -> None:
    case = received()
    posted(case)

    with keying_attempts.holding(case, "town-hall", "v1/inv7", LEASE) as hold:
        assert (hold.posts, hold.denied) == (1, 0)


def test_a_worker_whose_lease_ran_out_may_not_post() -> None:
    case = received()
    with keying_attempts.holding(case, "town-hall", "v1/inv7", MOMENT) as hold:
        time.sleep(0.3)
        with pytest.raises(LeaseLost, match="ran out before the post"):
            keying_attempts.intend(hold)

    assert Keying.objects.get().posts == 0


def test_a_worker_that_lost_its_lease_may_not_post_though_the_other_has_let_go_of_it() -> None:
    case = received()
    with keying_attempts.holding(case, "town-hall", "v1/inv7", MOMENT) as hold:
        time.sleep(0.3)
        with keying_attempts.holding(case, "town-hall", "v1/inv7", LEASE):
            pass
        with pytest.raises(LeaseLost):
            keying_attempts.intend(hold)


def test_whoever_holds_the_case_holds_its_record_at_once_and_the_worker_before_cannot_post() -> None:
    stopped = claimed()
    with keying_attempts.holding(stopped, "town-hall", "v1/inv7", LEASE) as hold:
        StoredCase.objects.update(lease_until=clock.now() - MOMENT)  # its heartbeat stopped with it
        heir = work_queue.claim(BOT, "heir", LEASE)
        assert heir is not None

        with keying_attempts.holding(heir, "town-hall", "v1/inv7", LEASE) as heirs_holding:
            assert heirs_holding.posts == 0
            with pytest.raises(LeaseLost):
                keying_attempts.intend(hold)
            keying_attempts.intend(heirs_holding)

    assert Keying.objects.get().posts == 1


def test_the_heartbeat_of_a_case_holds_its_record_too() -> None:
    lease = dt.timedelta(seconds=0.6)
    received()
    case = work_queue.claim(BOT, "slow", lease)
    assert case is not None

    with work_queue.heartbeat(case, lease), keying_attempts.holding(case, "town-hall", "v1/inv7", lease) as hold:
        time.sleep(1.5)
        keying_attempts.intend(hold)

    assert Keying.objects.get().posts == 1


def test_an_intent_after_which_nothing_was_posted_is_taken_back() -> None:
    case = received()
    with keying_attempts.holding(case, "town-hall", "v1/inv7", LEASE) as hold:
        keying_attempts.intend(hold)
        keying_attempts.withdraw(hold)

    assert Keying.objects.get().posts == 0


def test_an_intent_cannot_be_taken_back_once_another_worker_has_seen_it() -> None:
    case = received()
    with keying_attempts.holding(case, "town-hall", "v1/inv7", MOMENT) as hold:
        keying_attempts.intend(hold)
        time.sleep(0.3)
        with keying_attempts.holding(case, "town-hall", "v1/inv7", LEASE) as second_holder:
            assert second_holder.posts == 1
            keying_attempts.withdraw(hold)

    assert Keying.objects.get().posts == 1


def test_a_persons_word_counts_for_the_posts_so_far_and_for_no_later_one() -> None:
    case = received()
    posted(case)
    with keying_attempts.holding(case, "town-hall", "v1/inv7", LEASE) as hold:
        keying_attempts.doubt(hold)
    keying_attempts.deny(case, [NOT_THERE])

    with keying_attempts.holding(case, "town-hall", "v1/inv7", LEASE) as hold:
        assert (hold.posts, hold.denied) == (1, 1)
        keying_attempts.intend(hold)
    with keying_attempts.holding(case, "town-hall", "v1/inv7", LEASE) as hold:
        assert (hold.posts, hold.denied) == (2, 1)


def test_a_persons_word_about_a_missing_part_leaves_the_first_post_standing() -> None:
    case = received()
    posted(case, posts=2)
    with keying_attempts.holding(case, "town-hall", "v1/inv7", LEASE) as hold:
        keying_attempts.doubt(hold)
    keying_attempts.deny(case, [Finding(keying_attempts.NOT_FINISHED, "Its file is missing.")])

    with keying_attempts.holding(case, "town-hall", "v1/inv7", LEASE) as hold:
        assert (hold.posts, hold.denied) == (2, 1)


def test_a_case_is_told_under_which_values_it_may_have_posted_before() -> None:
    case = received()
    posted(case, "v1/inv7")

    with keying_attempts.holding(case, "town-hall", "v1/inv8", LEASE) as hold:
        assert hold.elsewhere == ("v1/inv7",)
        keying_attempts.doubt(hold, *hold.elsewhere)
    keying_attempts.deny(case, [Finding(keying_attempts.POSTED_OTHERWISE, "It was posted as v1/inv7.")])

    with keying_attempts.holding(case, "town-hall", "v1/inv8", LEASE) as hold:
        assert hold.elsewhere == ()
