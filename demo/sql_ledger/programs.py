"""Finds and starts the Debian programs that SQL-Ledger stands on, never as root."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

PACKAGES = "sql-ledger lighttpd postgresql"
SERVANT = "www-data"  # in root's place: PostgreSQL refuses root, and a web server needs no rights
PLACES = ("/usr/sbin", "/usr/bin", "/usr/lib/postgresql/*/bin")


class NotInstalled(RuntimeError):
    """A program is not on this machine; the text says which Debian packages bring it."""


def program(name: str) -> str:
    """Return where a program is. Raises NotInstalled."""
    for place in PLACES:
        if matches := sorted(Path("/").glob(f"{place[1:]}/{name}")):
            return str(matches[-1])
    if elsewhere := shutil.which(name):
        return elsewhere
    raise NotInstalled(f"{name} is not on this machine. Install it: apt-get install --no-install-recommends {PACKAGES}")


def do(*command: str) -> None:
    """Do something as the servant and wait for it. Raises RuntimeError with what it said if it failed."""
    done = subprocess.run(_as_servant(command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/")
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed: {done.stdout.decode(errors='replace')[-2000:]}")


def begin(command: Sequence[str], log: Path, *, stays: bool) -> subprocess.Popen[bytes]:
    """Start a server as the servant, its words going to ``log``.

    With ``stays`` it goes on after us; otherwise it ends, by SIGINT, even if we are killed.
    """
    with log.open("ab") as words:
        return subprocess.Popen(
            _as_servant(command, *([] if stays else ["--pdeathsig=INT"])),
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
            cwd="/",
            start_new_session=True,  # Ctrl-C in a terminal is for us; we end them in order
        )


def give(folder: Path) -> None:
    """Make a folder, and all in it, the servant's."""
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", f"{SERVANT}:", str(folder)], check=True)


def _as_servant(command: Sequence[str], *more: str) -> list[str]:
    """Return a command that does the same as the servant if we are root, and as ourselves if we are not."""
    less = [f"--reuid={SERVANT}", f"--regid={SERVANT}", "--clear-groups"] if os.geteuid() == 0 else []
    return [program("setpriv"), *less, *more, *command]
