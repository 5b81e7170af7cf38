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


_OUT_OF_ORDER = frozenset({State.REFERRED, State.FAILED})

MOVES: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.READ}) | _OUT_OF_ORDER,
    State.READ: frozenset({State.CHECKED}) | _OUT_OF_ORDER,
    State.CHECKED: frozenset({State.KEYING}) | _OUT_OF_ORDER,
    State.KEYING: frozenset({State.KEYED}) | _OUT_OF_ORDER,
    State.REFERRED: frozenset({State.READ, State.RECEIVED, State.REFUSED, State.KEYING, State.KEYED}),
    State.FAILED: frozenset({State.RECEIVED, State.READ}),
    State.KEYED: frozenset(),
    State.REFUSED: frozenset({State.REFERRED}),  # only a person can undo a refusal
}
"""The one table of legal moves; every other move is an error."""

WAITING_FOR_A_ROBOT = (State.RECEIVED, State.READ, State.CHECKED, State.KEYING)


@dataclass(frozen=True, slots=True)
class Case:
    """The current state of one document's work; every move makes a new value.

    ``extraction`` is None until the document is read. ``settled`` are findings that a person has accepted. ``payee`` is
    the vendor on file to whom a checked case is booked. ``attempts`` counts the tries of the next step. ``lease`` is
    the token of the worker that holds the case, "" if no worker does. ``pages`` are the first and the last page of the
    document that belong to the case; None if all do.
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
    """The case of a document that came in: a new case, or the case that the same bytes opened before."""

    case: Case
    new: bool


class IllegalMove(Exception):
    """A move that is not in the table, or that another worker made first."""


def ensure_legal(move_from: State, move_to: State) -> None:
    """Raise IllegalMove if a case may not go from the first state to the second."""
    if move_to not in MOVES[move_from]:
        raise IllegalMove(f"A case that is {move_from} cannot become {move_to}.")
