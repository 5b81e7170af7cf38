"""A worker that is killed leaves one record at most, and the next one finishes its case, or asks."""

from __future__ import annotations

import re
import signal
import time
from pathlib import Path

import pytest

from tests.tasks.rooms import LEASE, Rooms, rooms

POISON, ITS_NUMBER = "credit-valley-9023.xml", "9023"


def killed(here: Rooms, moment: str, word: str = "") -> None:
    """Kill a worker at a moment, and wait until its leases have ended."""
    worker = here.worker("dying_worker", "kill", moment, str(here.inbox), word)
    output, _ = worker.communicate(timeout=120)
    assert worker.returncode == -signal.SIGKILL, output
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


def poisoned(here: Rooms, folder: Path) -> None:
    """Put a second invoice into the inbox, the first in turn; workers will die over it."""
    (folder / "samples" / POISON).rename(here.inbox / POISON)


def test_a_case_over_which_workers_die_keeps_no_other_waiting_and_is_set_aside(tmp_path: Path) -> None:
    with rooms(tmp_path, KEYWRIGHT_ATTEMPTS="2") as here:
        poisoned(here, tmp_path)
        killed(here, "typing", ITS_NUMBER)
        killed(here, "typing", ITS_NUMBER)

        poison, second_case = here.cases()
        assert (poison["file"], poison["state"], second_case["state"]) == (POISON, "checked", "keyed")
        third = here.work()

        assert third.returncode == 1, third.stdout + third.stderr
        poison, second_case = here.cases()
        assert (poison["state"], second_case["state"]) == ("failed", "keyed")
        assert "failed on this case (2 tries). The last worker that took it ended" in poison["reason"]
        assert "1 cases worked: 1 failed" in third.stdout
        assert here.keywright("ledger", "verify").returncode == 0
        assert here.work().returncode == 0, "it troubles no further run"


def test_a_case_over_which_workers_die_after_a_post_goes_to_a_person(tmp_path: Path) -> None:
    with rooms(tmp_path, KEYWRIGHT_ATTEMPTS="1") as here:
        killed(here, "after the post")

        here.work()

        (case,) = here.cases()
        assert case["state"] == "referred"
        pattern = r"was posted into [\w-]+(, which answered “.*”)?\. No robot could look for it \(1 tries\)"
        assert re.search(pattern, case["reason"]), case["reason"]
        assert len(here.booked()) == 1


@pytest.mark.parametrize("amount", ["1E+3000000000", "9" * 5000])
def test_an_amount_that_would_need_gigabytes_costs_its_own_case_a_question(amount: str, tmp_path: Path) -> None:
    with rooms(tmp_path) as here:
        poisoned(here, tmp_path)
        path = here.inbox / POISON
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"(<cbc:PayableAmount[^>]*>)[^<]*", rf"\g<1>{amount}", text), encoding="utf-8")

        done = here.work()

        assert done.returncode == 0, done.stdout + done.stderr
        poison, second_case = here.cases()
        assert (poison["state"], second_case["state"]) == ("referred", "keyed")
        assert len(here.booked()) == 1


def test_what_a_killed_worker_had_in_hand_beside_the_poison_is_worked_in_the_end(tmp_path: Path) -> None:
    with rooms(tmp_path, KEYWRIGHT_ATTEMPTS="2") as here:
        killed(here, "typing")

        assert here.work().returncode == 0
        here.ensure_keyed_once()
