"""A worker that is killed leaves one record, and the next one finishes its case."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from demo import documents
from demo.main_job import DESKS
from demo.town_hall.database import vouchers
from demo.town_hall.server import TownHall, running

LEASE = 2


def _environment(home: Path, town_hall: TownHall) -> dict[str, str]:
    desks = {
        f"KEYWRIGHT_{desk}_{name}": value
        for desk, clerk in DESKS.items()
        for name, value in (("URL", town_hall.url), ("USER", clerk), ("PASSWORD", "clerk-pw"))
    }
    ours = {"KEYWRIGHT_HOME": str(home), "KEYWRIGHT_LEASE_SECONDS": str(LEASE)}
    return {**os.environ, **desks, **ours}


def _keywright(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "keywright", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_killed_around_the_post_leaves_one_record_and_a_ledger_that_verifies(
    moment: str, tmp_path: Path
) -> None:
    documents.make(tmp_path / "samples")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (tmp_path / "samples" / "northfield-facturx.pdf").rename(inbox / "northfield-facturx.pdf")
    with running(tmp_path / "town_hall") as town_hall:
        environment = _environment(tmp_path / "home", town_hall)
        killed = subprocess.run([sys.executable, "-m", "tests.tasks.dying_worker", moment, str(inbox)], env=environment)
        assert killed.returncode == -signal.SIGKILL
        assert len(vouchers(town_hall.database)) == (1 if moment == "after" else 0)
        time.sleep(LEASE + 0.5)

        second = _keywright("work", "supplier-invoices", "--from", str(inbox), environment=environment)

        assert second.returncode == 0, second.stderr
        (voucher,) = vouchers(town_hall.database)
        (case,) = map(json.loads, _keywright("cases", "--json", environment=environment).stdout.splitlines())
        assert case["state"] == "keyed", case
        assert case["receipt_number"] == voucher["number"]
        verified = _keywright("ledger", "verify", environment=environment)
        assert verified.returncode == 0, verified.stdout
