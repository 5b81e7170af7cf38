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


class Outcome(StrEnum):
    """What became of one keying; the last three must never be."""

    RIGHT = "right once"
    REFERRED = "safely referred"
    WRONG = "wrong"
    MISSING = "missing"
    DOUBLE = "double"


@dataclass(frozen=True, slots=True)
class Result:
    """One keying judged; ``settled`` says whether a second look alone brought a referred one to an end.

    ``rules`` are the findings with which it was referred, ``fired`` how many of its faults came in, ``stops`` how often
    the bot stopped for IT, ``posts`` the intents committed, ``told`` what a reader of a bad result wants to see.
    """

    number: int
    kind: str
    fault: str
    also: str
    outcome: Outcome
    settled: bool
    rules: tuple[str, ...]
    records: int
    fired: int
    tries: int
    stops: int
    seconds: float
    told: str


def judged(case: Case, right: Sequence[bool]) -> Outcome:
    """Judge a case that is at its end; ``right`` has for each record that came of it whether it is as it must be.

    A case that is told as keyed must stand there once and right. One that is not may only be there if a person was told
    to look into the system. A case still waiting, or given up, with a record there that nobody was told of is wrong.
    """
    if case.state is State.KEYED:
        if not right:
            return Outcome.MISSING
        if len(right) > 1:
            return Outcome.DOUBLE
        return Outcome.RIGHT if right[0] else Outcome.WRONG
    if case.state is State.REFERRED:
        if right and not any(finding.kind in TELLS for finding in case.findings):
            return Outcome.DOUBLE if len(right) > 1 else Outcome.WRONG
        return Outcome.REFERRED
    if case.state is State.FAILED and not right:
        return Outcome.REFERRED  # IT has it, and nothing is there
    return Outcome.WRONG if right else Outcome.MISSING


def wilson(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """Return the interval in which a share lies with 95 % (Wilson 1927), each 0-1; the whole range for none of none."""
    if not of:
        return 0.0, 1.0
    share, slack = hits / of, z * z / of
    middle = share + slack / 2
    spread = z * math.sqrt(share * (1 - share) / of + slack / (4 * of))
    return max(0.0, (middle - spread) / (1 + slack)), min(1.0, (middle + spread) / (1 + slack))
