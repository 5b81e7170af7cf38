"""Authentication of API requests: a valid token with the required scope and rate, of a person with the right."""

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

_request_times: dict[str, deque[float]] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Asker:
    """The token of a request, its person, and the person's current rights."""

    token: ApiToken
    person: User
    rights: Rights

    @property
    def name(self) -> str:
        """Return the name under which the person acts."""
        return self.person.get_username()


class Bearer(HttpBearer):
    """Requires a token with a scope; each operation names its scope."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Any:
        """Return the authenticated person and token. Raises Refused if there is no valid token with the scope."""
        _ensure_not_too_large(request)
        kind, _, text = request.headers.get("Authorization", "").partition(" ")
        if kind.casefold() != "bearer" or not text.strip():
            raise Refused("no-token", headers={"WWW-Authenticate": 'Bearer realm="keywright"'})
        return self.authenticate(request, text.strip())

    def authenticate(self, request: HttpRequest, token: str) -> Asker:  # noqa: ARG002  ninja gives it
        """Return the person and token. Raises Refused if the token is not valid or lacks the scope."""
        row = api_tokens.find(token)
        if row is None:
            challenge = 'Bearer realm="keywright", error="invalid_token"'
            raise Refused("no-token", headers={"WWW-Authenticate": challenge})
        _ensure_not_too_often(row.digest)
        rights = rights_of(row.person)
        if self.scope not in row.scopes or not rights.look:
            challenge_text = f'Bearer realm="keywright", error="insufficient_scope", scope="{self.scope}"'
            raise Refused(
                "not-allowed", f"This needs the scope {self.scope}.", headers={"WWW-Authenticate": challenge_text}
            )
        return Asker(row, row.person, rights)


def asker_of(request: HttpRequest) -> Asker:
    """Return the authenticated person and token of a request."""
    asker: Asker = request.auth  # type: ignore[attr-defined]  # ninja puts it there
    return asker


def _ensure_not_too_large(request: HttpRequest) -> None:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if len(length) > 18 or (length.isdecimal() and int(length) > settings().api_largest + ENVELOPE):
        raise Refused("too-large", f"A file may have at most {settings().api_largest} bytes.")


def _ensure_not_too_often(token: str) -> None:
    """Count the requests of a token in the last minute, in this process."""
    moment, most = time.monotonic(), settings().api_requests_a_minute
    with _lock:
        times = _request_times.setdefault(token, deque())
        while times and times[0] <= moment - 60:
            times.popleft()
        if len(times) >= most:
            wait = int(times[0] + 60 - moment) + 1
            raise Refused("too-often", headers={"Retry-After": str(wait)})
        times.append(moment)
