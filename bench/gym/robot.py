"""A robot of the gym, seen from the lane: a process that the lane starts, commands, listens to, and disturbs."""

from __future__ import annotations

import json
import os
import queue
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from keywright.settings.settings import CHECKOUT

STARTS = 60.0  # seconds within which a robot is ready, on a busy machine
NO_LIMIT = resource.RLIM_INFINITY
BROWSERS = (b"chromium", b"chrome", b"headless")


class Robot:
    """One worker process."""

    def __init__(self, kind: str, clerk: str, url: str, log: Path, pace: float, environment: Mapping[str, str]) -> None:
        self.kind, self.clerk, self._log = kind, clerk, log
        spec = json.dumps({"kind": kind, "clerk": clerk, "url": url, "pace": pace})
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bench.gym.worker", spec],
                cwd=CHECKOUT,
                env={**os.environ, **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                text=True,
            )
        self._heard: queue.Queue[dict[str, Any] | None] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        self._ready = False

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Return True while the process has not ended."""
        return self._process.poll() is None

    def work(self, moment: str | None = None, skip: int = 0) -> None:
        """Let it work the waiting case, and report when it comes to a moment."""
        self._begin({"moment": moment, "skip": skip, "look": False})

    def look(self) -> None:
        """Let it look again for the records of referred cases."""
        self._begin({"moment": None, "skip": 0, "look": True})

    def _begin(self, what: Mapping[str, object]) -> None:
        self.wait_until_ready()
        self._tell(what)

    def wait_until_ready(self) -> None:
        """Wait until it has started. Raises ChildProcessError with its words if it does not."""
        if not self._ready:
            message = self.hear(STARTS)
            if message != {"ready": True}:
                raise ChildProcessError(f"A robot of the gym does not start:\n{self._log.read_text()[-3000:]}")
            self._ready = True

    def go(self) -> None:
        """Let it go on from the moment that it reported."""
        self._tell("go")

    def hear(self, patience: float) -> dict[str, Any] | None:
        """Return its next message; None if it ended. Raises queue.Empty if none comes in so many seconds."""
        return self._heard.get(timeout=patience)

    def kill(self) -> None:
        """Kill it as a power cut would."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """Stop it where it is; only ``go_on`` makes it continue."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it continue after ``stop``."""
        self._signal(signal.SIGCONT)

    def fill_disk(self) -> None:
        """Let no write of it to any file succeed."""
        if self.alive:
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (0, NO_LIMIT))

    def empty_disk(self) -> None:
        """Let it write again."""
        if self.alive:
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (NO_LIMIT, NO_LIMIT))

    def kill_browser(self) -> None:
        """Kill every process of its browser."""
        for pid in _below(self.pid):
            if any(word in _command(pid) for word in BROWSERS):
                _send(pid, signal.SIGKILL)

    def end(self) -> None:
        """End it, and see that its browser has ended too."""
        below = _below(self.pid)
        self.kill()
        self._process.wait()
        for pid in below:
            _send(pid, signal.SIGKILL)

    def _signal(self, number: int) -> None:
        if self.alive:
            _send(self.pid, number)

    def _tell(self, message: object) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended; hear() tells so
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._heard.put(json.loads(line))
        self._process.wait()
        self._heard.put(None)


def _send(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):  # it has ended by itself
        os.kill(pid, number)


def _below(pid: int) -> list[int]:
    """Return every process that descends from one, the nearest first."""
    descendants, new = [], [pid]
    while new:
        new = [child for parent in new for child in _children(parent)]
        descendants += new
    return descendants


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    try:
        return [int(process) for task in tasks.iterdir() for process in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0]
    except (FileNotFoundError, ProcessLookupError):
        return b""
