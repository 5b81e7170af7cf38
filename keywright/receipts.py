"""What a target system showed after a case was keyed, and what a target system must be able to do."""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeVar

R_contra = TypeVar("R_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Shown:
    """One value of a record: what was to be keyed, and what the system shows, both as a person reads them."""

    name: str
    keyed: str
    shown: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """A record as the target system shows it when opened afresh: its number, every value, and its picture (PNG)."""

    system: str
    number: str
    values: tuple[Shown, ...]
    picture: bytes
    seen_at: dt.datetime


@dataclass(frozen=True, slots=True)
class SignIn:
    """Where a target system is, and who signs in there."""

    url: str
    user: str
    password: str

    def __repr__(self) -> str:
        return f"SignIn({self.url!r}, {self.user!r}, password not shown)"


class TargetSystem(Protocol[R_contra]):
    """An open session with a system that bots key records into."""

    name: ClassVar[str]

    def identity(self, record: R_contra, /) -> str:
        """Return what makes the record one and the same for this system, spelled as the system compares it."""
        ...

    def find(self, record: R_contra, /) -> Receipt | None:
        """Return the receipt of a record that the system holds already, or None.

        Raises Refer if the system holds it with other values: both are told.
        """
        ...

    def enter(self, record: R_contra, /) -> None:
        """Type the record in and post it. Every control is read back before the post.

        Raises Refer if the system does not take a value, Retry if the system is away.
        """
        ...


class Opens(Protocol[R_contra]):
    """How a session with a target system is opened; leaving the context closes the browser."""

    name: str

    def __call__(self, sign_in: SignIn, /) -> AbstractContextManager[TargetSystem[R_contra]]: ...
