"""One SQL-Ledger that is up: made from a mould that is seeded once a machine, so that each starts in a second.

Its folder stands in the machine's place for temporary files: ``mould-…`` is the seeded one, made anew when the program
or the seed has changed; each running one is a copy with a database, a web server and a port of its own.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from demo.sql_ledger import cluster, program_copy
from demo.sql_ledger.programs import NotInstalled, give
from demo.sql_ledger.seeding import DATASET, VENDORS, seed, set_character_set

SEED = f"{DATASET}_seed"


@dataclass(frozen=True, slots=True)
class SqlLedger:
    """An SQL-Ledger that is up: the address of its pages, and the folder of all its data."""

    url: str
    folder: Path

    @property
    def database(self) -> str:
        """Return the address of its own database, as libpq takes it."""
        return cluster.address(self.folder / "sockets", DATASET)

    def reset(self) -> None:
        """Put its data back to what was seeded; who is signed in stays so."""
        cluster.copy_database(self.folder / "sockets", SEED, DATASET)
        shutil.copy2(self.folder / "members.seed", self.folder / "app" / "users" / "members")


@contextmanager
def running(port: int = 0) -> Iterator[SqlLedger]:
    """Start an instance for the block; it ends with the block, and even if this process is killed."""
    folder = Path(tempfile.mkdtemp(prefix=f"run-{os.getpid()}-", dir=_place()))
    try:
        copy_of_mould(folder)
        with _up(folder, port, stays=False) as ledger:
            yield ledger
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def start(folder: Path, port: int) -> SqlLedger:
    """Put one up that stays up when we have gone; in ``folder``, where it keeps its data over a stop."""
    if not (folder / "members.seed").exists():
        folder.mkdir(parents=True, exist_ok=True)
        copy_of_mould(folder)
    servers: list[subprocess.Popen[bytes]] = []
    try:
        return _begin(folder, port, servers, stays=True)
    except BaseException:
        _end(servers)
        raise


def stop(folder: Path) -> None:
    """End the one in ``folder``; its data stays."""
    for name, sign in (("lighttpd.pid", signal.SIGTERM), ("postgres.pid", signal.SIGINT)):
        with suppress(FileNotFoundError, ProcessLookupError):  # it was not up, or has ended by itself
            pid = int((folder / name).read_text(encoding="ascii"))
            if str(folder).encode() in Path(f"/proc/{pid}/cmdline").read_bytes():  # and not another's by now
                os.kill(pid, sign)
                _wait_for_end_of(pid)
        (folder / name).unlink(missing_ok=True)


def copy_of_mould(folder: Path) -> None:
    """Copy the mould into an empty folder; the first time it is made, which takes some ten seconds."""
    with (_place() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _sweep()
        mould = _place() / f"mould-{_fingerprint()}"
        if not mould.exists():
            _make(mould)
    subprocess.run(["cp", "-a", f"{mould}/.", str(folder)], check=True)


def _sweep() -> None:
    """Remove copies whose process was killed, and moulds that have not been used for a week."""
    for folder in _place().glob("run-*"):
        if not Path("/proc", folder.name.split("-")[1]).exists():
            shutil.rmtree(folder, ignore_errors=True)
    for mould in _place().glob("mould-*"):
        if time.time() - mould.stat().st_atime > 7 * 24 * 3600 and mould.name != f"mould-{_fingerprint()}":
            shutil.rmtree(mould, ignore_errors=True)


def _make(mould: Path) -> None:
    """Make the program's copy and its database, seed them through the web, keep a copy of the data, and end."""
    unfinished = Path(tempfile.mkdtemp(prefix="making-", dir=_place()))
    try:
        program_copy.copy(unfinished / "app")
        (unfinished / "sockets").mkdir()
        give(unfinished)
        cluster.make(unfinished / "data")
        with _up(unfinished, 0, stays=False) as ledger:
            seed(ledger.url)
            set_character_set(unfinished / "app" / "users" / "members")
            cluster.copy_database(unfinished / "sockets", DATASET, SEED)
        shutil.copy2(unfinished / "app" / "users" / "members", unfinished / "members.seed")
        unfinished.rename(mould)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


@contextmanager
def _up(folder: Path, port: int, *, stays: bool) -> Iterator[SqlLedger]:
    servers: list[subprocess.Popen[bytes]] = []
    try:
        yield _begin(folder, port, servers, stays=stays)
    finally:
        _end(servers)


def _begin(folder: Path, port: int, servers: list[subprocess.Popen[bytes]], *, stays: bool) -> SqlLedger:
    """Start both servers, adding them to ``servers`` as they start; their process ids are kept for ``stop``."""
    sockets = folder / "sockets"
    servers.append(cluster.start(folder / "data", sockets, folder / "postgres.log", stays=stays))
    web, url = program_copy.serve(folder / "app", sockets, port, folder / "lighttpd.log", stays=stays)
    servers.append(web)
    for name, server in zip(("postgres.pid", "lighttpd.pid"), servers, strict=True):
        (folder / name).write_text(str(server.pid), encoding="ascii")
    return SqlLedger(url, folder)


def _end(servers: list[subprocess.Popen[bytes]]) -> None:
    """End the servers, the last first: PostgreSQL ends by SIGINT without waiting for those who are connected."""
    for server in reversed(servers):
        server.send_signal(signal.SIGINT)
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for_end_of(pid: int) -> None:
    """Wait until a process has ended; a zombie, which has no command line, counts as ended."""
    give_up = time.monotonic() + 10
    while Path(f"/proc/{pid}/cmdline").read_bytes() and time.monotonic() < give_up:
        time.sleep(0.02)


def own_folder() -> Path:
    """Return where the one is that is started by hand."""
    return _place() / "by-hand"


def _place() -> Path:
    """Return the folder of all that we put up, which the servant may pass through and only we may write in."""
    place = Path(tempfile.gettempdir()) / f"keywright-sql-ledger-{os.geteuid()}"
    place.mkdir(exist_ok=True)
    if place.stat().st_uid != os.geteuid():
        raise PermissionError(f"{place} belongs to another user. Remove it, or set TMPDIR to your own folder.")
    place.chmod(0o755)  # with any umask of this process
    return place


def _fingerprint() -> str:
    """Return a word that changes when the packaged program, the seed or what makes the mould has changed."""
    version = program_copy.PACKAGED / "VERSION"
    if not version.exists():
        raise NotInstalled("SQL-Ledger is not on this machine. Install it: apt-get install sql-ledger lighttpd")
    sources = sorted(Path(__file__).parent.glob("*.py"))
    whole = b"".join(path.read_bytes() for path in (version, VENDORS, *sources))
    return hashlib.sha256(whole).hexdigest()[:12]
