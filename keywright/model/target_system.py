"""The receipt that a target system shows after keying, and the interface of a target system."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, TypeVar, runtime_checkable

from keywright.redaction import keep_secret

R_contra = TypeVar("R_contra", contravariant=True)

SHOWN_OTHERWISE = "shown-otherwise"
"""The rule with which a system refers a record that it shows with values other than those to be keyed."""

HELD_TWICE = "held-twice"
"""The rule with which a system refers a record that it holds more than once."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One value of a record: what was to be keyed, and what the system shows, both as a person reads them.

    ``typed`` is the value in this system's own notation, if that differs: ``11-02-2026``.
    """

    name: str
    keyed: str
    shown: str
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A record as the target system shows it when opened again: its number, every value, and its picture (PNG)."""

    system: str
    number: str
    values: tuple[Shown, ...]
    picture: bytes
    seen_at: dt.datetime


NoteChange = Callable[[str, str, Mapping[str, Any]], str]
"""Records a change of a screen (system, screen, change); returns its decision so far: open, accepted or rejected."""


def take_no_note(_system: str, _screen: str, _change: Mapping[str, Any]) -> str:
    """Record nothing: outside the office no one decides about changes of screens."""
    return "open"


@dataclass(frozen=True, slots=True)
class SignIn:
    """The address of a target system, the login to it, and the function that records changes of its screens."""

    url: str
    user: str
    password: str
    note: NoteChange = field(default=take_no_note, compare=False)

    def __post_init__(self) -> None:
        keep_secret(self.password)

    def __repr__(self) -> str:
        return f"SignIn({self.url!r}, {self.user!r}, password not shown)"


class Posting(Protocol):
    """The right to post, requested immediately before the post."""

    def __call__(self) -> float:
        """Commit the intent and renew the lease; return for how many seconds after the start of the call one can post.

        Raises Retry if the lease was lost: then nothing must be posted.
        """
        ...


@runtime_checkable
class Hears(Protocol):
    """A giver of the right to post that also takes in the system's answer to the post."""

    def hear(self, words: str) -> None:
        """Take in the text of the page that answered the post; a person sees it if the record is missing afterwards."""
        ...


class Unfinished(Exception):
    """The system holds the record under ``number``, but a later part of it, ``missing``, is not there.

    ``picture`` is the record's page (PNG, masked), empty if none was taken.
    """

    def __init__(self, missing: str, number: str, picture: bytes = b"") -> None:
        super().__init__(f"{number} is there, but without {missing}.")
        self.missing = missing
        self.number = number
        self.picture = picture


class TargetSystem(Protocol[R_contra]):
    """An open session with a system that bots key records into.

    A system that can leave a record unfinished has a method ``finish`` too; see ``Finishes``.
    """

    name: ClassVar[str]

    def identity(self, record: R_contra, /) -> str:
        """Return what identifies the record in this system, spelled as the system compares it."""
        ...

    def find(self, record: R_contra, /) -> Receipt | None:
        """Return the receipt of a record that the system holds already, or None.

        Raises Refer, with both values, if the system holds it with other values. Raises Unfinished if it holds it, but
        a later part of it (for example an attachment) is missing.
        """
        ...

    def enter(self, record: R_contra, posting: Posting, /) -> None:
        """Type the record in and post it. Every control is read back before the post, and then ``posting`` is called.

        Raises Refer if the system does not take a value, Retry if the system does not respond, NotPosted if the right
        to post ended before the post.
        """
        ...


@runtime_checkable
class Pictured(Protocol):
    """A target system that can take a picture of its screen."""

    def last_screen(self) -> bytes:
        """Return a picture (PNG, masked) of the last screen, in its current state.

        Raises Retry if the browser or the system is lost.
        """
        ...


@runtime_checkable
class Finishes(Protocol[R_contra]):
    """A target system that can leave a record unfinished, and complete it later."""

    def finish(self, record: R_contra, posting: Posting, /) -> None:
        """Complete the part that ``find`` reported as missing, and nothing else. Raises the errors of ``enter``."""
        ...


class Opens(Protocol[R_contra]):
    """How a session with a target system is opened; leaving the context closes the browser."""

    name: str

    def __call__(self, sign_in: SignIn, /) -> AbstractContextManager[TargetSystem[R_contra]]: ...


class Lane(Protocol[R_contra]):
    """One login at a target system, used for case after case in one browser."""

    def case(self) -> AbstractContextManager[TargetSystem[R_contra]]:
        """Open the system for one case, in a page that shares only the login with other cases."""
        ...


@runtime_checkable
class OpensLanes(Protocol[R_contra]):
    """A way to open sessions that can use one login for case after case."""

    def lane(self, sign_in: SignIn, /) -> AbstractContextManager[Lane[R_contra]]: ...
