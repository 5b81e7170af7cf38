"""A worker that is killed leaves one record at most, and the next one finishes its case, or asks."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.tasks.rooms import LEASE, Rooms, rooms


def killed(here: Rooms, moment: str) -> None:
    """Kill a worker at a moment, and wait until its leases have ended."""
    worker = here.worker("dying_worker", "kill", moment, str(here.inbox))
    told, _ = worker.communicate(timeout=120)
    assert worker.returncode == -signal.SIGKILL, told
    time.sleep(LEASE + 0.5)


@pytest.mark.parametrize("moment", ["typing", "before the intent"])
def test_a_worker_killed_before_its_intent_has_posted_nothing_and_the_next_one_keys(
    moment: str, tmp_path: Path
) -> None:
    with rooms(tmp_path) as here:
        killed(here, moment)
        assert here.booked() == []

        second = here.work()

        assert second.returncode == 0, second.stderr
        here.ensure_keyed_once()


@pytest.mark.parametrize("moment", ["after the post", "after the look"])
def test_a_worker_killed_after_its_post_has_keyed_and_the_next_one_finds_it(moment: str, tmp_path: Path) -> None:
    with rooms(tmp_path) as here:
        killed(here, moment)
        assert len(here.booked()) == 1

        second = here.work()

        assert second.returncode == 0, second.stderr
        here.ensure_keyed_once()


def test_a_worker_killed_between_intent_and_post_leaves_a_doubt_that_only_a_person_can_settle(tmp_path: Path) -> None:
    with rooms(tmp_path) as here:
        killed(here, "after the intent")

        here.work()
        (case,) = here.cases()
        assert case["state"] == "referred"
        assert "it does not show it" in case["reason"]

        assert here.worker("person", "look again").wait() == 0
        here.work()
        (case,) = here.cases()
        assert (case["state"], here.booked()) == ("referred", []), "it only looked"

        assert here.worker("person", "not there").wait() == 0
        here.work()
        here.ensure_keyed_once()
