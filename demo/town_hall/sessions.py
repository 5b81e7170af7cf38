"""Clerks' sessions: one a clerk, ended by idleness or by a second sign-in."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

CLERKS = dict.fromkeys(["clerk", "clerk2", "clerk3"], "clerk-pw")  # login: password


class Sessions:
    """Who is signed in. Kept in memory: closing the town hall signs everybody out."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._current: dict[str, str] = {}  # clerk -> the token that counts
        self._owner: dict[str, str] = {}  # token -> clerk, ended sessions too
        self._last_used: dict[str, float] = {}  # token -> when it was last used
        self._at_sign_in: dict[str, Callable[[], object]] = {}  # clerk -> what is done at the next sign-in

    def sign_in(self, clerk: str, password: str) -> str | None:
        """Begin a session and end the clerk's former one; None if the password is wrong."""
        if not password or CLERKS.get(clerk) != password:
            return None
        token = secrets.token_urlsafe(12)
        self._current[clerk] = token
        self._owner[token] = clerk
        self._last_used[token] = time.monotonic()
        if act := self._at_sign_in.pop(clerk, None):
            act()
        return token

    def keep(self, clerk: str, act: Callable[[], object]) -> None:
        """Do something once the clerk signs in again, at whichever door."""
        self._at_sign_in[clerk] = act

    def clerk(self, token: str) -> str | None:
        """Return who is signed in with ``token``, and count this as use; None if it has ended."""
        clerk = self._owner.get(token)
        if clerk is None or self._current.get(clerk) != token:
            return None
        if time.monotonic() - self._last_used[token] > self.seconds:
            return None
        self._last_used[token] = time.monotonic()
        return clerk

    def former_clerk(self, token: str) -> str:
        """Return whose session ``token`` was; empty if it was never one."""
        return self._owner.get(token, "")

    def sign_out(self, token: str) -> None:
        """End a session."""
        self._current = {clerk: current for clerk, current in self._current.items() if current != token}
