"""A worker that is stopped (SIGSTOP) past its lease posts nothing when it goes on."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.tasks.rooms import LEASE, rooms, wait_until_stopped


@pytest.mark.parametrize("moment", ["typing", "before the intent"])
def test_another_worker_keys_meanwhile_and_the_stopped_one_posts_nothing(moment: str, tmp_path: Path) -> None:
    with rooms(tmp_path) as here:
        stopped = here.worker("dying_worker", "stop", moment, str(here.inbox))
        wait_until_stopped(stopped)
        time.sleep(LEASE + 0.5)

        here.work()
        assert len(here.booked()) == 1
        stopped.send_signal(signal.SIGCONT)
        output, _ = stopped.communicate(timeout=120)

        assert stopped.returncode == 0, output
        here.ensure_keyed_once()


def test_one_stopped_with_the_right_to_post_in_its_hands_finds_that_the_right_has_ended(tmp_path: Path) -> None:
    with rooms(tmp_path) as here:
        stopped = here.worker("dying_worker", "stop", "after the intent", str(here.inbox))
        wait_until_stopped(stopped)
        time.sleep(LEASE + 0.5)

        here.work()
        (case,) = here.cases()
        assert case["state"] == "referred", "nobody else may post what may have been posted"
        assert here.worker("person", "not there").wait() == 0
        here.work()
        stopped.send_signal(signal.SIGCONT)
        output, _ = stopped.communicate(timeout=120)

        assert stopped.returncode == 0, output
        here.ensure_keyed_once()
