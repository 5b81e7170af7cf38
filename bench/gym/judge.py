"""Judges a keying by the town hall's own database: right once, safely referred, wrong, missing, double."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from keywright.findings import Kind
from keywright.model.case import Case, State

TELLS = (Kind.UNCERTAIN, Kind.SYSTEM, Kind.DUPLICATE)
"""The kinds of finding that send a person to look into the system: a record there is no surprise."""


class KeyingOutcome(StrEnum):
    """What became of one keying; the last three must never be."""

    RIGHT = "right once"
    REFERRED = "safely referred"
    WRONG = "wrong"
    MISSING = "missing"
    DOUBLE = "double"


@dataclass(frozen=True, slots=True)
class Result:
    """One judged keying; ``settled`` says whether a second look alone settled a referred one.

    ``rules`` are the findings with which it was referred, ``fired`` the number of its faults that occurred, ``stops``
    how often the bot stopped for IT, ``told`` the details of a bad result.
    """

    number: int
    kind: str
    fault: str
    also: str
    outcome: KeyingOutcome
    settled: bool
    rules: tuple[str, ...]
    records: int
    fired: int
    tries: int
    stops: int
    seconds: float
    told: str


def judged(case: Case, right: Sequence[bool]) -> KeyingOutcome:
    """Judge a case that is at its end; ``right`` says for each of its records whether the record is right.

    A keyed case must have exactly one record, and a right one. Another case may have a record only if a person was
    asked to look into the system. A case that still waits, or was given up, with a record that was reported to no
    person is wrong.
    """
    if case.state is State.KEYED:
        if not right:
            return KeyingOutcome.MISSING
        if len(right) > 1:
            return KeyingOutcome.DOUBLE
        return KeyingOutcome.RIGHT if right[0] else KeyingOutcome.WRONG
    if case.state is State.REFERRED:
        if right and not any(finding.kind in TELLS for finding in case.findings):
            return KeyingOutcome.DOUBLE if len(right) > 1 else KeyingOutcome.WRONG
        return KeyingOutcome.REFERRED
    if case.state is State.FAILED and not right:
        return KeyingOutcome.REFERRED  # IT has it, and nothing is there
    return KeyingOutcome.WRONG if right else KeyingOutcome.MISSING


def wilson(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """Return the interval in which a share lies with 95 % (Wilson 1927), each 0-1; the whole range for none of none."""
    if not of:
        return 0.0, 1.0
    share, slack = hits / of, z * z / of
    middle = share + slack / 2
    spread = z * math.sqrt(share * (1 - share) / of + slack / (4 * of))
    return max(0.0, (middle - spread) / (1 + slack)), min(1.0, (middle + spread) / (1 + slack))
