"""Verifies the ledger's chain in steps of limited time, so that a long one can be verified from a page."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from typing import Any

from keywright.database.models import LedgerEntry, LedgerHead
from keywright.ledger import ledger

AT_ONCE = 500
"""How many entries are fetched at once, between two looks at the clock."""


@dataclass(frozen=True, slots=True)
class Step:
    """How much of the chain is verified:

    the last entry that fits and its hash, and the number of entries at the last look.

    ``fault`` describes the first entry that does not fit; ``done`` says that the verification is finished.
    """

    number: int = 0
    hash: str = "0" * 64
    total: int = 0
    fault: str = ""
    done: bool = False

    @property
    def percent(self) -> int:
        """Return how much of the chain is verified, in per cent."""
        return min(100 * self.number // self.total, 100) if self.total else 100

    def to_json(self) -> dict[str, Any]:
        """Return the step as JSON, from which ``Step(**values)`` restores it."""
        return asdict(self)


def walk(step: Step, seconds: float = 1.0) -> Step:
    """Continue the verification from a step for about ``seconds``, or to the end."""
    until = time.monotonic() + seconds
    while not step.done:
        step = _walk_some(step)
        if time.monotonic() >= until:
            break
    return step


def _walk_some(step: Step) -> Step:
    # The head is read first: entries that are appended later only make the ledger longer than its head says.
    head = LedgerHead.objects.filter(id=1).first() or LedgerHead(number=0)
    entries = list(LedgerEntry.objects.filter(number__gt=step.number).order_by("number")[:AT_ONCE])
    step = replace(step, total=max(head.number, step.number))
    for entry in entries:
        if fault := ledger.fault_of(entry, step.number + 1, step.hash):
            return replace(step, fault=fault, done=True)
        step = replace(step, number=entry.number, hash=entry.hash)
    if entries:
        return replace(step, total=max(step.total, step.number))
    if (head.number, head.hash) == (step.number, step.hash):
        return replace(step, done=True)
    missing = f"Entry {step.number + 1} is missing: the ledger had {head.number} entries and shows {step.number}."
    return replace(step, fault=missing, done=True)
