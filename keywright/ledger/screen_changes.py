"""Proposals: a control that was found again though its screen had changed, for a person to accept or to reject.

They stand in the ledger and nowhere else: who proposed what, when, and who decided. A robot that meets the same change
again asks here what became of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction

from keywright.database.models import LedgerEntry
from keywright.errors import Stop
from keywright.ledger import ledger

PROPOSED = "screen-change-proposed"
DECIDED = {True: "screen-change-accepted", False: "screen-change-rejected"}
ROBOT = "robot"


class Standing(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One change of one screen, in words; ``strong`` if it is used until a person rejects it."""

    id: str
    system: str
    screen: str
    was: str
    now: str
    agrees: tuple[str, ...]
    strong: bool
    standing: Standing

    def __str__(self) -> str:
        """Return the proposal in words, and what it does."""
        kept = f" The same: {', '.join(self.agrees)}." if self.agrees else ""
        used = {
            Standing.OPEN: "used until rejected" if self.strong else "not used until accepted",
            Standing.ACCEPTED: "accepted",
            Standing.REJECTED: "rejected",
        }[self.standing]
        return f"{self.id}  {self.system}, {self.screen}: {self.was} is now {self.now}.{kept} ({used})"


def note(system: str, screen: str, change: Mapping[str, Any]) -> Standing:
    """Put a change on record, unless it is there, and return what became of it."""
    told = {"system": system, "screen": screen, **change}
    known = _id(told)
    with transaction.atomic():
        found = next((each for each in proposals() if each.id == known), None)
        if found is None:
            ledger.append(PROPOSED, actor=ROBOT, body=told)
    return found.standing if found else Standing.OPEN


def decide(id: str, accept: bool, actor: str) -> Proposal:
    """Accept or reject a proposal, and return it as it stood. Raises Stop if there is none, or if it was decided."""
    with transaction.atomic():
        found = next((each for each in proposals() if each.id == id), None)
        if found is None or found.standing is not Standing.OPEN:
            state = f"it is {found.standing} already" if found else "there is no such proposal"
            raise Stop(f"Proposal {id} cannot be decided: {state}. `./run proposals` lists those that wait.")
        ledger.append(DECIDED[accept], actor=actor, body={"proposal": id, "was": found.was, "now": found.now})
    return found


def proposals() -> Iterator[Proposal]:
    """Yield every proposal, oldest first, with what became of it."""
    entries = LedgerEntry.objects.filter(event__in=[PROPOSED, *DECIDED.values()]).order_by("number")
    told = [(each.event, each.body) for each in entries]
    decided = {body["proposal"]: event for event, body in told if event != PROPOSED}
    standing = {DECIDED[True]: Standing.ACCEPTED, DECIDED[False]: Standing.REJECTED, "": Standing.OPEN}
    told_once = {_id(body): body for event, body in told if event == PROPOSED}  # two robots may have met it at once
    for known, body in told_once.items():
        words = {name: body[name] for name in ("system", "screen", "was", "now", "strong")}
        yield Proposal(id=known, agrees=tuple(body["agrees"]), standing=standing[decided.get(known, "")], **words)


def _id(told: Mapping[str, Any]) -> str:
    """Return a short name for a change: the same change has the same, however often it is met."""
    words = [told[name] for name in ("system", "screen", "was", "now")]
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()[:8]
