"""A case is in one worker's hands at a time, and is never lost with a worker."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import time
from pathlib import Path

import pytest

from keywright.cases import casebook, work_queue
from keywright.cases.worker import Office
from keywright.database.models import StoredCase
from keywright.findings import Finding
from keywright.model.case import IllegalMove, State
from tests.keywright.papers import BOT, LEASE, claimed, received

pytestmark = pytest.mark.usefixtures("database")
MOMENT = dt.timedelta(seconds=0.2)


def test_a_claimed_case_is_nobody_elses() -> None:
    received()

    assert work_queue.claim(BOT, "one", LEASE) is not None
    assert work_queue.claim(BOT, "other", LEASE) is None


def test_a_bot_gets_only_its_own_cases_longest_wait_first() -> None:
    first, _ = received(b"1"), received(b"2")

    assert work_queue.claim("permit-applications", "one", LEASE) is None
    case = work_queue.claim(BOT, "one", LEASE)
    assert case is not None
    assert case.id == first.id


def test_a_dead_workers_case_is_free_when_its_lease_ends() -> None:
    received()
    dead = work_queue.claim(BOT, "dead", MOMENT)
    assert dead is not None
    time.sleep(0.3)

    heir = work_queue.claim(BOT, "heir", LEASE)

    assert heir is not None
    assert heir.id == dead.id
    with pytest.raises(IllegalMove):  # the dead one wakes, and can move nothing
        casebook.refer(dead, [Finding("damaged", "It is damaged.")], actor="dead")
    assert not work_queue.renew(dead, LEASE)


def test_a_heartbeat_holds_a_case_past_its_first_lease() -> None:
    received()
    lease = dt.timedelta(seconds=0.6)
    case = work_queue.claim(BOT, "slow", lease)
    assert case is not None

    with work_queue.heartbeat(case, lease):
        time.sleep(1.5)
        assert work_queue.claim(BOT, "eager", LEASE) is None


def test_a_released_case_is_free_at_once() -> None:
    case = claimed()

    work_queue.release(case)

    assert work_queue.claim(BOT, "next", LEASE) is not None


def test_a_referred_case_is_not_a_robots() -> None:
    casebook.refer(claimed(), [Finding("damaged", "It is damaged.")], actor="robot")

    assert work_queue.claim(BOT, "next", LEASE) is None


def test_a_case_put_back_waits_longer_each_time_and_fails_in_the_end(office: Office) -> None:
    case = claimed()
    for attempt in range(1, office.settings.attempts):
        case = office.put_back(case, TimeoutError("the town hall is away"))
        assert (case.state, case.attempts) == (State.RECEIVED, attempt)
        assert work_queue.claim(BOT, "next", LEASE) is None, "it waits first"
        StoredCase.objects.update(not_before=dt.datetime.now(dt.UTC))
        again = work_queue.claim(BOT, "next", LEASE)
        assert again is not None
        case = again

    assert office.put_back(case, TimeoutError("the town hall is away")).state is State.FAILED


def test_processes_that_claim_at_once_get_every_case_once(database: str, tmp_path: Path) -> None:
    for number in range(40):
        received(str(number).encode())
    program = (
        "from keywright.setup import open_records\n"
        "open_records()\n"
        "import datetime, os\n"
        "from keywright.cases import work_queue\n"
        "while case := work_queue.claim('supplier-invoices', str(os.getpid()), datetime.timedelta(hours=1)):\n"
        "    print(case.id)\n"
    )
    environment = {"KEYWRIGHT_HOME": str(tmp_path), "KEYWRIGHT_DATABASE_URL": database, "PATH": "/usr/bin:/bin"}
    workers = [
        subprocess.Popen([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    got = [line for worker in workers for line in worker.communicate(timeout=60)[0].split()]

    assert len(got) == 40
    assert len(set(got)) == 40
