"""One record in one system belongs to one case, and is in one worker's hands at a time."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from keywright import casebook, keyings, review_queue
from keywright.errors import Refer, Retry
from keywright.findings import Finding, Kind
from keywright.records.models import Keying
from tests.keywright.papers import LEASE, received

pytestmark = pytest.mark.usefixtures("database")


def test_two_workers_never_enter_the_same_record() -> None:
    case = received()

    one, other = (keyings.holding(case, "town-hall", "v1/inv7", LEASE) for _ in range(2))
    with one, pytest.raises(Retry, match="Another worker"), other:
        pass
    with keyings.holding(case, "town-hall", "v1/inv7", LEASE) as hold:
        assert not hold.intended


def test_another_case_with_the_same_record_is_a_duplicate() -> None:
    first, second = received(b"1", "first.pdf"), received(b"2")
    with keyings.holding(first, "town-hall", "v1/inv7", LEASE):
        pass

    other = keyings.holding(second, "town-hall", "v1/inv7", LEASE)
    with pytest.raises(Refer, match=r"Case \d+ \(first.pdf, received\)") as referred, other:
        pass
    assert referred.value.finding.kind is Kind.DUPLICATE


def test_the_record_of_a_refused_case_that_was_never_posted_is_free() -> None:
    first, second = received(b"1"), received(b"2")
    with keyings.holding(first, "town-hall", "v1/inv7", LEASE):
        pass
    review_queue.refuse(casebook.refer(first, [Finding("x", "y")], actor="robot"), "not ours", person="maria")

    with keyings.holding(second, "town-hall", "v1/inv7", LEASE):
        assert Keying.objects.get().case_id == int(second.id)


def test_an_intent_stays_on_record_for_the_worker_that_comes_after() -> None:
    case = received()
    with keyings.holding(case, "town-hall", "v1/inv7", LEASE) as hold:
        keyings.intend(hold)

    with keyings.holding(case, "town-hall", "v1/inv7", LEASE) as hold:
        assert hold.intended
        assert Keying.objects.get().posts == 1


def test_a_worker_whose_lease_ran_out_may_not_post() -> None:
    case = received()
    with keyings.holding(case, "town-hall", "v1/inv7", dt.timedelta(seconds=0.1)) as hold:
        time.sleep(0.2)
        with pytest.raises(Retry, match="ran out before the post"):
            keyings.intend(hold)

    assert Keying.objects.get().intended_at is None
