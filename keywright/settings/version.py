"""Which Keywright this is: the version of its checkout, and the commit where git knows it."""

from __future__ import annotations

import os
import socket
import subprocess
import tomllib
import uuid
from functools import cache

from keywright.settings.settings import CHECKOUT

RUN = uuid.uuid4().hex[:12]
"""What tells this process's run from every other, where Prefect has given it no id."""


@cache
def version() -> str:
    """Return the version as ``0.1.0 (95413fd9975d)``; ``changed`` stands beside a commit whose files were changed."""
    told = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    commit = _git("rev-parse", "--short=12", "HEAD")
    if not commit:
        return str(told)
    changed = ", changed" if _git("status", "--porcelain", "--untracked-files=no") else ""
    return f"{told} ({commit}{changed})"


def run_id() -> str:
    """Return the id of this run: Prefect's of the flow run, or one of this process."""
    return os.environ.get("PREFECT__FLOW_RUN_ID") or f"{socket.gethostname()}-{os.getpid()}-{RUN}"


def _git(*asked: str) -> str:
    try:
        done = subprocess.run(["git", *asked], cwd=CHECKOUT, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):  # an image has no git, and needs none
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
