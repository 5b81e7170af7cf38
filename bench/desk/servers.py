"""A PostgreSQL server for the benchmark, with default settings except memory: as safe as in production."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from keywright.errors import Stop

PORT = 25441
USER = "nobody"  # PostgreSQL refuses to run as root
MEMORY = "-c shared_buffers=256MB -c max_connections=60"


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """Start a server in an empty folder, yield the URL of its database, and stop it."""
    if os.geteuid() == 0:
        os.chown(folder, pwd.getpwnam(USER).pw_uid, -1)
    data = folder / "data"
    _run("initdb", "-D", str(data), "-U", "keywright", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    options = f"-k {folder} -p {PORT} -c listen_addresses='' {MEMORY}"
    _run("pg_ctl", "-D", str(data), "-w", "-o", options, "-l", str(folder / "log"), "start")
    try:
        yield f"postgresql://keywright@{quote(str(folder), safe='')}:{PORT}/postgres"
    finally:
        _run("pg_ctl", "-D", str(data), "-w", "-m", "fast", "stop")


def _run(program: str, *arguments: str) -> None:
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    path = str(places[-1]) if places else shutil.which(program)
    if not path:
        raise Stop(f"{program} is not on this machine; ./run test installs Debian's postgresql.")
    command = [path, *arguments]
    if os.geteuid() == 0:
        command = ["setpriv", f"--reuid={USER}", "--regid=nogroup", "--clear-groups", *command]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/")
    if done.returncode:
        raise Stop(f"{program}: {done.stderr.decode()}")
