"""A bot's login at a target system, opened when first needed, and anew after a fault.

Here office and screen are joined: a change that a robot finds on a screen is recorded as a proposal.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Any

from keywright.bot import AnyBot
from keywright.ledger import screen_changes
from keywright.model.target_system import Lane, OpensLanes, SignIn, TargetSystem
from keywright.settings.settings import settings, sign_in
from tasks.circuit_breaker import Breaker


class OneSession:
    """The lane of a system that keeps nothing from case to case but an open session."""

    def __init__(self, system: TargetSystem[Any]) -> None:
        self._system = system

    @contextmanager
    def case(self) -> Iterator[TargetSystem[Any]]:
        """Hand out the one session."""
        yield self._system


class Desk:
    """A bot's login at its target system, kept from case to case."""

    def __init__(self, bot: AnyBot, where: SignIn | None = None, breaker: Breaker | None = None) -> None:
        self.bot = bot
        self.where = where
        self.breaker = breaker or Breaker(bot.keys_into.name, settings().failures_in_a_row)
        self._open: AbstractContextManager[Any] | None = None
        self._lane: Lane[Any] | None = None

    @contextmanager
    def system(self) -> Iterator[TargetSystem[Any]]:
        """Open the system for one case. Raises Retry if it is away, Stop if the sign-in is refused."""
        with self._its_lane().case() as system:
            yield system

    def _its_lane(self) -> Lane[Any]:
        if self._lane is None:
            where = replace(self.where or sign_in(self.bot.keys_into.name), note=screen_changes.note)
            opens = self.bot.keys_into
            keeps = isinstance(opens, OpensLanes)
            opening = opens.lane(where) if isinstance(opens, OpensLanes) else opens(where)
            opened: Any = opening.__enter__()
            self._lane = opened if keeps else OneSession(opened)
            self._open = opening
        return self._lane

    def leave(self) -> None:
        """Close the browser; the next case opens a new one."""
        opened, self._open, self._lane = self._open, None, None
        if opened is not None:
            opened.__exit__(None, None, None)

    def __enter__(self) -> Desk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()
