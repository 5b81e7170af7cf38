"""Starts child programs, restarts them when they end, and ends all of them at its own end."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType

from keywright.errors import Stop
from keywright.settings.settings import CHECKOUT

DEATHS = 5  #: how often a program may end within ``SPAN`` before all is given up
SPAN = 600.0  #: seconds
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


@dataclass(slots=True)
class Child:
    """One child program; ``patience`` is the time in seconds that it gets to end after SIGTERM.

    Of a quiet one, only the standard error output is shown.
    """

    name: str
    command: Sequence[str]
    patience: float
    quiet: bool = False
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)
    again_at: float = 0.0


class Children:
    """The child programs. Leaving the context ends them, the last one first."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.children: list[Child] = []

    def start(self, name: str, command: Sequence[str], *, patience: float = 15, quiet: bool = False) -> None:
        """Start a program and watch it from now on."""
        child = Child(name, command, patience, quiet)
        self.children.append(child)
        self._spawn(child)

    def attend(self) -> None:
        """Restart the programs that have ended. Raises Stop if a program ends again and again."""
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                self._note_death(child, child.process)
            elif child.process is None and time.monotonic() >= child.again_at:
                self._spawn(child)

    def _spawn(self, child: Child) -> None:
        """Start a program in a process group of its own: Ctrl-C at our terminal is ours to deal with, in our order."""
        child.process = subprocess.Popen(
            child.command,
            env=dict(self.environment),
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if child.quiet else None,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )

    def _note_death(self, child: Child, process: subprocess.Popen[bytes]) -> None:
        _kill_group(process)
        died_at = time.monotonic()
        child.deaths = [earlier for earlier in child.deaths if died_at - earlier < SPAN] + [died_at]
        if len(child.deaths) >= DEATHS:
            raise Stop(
                f"{child.name} ended {DEATHS} times within {SPAN / 60:.0f} minutes, last with status "
                f"{process.returncode}. What it printed above says why; mend that and start again."
            )
        pause = 2 ** (len(child.deaths) - 1)
        print(f"{child.name} ended with status {process.returncode}; it is started again in {pause} s.", flush=True)
        child.process, child.again_at = None, died_at + pause

    def end(self) -> None:
        """End every program, the last one first; kill one that does not end in time."""
        while self.children:
            child = self.children.pop()
            if child.process is not None:
                _end(child.process, child.patience)

    def __enter__(self) -> Children:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()


def _end(process: subprocess.Popen[bytes], patience: float) -> None:
    process.terminate()
    try:
        process.wait(timeout=patience)
    except subprocess.TimeoutExpired:
        pass
    finally:
        _kill_group(process)
        process.wait()


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a program and of the processes that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _end_with_parent() -> None:
    """Have the kernel end this process when its parent is gone, for any reason (prctl(2))."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
