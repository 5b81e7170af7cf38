"""Runs Trac on this machine only: as a child process, or in the background until stopped."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from demo.trac.seeding import password_file, project, seed

CHECKOUT = Path(__file__).resolve().parents[2]
PORT = 8904
PATIENCE = 60.0  # seconds until a Trac that does not listen is given up; the first start sets it up


@dataclass(frozen=True, slots=True)
class PermitOffice:
    """A Trac that is running: its address, its project's folder (see ``permit_book``), its process id."""

    url: str
    project: Path
    pid: int


@contextmanager
def running(home: Path, port: int = 0) -> Iterator[PermitOffice]:
    """Run Trac in a child process until the end of the block; it ends too if this process dies. Port 0 is a free one.

    Raises ``TimeoutError`` if it does not listen in a minute, ``ChildProcessError`` if it ends before.
    """
    process = _spawn(home, port, "--parent", str(os.getpid()))
    try:
        yield _awaited(home, process)
    finally:
        process.terminate()
        process.wait(timeout=10)


def start(home: Path, port: int = PORT) -> PermitOffice:
    """Start Trac in the background; if it runs there already, return the running one."""
    return found(home) or _awaited(home, _spawn(home, port))


def stop(home: Path) -> bool:
    """Stop the Trac that ``start`` left running. Return whether there was one."""
    office = found(home)
    if office is None:
        return False
    with suppress(ProcessLookupError):
        os.kill(office.pid, signal.SIGTERM)
    give_up = time.monotonic() + 10
    while _is_trac(office.pid) and time.monotonic() < give_up:
        time.sleep(0.02)
    _note(home).unlink(missing_ok=True)
    return True


def throw_away(home: Path) -> None:
    """Stop Trac and remove all it holds; the next start sets it up again."""
    stop(home)
    shutil.rmtree(project(home), ignore_errors=True)
    password_file(home).unlink(missing_ok=True)


def found(home: Path) -> PermitOffice | None:
    """Return the Trac that runs in ``home``, by the note that it left there, or None."""
    try:
        note = json.loads(_note(home).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return PermitOffice(note["url"], project(home), note["pid"]) if _is_trac(note["pid"]) else None


def serve(home: Path, port: int, parent: int | None = None) -> None:
    """Serve Trac on 127.0.0.1 until stopped, as its own ``tracd`` does; says where in a note when it listens."""
    seed(home)
    from trac.web.auth import DigestAuthentication
    from trac.web.main import dispatch_request
    from trac.web.standalone import AuthenticationMiddleware, TracEnvironMiddleware, TracHTTPServer

    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    where = [str(project(home))]
    site = TracEnvironMiddleware(dispatch_request, None, where, False)
    site = AuthenticationMiddleware(site, {"permits": DigestAuthentication(str(password_file(home)), "permits")})
    server = TracHTTPServer(("127.0.0.1", port), site, None, where, use_http_11=True)
    url = f"http://127.0.0.1:{server.server_address[1]}/permits"
    draft = _note(home).with_suffix(".draft")
    draft.write_text(json.dumps({"pid": os.getpid(), "url": url}), encoding="utf-8")
    draft.replace(_note(home))
    server.serve_forever()


def _spawn(home: Path, port: int, *more: str) -> subprocess.Popen[bytes]:
    home.mkdir(parents=True, exist_ok=True)
    _note(home).unlink(missing_ok=True)
    command = [sys.executable, "-W", "ignore", "-m", "demo.trac", "serve", "--home", str(home.resolve())]
    with (home / "trac.log").open("ab") as log:
        return subprocess.Popen(
            [*command, "--port", str(port), *more],
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _awaited(home: Path, process: subprocess.Popen[bytes]) -> PermitOffice:
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        if process.poll() is not None:
            log_end = (home / "trac.log").read_text(encoding="utf-8", errors="replace")[-1000:]
            raise ChildProcessError(f"Trac ended with status {process.returncode}: {log_end}")
        if office := found(home):
            return office
        time.sleep(0.02)
    process.kill()
    raise TimeoutError(f"Trac in {home} did not listen in {PATIENCE:.0f} s; see trac.log there.")


def _note(home: Path) -> Path:
    return home / "trac.json"


def _is_trac(pid: int) -> bool:
    """Return True if this process is our Trac: not another process with its number, and not one that has ended."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return b"demo.trac" in command.split(b"\0")


def _end_with(parent: int) -> None:
    """End this process once ``parent`` is gone."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)
