"""Programs beside ours are started anew when they end, and never outlive us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from keywright.errors import Stop
from keywright.settings.settings import CHECKOUT
from schedules import children as module
from schedules.children import Children

NOTES_ITSELF = "import os, sys, time; print(os.getpid(), file=open(sys.argv[1], 'a'), flush=True); time.sleep(60)"
OWN_CHILD = (
    "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[2], sys.argv[1]]); exec(sys.argv[2])"
)


def _pids(file: Path) -> list[int]:
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def _alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def _wait_until(true: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_a_program_that_was_killed_is_started_anew(tmp_path: Path) -> None:
    file = tmp_path / "pids"
    with Children(os.environ) as children:
        children.start("The program", [sys.executable, "-c", NOTES_ITSELF, str(file)])
        _wait_until(lambda: _pids(file))
        os.kill(_pids(file)[0], signal.SIGKILL)

        _wait_until(lambda: children.attend() or len(_pids(file)) == 2)  # type: ignore[func-returns-value]

        first, second = _pids(file)
        assert not _alive(first)
        assert _alive(second)
    assert not _alive(second)


def test_a_program_that_ends_again_and_again_stops_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DEATHS", 2)
    with Children(os.environ) as children:
        children.start("The clock", [sys.executable, "-c", "raise SystemExit(3)"])

        with pytest.raises(Stop, match="The clock ended 2 times within 10 minutes, last with status 3"):
            _wait_until(children.attend)


def test_what_a_program_started_ends_with_it(tmp_path: Path) -> None:
    file = tmp_path / "pids"
    with Children(os.environ) as children:
        children.start("Two", [sys.executable, "-c", OWN_CHILD, str(file), NOTES_ITSELF])
        _wait_until(lambda: len(_pids(file)) == 2)

    _wait_until(lambda: not [pid for pid in _pids(file) if _alive(pid)], seconds=5)


def test_a_program_that_does_not_end_when_asked_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "pids"
    deaf = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {NOTES_ITSELF}"
    with Children(os.environ) as children:
        children.start("The deaf one", [sys.executable, "-c", deaf, str(file)], patience=0.5)
        _wait_until(lambda: _pids(file))

    assert not _alive(_pids(file)[0])


def test_programs_end_when_the_one_that_started_them_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "pids"
    parent = (
        "import os, sys, time; from schedules.children import Children; children = Children(os.environ); "
        "children.start('x', [sys.executable, '-c', sys.argv[2], sys.argv[1]]); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", parent, str(file), NOTES_ITSELF], cwd=CHECKOUT) as process:
        _wait_until(lambda: _pids(file))
        process.kill()

    _wait_until(lambda: not _alive(_pids(file)[0]))
