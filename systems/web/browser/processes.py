"""Finds the processes of a browser and its driver, and ends them when they no longer answer."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

DRIVER = "playwright/driver"
_STARTING = threading.Lock()  # two drivers that start at the same time could not be distinguished


@dataclass(frozen=True, slots=True)
class Driver:
    """Playwright's driver, a separate process that starts the browsers."""

    playwright: Playwright
    pid: int


@contextmanager
def running_driver() -> Iterator[Driver]:
    """Start a driver, and end it at the end of the block."""
    running = sync_playwright()
    with _STARTING:
        before = _drivers()
        playwright = running.__enter__()
        (pid,) = _drivers() - before
    try:
        yield Driver(playwright, pid)
    finally:
        with ended_after(pid, 10):
            running.__exit__(None, None, None)


@contextmanager
def ended_after(pid: int, seconds: float) -> Iterator[None]:
    """End a process and all that it started if the block takes longer than so many seconds.

    Code in the block that waits for one of these processes then gets an error.
    """
    timer = threading.Timer(seconds, end_tree, [pid])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def end_tree(pid: int) -> None:
    """Kill a process and all that it started, stopped ones too, each with its process group where that is not ours."""
    for process in (pid, *descendants(pid)):
        with suppress(ProcessLookupError, PermissionError):
            group = os.getpgid(process)
            if group == os.getpgrp():
                os.kill(process, signal.SIGKILL)
            else:
                os.killpg(group, signal.SIGKILL)


def descendants(pid: int) -> list[int]:
    """Return the ids of the processes that a process started, and of those that these started in turn."""
    children: dict[int, list[int]] = {}
    for child, parent in _parents().items():
        children.setdefault(parent, []).append(child)
    found_pids, unvisited = [], [pid]
    while unvisited:
        begun = children.get(unvisited.pop(), [])
        found_pids += begun
        unvisited += begun
    return found_pids


def _parents() -> dict[int, int]:
    """Return the parent of every process (proc(5): the fourth word of ``stat``, the second may hold blanks)."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    return parents


def _drivers() -> set[int]:
    """Return the drivers that this process has started and that run."""
    return {pid for pid, parent in _parents().items() if parent == os.getpid() and DRIVER in _command(pid)}


def _command(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    return ""
