"""The version of Keywright: that of its checkout, and the commit if git knows it."""

from __future__ import annotations

import os
import socket
import subprocess
import tomllib
import uuid
from functools import cache

from keywright.settings.settings import CHECKOUT

RUN = uuid.uuid4().hex[:12]
"""Identifies this process's run if Prefect has given it no id."""


@cache
def version() -> str:
    """Return the version as ``0.1.0 (95413fd9975d)``; ``changed`` is added if files differ from the commit."""
    number = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    commit = _git("rev-parse", "--short=12", "HEAD")
    if not commit:
        return str(number)
    changed = ", changed" if _git("status", "--porcelain", "--untracked-files=no") else ""
    return f"{number} ({commit}{changed})"


def run_id() -> str:
    """Return the id of this run: Prefect's of the flow run, or one of this process."""
    return os.environ.get("PREFECT__FLOW_RUN_ID") or f"{socket.gethostname()}-{os.getpid()}-{RUN}"


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=CHECKOUT, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):  # an image has no git, and needs none
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
