"""Who asks: a token in force, with the scope that is needed, not too often, and of a person who may do it."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest
from ninja.security import HttpBearer

from keywright.api.problems import Refused
from keywright.database.models import ApiToken
from keywright.people import api_tokens
from keywright.people.accounts import Rights, rights_of
from keywright.settings.settings import settings

ENVELOPE = 1_000_000
"""Bytes that a request may have beside the largest file."""

_asked: dict[str, deque[float]] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the token, its person, and what the person may do now."""

    token: ApiToken
    person: User
    rights: Rights

    @property
    def name(self) -> str:
        """Return under which name the person acts."""
        return self.person.get_username()


class Bearer(HttpBearer):
    """Lets a token with a scope in; each operation says with which."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Any:
        """Return who asks. Raises Refused for nobody known, or who may not."""
        _ensure_not_too_large(request)
        kind, _, text = request.headers.get("Authorization", "").partition(" ")
        if kind.casefold() != "bearer" or not text.strip():
            raise Refused("no-token", headers={"WWW-Authenticate": 'Bearer realm="keywright"'})
        return self.authenticate(request, text.strip())

    def authenticate(self, request: HttpRequest, token: str) -> Asker:  # noqa: ARG002  ninja gives it
        """Return who asks with this token. Raises Refused if it is not in force, or does not allow this."""
        row = api_tokens.find(token)
        if row is None:
            challenge = 'Bearer realm="keywright", error="invalid_token"'
            raise Refused("no-token", headers={"WWW-Authenticate": challenge})
        _ensure_not_too_often(row.digest)
        rights = rights_of(row.person)
        if self.scope not in row.scopes or not rights.look:
            told = f'Bearer realm="keywright", error="insufficient_scope", scope="{self.scope}"'
            raise Refused("not-allowed", f"This needs the scope {self.scope}.", headers={"WWW-Authenticate": told})
        return Asker(row, row.person, rights)


def asker_of(request: HttpRequest) -> Asker:
    """Return who asks, after the operation has let the token in."""
    asker: Asker = request.auth  # type: ignore[attr-defined]  # ninja puts it there
    return asker


def _ensure_not_too_large(request: HttpRequest) -> None:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if len(length) > 18 or (length.isdecimal() and int(length) > settings().api_largest + ENVELOPE):
        raise Refused("too-large", f"A file may have {settings().api_largest} bytes.")


def _ensure_not_too_often(token: str) -> None:
    """Count the requests of a token in the last minute, in this process."""
    now, most = time.monotonic(), settings().api_requests_a_minute
    with _lock:
        times = _asked.setdefault(token, deque())
        while times and times[0] <= now - 60:
            times.popleft()
        if len(times) >= most:
            wait = int(times[0] + 60 - now) + 1
            raise Refused("too-often", headers={"Retry-After": str(wait)})
        times.append(now)
