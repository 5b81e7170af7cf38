"""The office's door in tests: settings as IT would set them, and an authenticator app."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from keywright.settings.settings import settings


@contextmanager
def setting(**environment: str) -> Iterator[None]:
    """Set settings, each by its name behind KEYWRIGHT_, and take them back."""
    names = {f"KEYWRIGHT_{name}": value for name, value in environment.items()}
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    settings.cache_clear()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        settings.cache_clear()


def app_code(secret: str, later: int = 0) -> str:
    """Return the code that an app shows now, or so many half minutes later (RFC 6238)."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later)))


def sign_in(client: Client, name: str, password: str) -> str:
    """Send the sign-in page; return where that leads."""
    response = client.post("/sign-in/", {"username": name, "password": password})
    return str(response.headers.get("Location", response.status_code))
