"""Starts commands as users do: in a fresh process, in a home of its own, with nothing set up beforehand."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from django.db import connection

from keywright.settings.settings import CHECKOUT

PASSED_ON = ("PATH", "LANG", "KEYWRIGHT_BROWSER", "TESSDATA_PREFIX", "KEYWRIGHT_CONFIRMATIONS")


def keywright(
    *arguments: str, home: Path, stdin_text: str | None = None, timeout: float = 300, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run ``keywright`` with these arguments as ``./run`` does; ``home`` is the user's home and the office's.

    ``settings`` are further environment variables; ``stdin_text`` is its standard input.
    """
    home.mkdir(parents=True, exist_ok=True)
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    environment |= {"HOME": str(home), "KEYWRIGHT_HOME": str(home), "PYTHONPATH": str(CHECKOUT), "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-P", "-m", "cli", *arguments],
        env=environment | settings,
        cwd=home,
        input=stdin_text if stdin_text is not None else "",
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def in_this_office(
    *arguments: str, home: Path, stdin_text: str | None = None, settings: Mapping[str, str] | None = None
) -> tuple[int, str, str]:
    """Run ``keywright`` on the SQLite database of this test; return the exit status, and what was printed where.

    The test must write for good (``transactional_db``): the process has a connection of its own.
    """
    url = f"sqlite:///{connection.settings_dict['NAME']}"
    environment = {"KEYWRIGHT_DATABASE_URL": url, **(settings or {})}
    done = keywright(*arguments, home=home, stdin_text=stdin_text, timeout=300, **environment)
    return done.returncode, done.stdout, done.stderr
