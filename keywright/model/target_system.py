"""What a target system showed after a case was keyed, and what a target system must be able to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, TypeVar, runtime_checkable

from keywright.redaction import keep_secret

R_contra = TypeVar("R_contra", contravariant=True)

SHOWN_OTHERWISE = "shown-otherwise"
"""The rule by which a system refers a record that it shows with other values than were to be keyed."""

HELD_TWICE = "held-twice"
"""The rule by which a system refers a record that it holds more than once."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One value of a record: what was to be keyed, and what the system shows, both as a person reads them.

    ``typed`` is what was to be keyed as this system writes it, where that is another way: ``11-02-2026``.
    """

    name: str
    keyed: str
    shown: str
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A record as the target system shows it when opened afresh: its number, every value, and its picture (PNG)."""

    system: str
    number: str
    values: tuple[Shown, ...]
    picture: bytes
    seen_at: dt.datetime


NoteChange = Callable[[str, str, Mapping[str, Any]], str]
"""Takes down a change of a screen (its system, its name, what changed); returns its standing: open, accepted or
rejected."""


def take_no_note(_system: str, _screen: str, _change: Mapping[str, Any]) -> str:
    """Keep nothing of a change: nobody has decided it, and outside the office nobody will be asked."""
    return "open"


@dataclass(frozen=True, slots=True)
class SignIn:
    """Where a target system is, who signs in there, and who takes down what has changed on its screens."""

    url: str
    user: str
    password: str
    note: NoteChange = field(default=take_no_note, compare=False)

    def __post_init__(self) -> None:
        keep_secret(self.password)

    def __repr__(self) -> str:
        return f"SignIn({self.url!r}, {self.user!r}, password not shown)"


class Posting(Protocol):
    """The right to post, asked for in the breath before the post."""

    def __call__(self) -> float:
        """Commit the intent and renew the lease; return for how many seconds, from the start of the call, one may post.

        Raises Retry if the lease was lost: then nothing may be posted.
        """
        ...


@runtime_checkable
class Hears(Protocol):
    """Who gives the right to post and wants to be told what the system answered."""

    def hear(self, words: str) -> None:
        """Take what the page said that answered the post: a person is told if the record is not there afterwards."""
        ...


class Unfinished(Exception):
    """The system holds the record under ``number``, but a later part of it is missing: ``missing`` says which.

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
        """Return what makes the record one and the same for this system, spelled as the system compares it."""
        ...

    def find(self, record: R_contra, /) -> Receipt | None:
        """Return the receipt of a record that the system holds already, or None.

        Raises Refer if the system holds it with other values: both are told. Raises Unfinished if it holds it, but a
        later part of it, such as an attachment, is missing.
        """
        ...

    def enter(self, record: R_contra, posting: Posting, /) -> None:
        """Type the record in and post it. Every control is read back before the post, and then ``posting`` is called.

        Raises Refer if the system does not take a value, Retry if the system is away, NotPosted if the right to post
        ended before the post.
        """
        ...


@runtime_checkable
class Pictured(Protocol):
    """A target system of whose screen a picture can be taken."""

    def last_screen(self) -> bytes:
        """Return a picture (PNG, masked) of what was looked at last, as the window shows it now.

        Raises Retry if the browser or the system is lost.
        """
        ...


@runtime_checkable
class Finishes(Protocol[R_contra]):
    """A target system that can leave a record unfinished, and complete it later."""

    def finish(self, record: R_contra, posting: Posting, /) -> None:
        """Complete what ``find`` called Unfinished, and nothing else. Raises as ``enter`` does."""
        ...


class Opens(Protocol[R_contra]):
    """How a session with a target system is opened; leaving the context closes the browser."""

    name: str

    def __call__(self, sign_in: SignIn, /) -> AbstractContextManager[TargetSystem[R_contra]]: ...


class Lane(Protocol[R_contra]):
    """One login at a target system, kept from case to case in one browser."""

    def case(self) -> AbstractContextManager[TargetSystem[R_contra]]:
        """Open the system for one case: in a page where nothing of another case is left but the login."""
        ...


@runtime_checkable
class OpensLanes(Protocol[R_contra]):
    """A way to open sessions that can keep a login from case to case."""

    def lane(self, sign_in: SignIn, /) -> AbstractContextManager[Lane[R_contra]]: ...
