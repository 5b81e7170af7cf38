"""An office and a town hall for workers in processes of their own, and what both hold in the end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.demo import DESKS
from demo.town_hall.database import vouchers
from demo.town_hall.server import TownHall, running
from tests.tasks.samples import copy_office, copy_samples

LEASE = 3  # seconds
PATIENCE = 120
QUICK = {
    "KEYWRIGHT_LEASE_SECONDS": str(LEASE),
    "KEYWRIGHT_LOOK_AGAIN_SECONDS": "0.2,0.2",
    "KEYWRIGHT_UNDO_WINDOW_SECONDS": "0",
}


@dataclass(frozen=True, slots=True)
class Rooms:
    """One town hall, one office, and one invoice in the inbox."""

    town_hall: TownHall
    inbox: Path
    environment: Mapping[str, str]

    def keywright(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the house."""
        command = [sys.executable, "-m", "cli", *arguments]
        environment = {**self.environment, **settings}
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE)

    def work(self, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run the bot once."""
        return self.keywright("work", "supplier-invoices", "--from", str(self.inbox), **settings)

    def worker(self, module: str, *arguments: str) -> subprocess.Popen[str]:
        """Start a worker of the tests' own."""
        command = [sys.executable, "-m", f"tests.tasks.{module}", *arguments]
        return subprocess.Popen(
            command, env=dict(self.environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def cases(self) -> list[dict[str, Any]]:
        """Return every case as the command line tells it."""
        return [json.loads(line) for line in self.keywright("cases", "--json").stdout.splitlines()]

    def booked(self) -> list[str]:
        """Return the numbers of the vouchers that the town hall itself holds."""
        return [str(voucher["number"]) for voucher in vouchers(self.town_hall.database)]

    def ensure_keyed_once(self) -> None:
        """See that there is one case and one voucher, each the other's, and that the ledger verifies."""
        (number,) = self.booked()
        (case,) = self.cases()
        assert (case["state"], case["receipt_number"]) == ("keyed", number), case
        assert self.keywright("ledger", "verify").returncode == 0


@contextmanager
def rooms(folder: Path, **settings: str) -> Iterator[Rooms]:
    """Open a town hall, and an office with one invoice to key into it."""
    copy_samples(folder / "samples")
    copy_office(folder / "home")
    inbox = folder / "inbox"
    inbox.mkdir()
    (folder / "samples" / "northfield-facturx.pdf").rename(inbox / "northfield-facturx.pdf")
    with running(folder / "town_hall") as town_hall:
        desks = {
            f"KEYWRIGHT_{desk}_{name}": value
            for desk, clerk in DESKS.items()
            for name, value in (("URL", town_hall.url), ("USER", clerk), ("PASSWORD", "clerk-pw"))
        }
        environment = {**os.environ, **desks, "KEYWRIGHT_HOME": str(folder / "home"), **QUICK, **settings}
        yield Rooms(town_hall, inbox, environment)


def wait_until_stopped(process: subprocess.Popen[str]) -> None:
    """Wait until a process sleeps at a signal, as proc(5) tells it."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        state = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]
        if state == "T":
            return
        if process.poll() is not None:
            raise ChildProcessError(f"The worker ended: {process.stdout.read() if process.stdout else ''}")
        time.sleep(0.05)
    raise TimeoutError(f"The worker is not stopped after {PATIENCE} s.")
