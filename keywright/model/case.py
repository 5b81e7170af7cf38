"""A case: one document's work, from the mailroom to the target system, and the moves it may make."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from keywright.findings import Finding
from keywright.model.fields import Extraction
from keywright.model.vendor import Payee

CaseId = NewType("CaseId", str)


class State(StrEnum):
    """How far a case has come."""

    RECEIVED = "received"  #: the document is stored
    READ = "read"  #: its fields are extracted
    CHECKED = "checked"  #: every check passed
    KEYING = "keying"  #: an intent to post is on record
    KEYED = "keyed"  #: the target system shows the record
    REFERRED = "referred"  #: a person has it
    REFUSED = "refused"  #: a person said no
    FAILED = "failed"  #: retries are used up; IT has it


_BESIDE = frozenset({State.REFERRED, State.FAILED})

MOVES: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.READ}) | _BESIDE,
    State.READ: frozenset({State.CHECKED}) | _BESIDE,
    State.CHECKED: frozenset({State.KEYING}) | _BESIDE,
    State.KEYING: frozenset({State.KEYED}) | _BESIDE,
    State.REFERRED: frozenset({State.READ, State.RECEIVED, State.REFUSED, State.KEYING, State.KEYED}),
    State.FAILED: frozenset({State.RECEIVED, State.READ}),
    State.KEYED: frozenset(),
    State.REFUSED: frozenset({State.REFERRED}),  # a refusal is undone by a person, and by nobody else
}
"""The one table of legal moves; whatever is not here is an error."""

WAITING_FOR_A_ROBOT = (State.RECEIVED, State.READ, State.CHECKED, State.KEYING)


@dataclass(frozen=True, slots=True)
class Case:
    """One document's work as it stands now; every move makes a new one.

    ``extraction`` is None while the document has not been read. ``settled`` are findings that a person has
    accepted. ``payee`` is the vendor on file to whom a checked case is booked. ``attempts`` counts the tries of the
    step that is next. ``lease`` is the token under which a worker holds the case; it is empty while nobody does.
    ``pages`` are the first and the last page of the document that are the case's; None if all are.
    """

    id: CaseId
    bot: str
    document: str
    file_name: str
    state: State
    received_at: dt.datetime
    extraction: Extraction | None = None
    findings: tuple[Finding, ...] = ()
    settled: tuple[Finding, ...] = ()
    payee: Payee | None = None
    attempts: int = 0
    receipt_number: str = ""
    lease: str = ""
    pages: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The case of a document that came in: a new one, or the one that the same bytes opened before."""

    case: Case
    new: bool


class IllegalMove(Exception):
    """A case was asked to make a move that is not in the table, or that another worker made first."""


def ensure_legal(move_from: State, move_to: State) -> None:
    """Raise IllegalMove if no case may go from the one state to the other."""
    if move_to not in MOVES[move_from]:
        raise IllegalMove(f"A case that is {move_from} cannot become {move_to}.")
