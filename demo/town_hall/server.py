"""Runs the town hall: in this process until stopped, or as a child process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo.town_hall import database

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE = 20.0  # seconds until a town hall that does not answer is given up


@dataclass(frozen=True, slots=True)
class TownHall:
    """A town hall that is open: its address, its own SQLite database, its process id."""

    url: str
    database: Path
    pid: int


def serve(
    home: Path,
    port: int,
    session_seconds: float = 900,
    *,
    fd: int | None = None,
    parent: int | None = None,
) -> None:
    """Serve the town hall on 127.0.0.1 until stopped; its data lives in ``home``.

    ``fd`` is an open listening socket to use instead of ``port``. With ``parent`` the town hall
    closes when that process has died, so that a killed test leaves nothing running.
    """
    import uvicorn  # here, so that looking into the database costs no web server

    from demo.town_hall.town_site import town_site

    if parent is not None:
        threading.Thread(target=_close_with, args=(parent,), daemon=True).start()
    database.prepare(home)
    config = uvicorn.Config(
        town_site(home, session_seconds),
        host="127.0.0.1",
        port=port,
        fd=fd,
        http="h11",
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_level="warning",
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run()


@contextmanager
def running(home: Path, port: int = 0, session_seconds: float = 900) -> Iterator[TownHall]:
    """Open a town hall in a child process on loopback; it closes at the end of the block.

    Port 0 takes a free one. Raises ``TimeoutError`` if the town hall does not answer in 20 s and
    ``ChildProcessError`` if it ends before it answers.
    """
    with socket.create_server(("127.0.0.1", port)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        process = subprocess.Popen(
            _command(home, session_seconds, listener.fileno()),
            cwd=CHECKOUT,
            pass_fds=[listener.fileno()],
            stdin=subprocess.DEVNULL,
        )
    try:
        _wait_until_it_answers(url, process)
        yield TownHall(url, database.path_in(home), process.pid)
    finally:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _command(home: Path, session_seconds: float, fd: int) -> list[str]:
    return [
        *(sys.executable, "-m", "demo.town_hall", "--home", str(home.resolve())),
        *("--session-seconds", str(session_seconds), "--fd", str(fd), "--parent", str(os.getpid())),
    ]


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    """Ask for the sign-in page until it comes."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        if process.poll() is not None:
            raise ChildProcessError(f"The town hall ended with status {process.returncode}.")
        try:
            # No proxy: the town hall is on this machine, whatever the environment says.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            opener.open(url, timeout=PATIENCE).close()
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.02)
    raise TimeoutError(f"The town hall at {url} did not answer in {PATIENCE:.0f} s.")


def _close_with(parent: int) -> None:
    """End this process once ``parent`` is gone."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)
