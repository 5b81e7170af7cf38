"""Prefect's own folder, database, address and password on this machine."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from keywright.settings.settings import CHECKOUT, Settings

HOST = "127.0.0.1"
USER = "keywright"


def folder(settings: Settings) -> Path:
    """Return the folder in which Prefect keeps its files, created if needed, closed to others."""
    path = settings.home / "prefect"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def address(settings: Settings) -> str:
    """Return where a person finds Prefect's pages."""
    return f"http://{HOST}:{settings.prefect_port}"


def password(settings: Settings) -> str:
    """Return the address of Prefect's pages."""
    path = folder(settings) / "password"
    if not path.exists():
        whole = path.with_suffix(f".{os.getpid()}")
        whole.touch(mode=0o600)
        whole.write_text(secrets.token_urlsafe(24), encoding="ascii")
        whole.rename(path)
    return path.read_text(encoding="ascii").strip()


def environment(settings: Settings, outer: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment of Prefect's server, its runner and every run.

    Another Prefect of the same user stays untouched: every setting that could lead there is set here.
    """
    home = folder(settings)
    sign_in = f"{USER}:{password(settings)}"
    return {
        **outer,
        "KEYWRIGHT_HOME": str(settings.home),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(CHECKOUT), outer.get("PYTHONPATH", "")])),
        "PREFECT_HOME": str(home),
        "PREFECT_PROFILES_PATH": str(home / "profiles.toml"),
        "PREFECT_API_URL": f"{address(settings)}/api",
        "PREFECT_API_AUTH_STRING": sign_in,
        "PREFECT_API_KEY": "",
        "PREFECT_SERVER_API_AUTH_STRING": sign_in,
        "PREFECT_SERVER_API_HOST": HOST,
        "PREFECT_SERVER_API_PORT": str(settings.prefect_port),
        "PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{home / 'prefect.db'}",
        # A run's hold on its place must outlive the server, or a restarted server ends the run.
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(home / "pages"),
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_COLORS": "false",  # a log is text, and what steers a terminal in it is written out
        "PREFECT_LOGGING_EXTRA_LOGGERS": "keywright,tasks,systems",
        # Nothing about a town's work leaves this machine.
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "NO_PROXY": ",".join(filter(None, [outer.get("NO_PROXY", ""), HOST, "localhost"])),
        "no_proxy": ",".join(filter(None, [outer.get("no_proxy", ""), HOST, "localhost"])),
    }
