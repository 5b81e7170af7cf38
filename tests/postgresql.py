"""A PostgreSQL server of the tests' own, from the binaries on the machine, on a socket in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

_PORT = 25439
_USER = "nobody"  # PostgreSQL refuses to run as root


@contextmanager
def running() -> Iterator[str]:
    """Start a server, yield a URL to which a database's name is added, and stop it."""
    folder = Path(tempfile.mkdtemp(prefix="keywright-pg-"))
    data = folder / "data"
    if os.geteuid() == 0:
        os.chown(folder, pwd.getpwnam(_USER).pw_uid, -1)
    try:
        _run("initdb", "-D", str(data), "-U", "keywright", "-A", "trust", "-E", "UTF8", "--no-sync")
        url = f"postgresql://keywright@{quote(str(folder), safe='')}:{_PORT}/"
        start(url)
        yield url
        stop(url)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def start(url: str) -> None:
    """Start the server of a URL, and wait until it answers; its socket is in a folder of its own."""
    folder = _folder(url)
    options = f"-k {folder} -p {_PORT} -c listen_addresses='' -c fsync=off"
    _run("pg_ctl", "-D", str(folder / "data"), "-w", "-o", options, "-l", str(folder / "log"), "start")


def stop(url: str) -> None:
    """Stop the server of a URL as a crash would: whoever is connected is cut off."""
    _run("pg_ctl", "-D", str(_folder(url) / "data"), "-m", "immediate", "stop")


def _folder(url: str) -> Path:
    return Path(unquote(urlsplit(url).netloc.rpartition("@")[2].rpartition(":")[0]))


def binary(name: str) -> str:
    """Return where one of the server's programs is."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    program = str(places[-1]) if places else shutil.which(name)
    if not program:
        raise FileNotFoundError(f"{name} is not on this machine; ./run test installs Debian's postgresql.")
    return program


def _run(program: str, *arguments: str) -> None:
    command = [binary(program), *arguments]
    if os.geteuid() == 0:
        command = ["setpriv", f"--reuid={_USER}", "--regid=nogroup", "--clear-groups", *command]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/")
    if done.returncode:
        raise RuntimeError(f"{program}: {done.stderr.decode()}")
