"""All of Keywright on one machine: started as its users start it, with real servers, a real browser and real runs."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from demo import documents
from demo.town_hall.database import vouchers
from demo.town_hall.server import TownHall, running
from keywright.settings.settings import CHECKOUT
from tests.home import open_to_others

pytestmark = pytest.mark.long

BOT = "supplier-invoices"
T = TypeVar("T")


def _free_ports(number: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [open_socket.getsockname()[1] for open_socket in sockets]
    for open_socket in sockets:
        open_socket.close()
    return ports


class Served:
    """A home of its own, served by ``keywright serve``."""

    def __init__(self, folder: Path, town_hall: TownHall | None = None) -> None:
        self.home = folder / "home"
        self.console, self.prefect = _free_ports(2)
        self.printed = folder / "printed.txt"
        timetable = folder / "timetable.toml"
        lines = f'[{BOT}]\ncron = "* * * * *"\n[permit-applications]\nruns = false\n[remind]\ncron = "* * * * *"\n'
        timetable.write_text(lines, encoding="utf-8")
        desk = "KEYWRIGHT_TOWN_HALL_PAYABLES"
        url = town_hall.url if town_hall else "http://127.0.0.1:9"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PREFECT")},
            # What somebody's own Prefect would be must not be reached from here.
            "PREFECT_API_URL": "http://127.0.0.1:9/api",
            "KEYWRIGHT_HOME": str(self.home),
            "KEYWRIGHT_TIMETABLE": str(timetable),
            "KEYWRIGHT_CONSOLE_PORT": str(self.console),
            "KEYWRIGHT_PREFECT_PORT": str(self.prefect),
            f"{desk}_URL": url,
            f"{desk}_USER": "clerk",
            f"{desk}_PASSWORD": "clerk-pw",
        }

    @contextmanager
    def serving(self) -> Iterator[subprocess.Popen[bytes]]:
        """Serve until the context ends; it must not leave a process behind, however the test went."""
        command = [sys.executable, "-m", "cli", "serve"]
        with self.printed.open("wb") as out:
            process = subprocess.Popen(command, cwd=CHECKOUT, env=self.environment, stdout=out, stderr=out, umask=0o022)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(90)

    def ask(self, path: str, body: Any = None) -> Any:
        """Ask Prefect's API, with the password that the home holds."""
        password = (self.home / "prefect" / "password").read_text(encoding="ascii")
        signed = base64.b64encode(f"keywright:{password}".encode()).decode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.prefect}/api/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Basic {signed}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310  our own address
            return json.load(response)

    def completed(self, flow: str) -> list[dict[str, Any]]:
        """Return the runs of a flow that are done, the first one first."""
        done = {"state": {"type": {"any_": ["COMPLETED"]}}}
        is_asked = {"sort": "EXPECTED_START_TIME_ASC", "flows": {"name": {"any_": [flow]}}, "flow_runs": done}
        return list(self.ask("flow_runs/filter", is_asked))

    def cases(self) -> list[dict[str, Any]]:
        """Return the cases as the command line tells them."""
        command = [sys.executable, "-m", "cli", "cases", "--json"]
        result = subprocess.run(command, cwd=CHECKOUT, env=self.environment, capture_output=True, check=True)
        return [json.loads(line) for line in result.stdout.splitlines()]

    def wait_for(self, what: str, probe: Callable[[], T], seconds: float) -> T:
        """Return the first true answer; tell all that was printed if there is none in time."""
        end = time.monotonic() + seconds
        while not (outcome := probe()):
            printed = self.printed.read_text(encoding="utf-8")
            assert time.monotonic() < end, f"{what}: not within {seconds:.0f} s. Printed was:\n{printed[-6000:]}"
            time.sleep(0.5)
        return outcome


def _processes_of(home: Path) -> dict[int, str]:
    """Return the processes that live in a home: their command lines by process id."""
    processes = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"KEYWRIGHT_HOME={home}\0".encode() in (folder / "environ").read_bytes():
                processes[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
    return processes


def test_a_run_that_the_timetable_created_keys_an_invoice_and_what_dies_is_started_anew(tmp_path: Path) -> None:
    documents.make(tmp_path / "samples")
    with running(tmp_path / "town_hall") as town_hall:
        served = Served(tmp_path, town_hall)
        inbox = served.home / "inbox" / BOT
        inbox.mkdir(parents=True)
        (tmp_path / "samples" / "northfield-facturx.pdf").rename(inbox / "northfield-facturx.pdf")
        with served.serving() as process:
            (voucher,) = served.wait_for("a voucher", lambda: vouchers(town_hall.database), 200)
            run = served.wait_for("a run", lambda: served.completed("run-bot"), 60)[0]
            reminded = served.wait_for("a reminder", lambda: served.completed("remind"), 90)[0]
            assert reminded["state"]["message"] == "Reminders: 0, escalations: 0, mails: 0."
            _assert_keyed_by_a_timed_run(served, voucher, run)
            assert (served.home / "prefect" / "prefect.db").exists()
            # Prefect copies its own public pages with the modes that they were packed with, into a closed folder.
            assert [line for line in open_to_others(served.home) if not line.startswith("prefect/pages/")] == []

            zombie = _leave_a_run_at_work(served, run["deployment_id"])
            (runner,) = (pid for pid, line in _processes_of(served.home).items() if "schedules.deploying" in line)
            os.kill(runner, signal.SIGKILL)
            served.wait_for("a crash", lambda: served.ask(f"flow_runs/{zombie}")["state_type"] == "CRASHED", 60)

            process.terminate()
            assert process.wait(90) == 0
    assert _processes_of(served.home) == {}
    assert "The timetable ended with status -9; it is started again in 1 s." in served.printed.read_text(
        encoding="utf-8"
    )


def _assert_keyed_by_a_timed_run(served: Served, voucher: dict[str, Any], run: dict[str, Any]) -> None:
    assert run["auto_scheduled"], run
    assert run["created_by"]["type"] == "SCHEDULE", run
    assert run["name"].startswith(f"{BOT} 20"), run
    assert run["state"]["message"] == f"{BOT}: 1 new, 1 keyed."
    (task,) = served.ask("task_runs/filter", {"flow_runs": {"id": {"any_": [run["id"]]}}})
    assert task["name"] == "case 1: northfield-facturx.pdf"
    (case,) = served.cases()
    assert (case["state"], case["receipt_number"]) == ("keyed", voucher["number"])
    assert voucher["invoice_number"] == "NF-2026-0392"
    with urllib.request.urlopen(f"http://127.0.0.1:{served.console}/", timeout=10) as page:
        assert page.status == 200


def _leave_a_run_at_work(served: Served, deployment: str) -> str:
    """Make a run that Prefect takes to be at work, as a machine that lost its power leaves it; return its id."""
    body = {"state": {"type": "RUNNING"}, "parameters": {"bot": BOT}}
    return str(served.ask(f"deployments/{deployment}/create_flow_run", body)["id"])


def test_a_taken_port_is_told_before_anything_is_started(tmp_path: Path) -> None:
    served = Served(tmp_path)
    with socket.create_server(("127.0.0.1", served.prefect)), served.serving() as process:
        assert process.wait(60) == 1

    printed = served.printed.read_text(encoding="utf-8")
    assert f"Another program has the port of KEYWRIGHT_PREFECT_PORT={served.prefect}." in printed
    assert not (served.home / "prefect").exists()
