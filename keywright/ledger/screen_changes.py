"""Proposals: a control that was found again on a changed screen, for a person to accept or to reject.

They are stored in the ledger only: who proposed what, when, and who decided. A robot that meets the same change again
looks up the decision here.
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
    """The decision about a proposal."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One change of one screen, in words; a ``strong`` one is used until a person rejects it."""

    id: str
    system: str
    screen: str
    was: str
    now: str
    agrees: tuple[str, ...]
    strong: bool
    standing: Standing

    def __str__(self) -> str:
        """Return the proposal and its effect in words."""
        same_as_before = f" The same: {', '.join(self.agrees)}." if self.agrees else ""
        used = {
            Standing.OPEN: "used until rejected" if self.strong else "not used until accepted",
            Standing.ACCEPTED: "accepted",
            Standing.REJECTED: "rejected",
        }[self.standing]
        return f"{self.id}  {self.system}, {self.screen}: {self.was} is now {self.now}.{same_as_before} ({used})"


def note(system: str, screen: str, change: Mapping[str, Any]) -> Standing:
    """Record a change if it is new, and return the decision about it."""
    body = {"system": system, "screen": screen, **change}
    known = _id(body)
    with transaction.atomic():
        existing = next((proposal for proposal in proposals() if proposal.id == known), None)
        if existing is None:
            ledger.append(PROPOSED, actor=ROBOT, body=body)
    return existing.standing if existing else Standing.OPEN


def decide(id: str, accept: bool, actor: str) -> Proposal:
    """Accept or reject a proposal, and return it from before the decision. Raises Stop if none is open with this id."""
    with transaction.atomic():
        proposal = next((candidate for candidate in proposals() if candidate.id == id), None)
        if proposal is None or proposal.standing is not Standing.OPEN:
            state = f"it is {proposal.standing} already" if proposal else "there is no such proposal"
            raise Stop(f"Proposal {id} cannot be decided: {state}. `./run proposals` lists the open ones.")
        ledger.append(DECIDED[accept], actor=actor, body={"proposal": id, "was": proposal.was, "now": proposal.now})
    return proposal


def proposals() -> Iterator[Proposal]:
    """Yield every proposal with the decision about it, oldest first."""
    entries = LedgerEntry.objects.filter(event__in=[PROPOSED, *DECIDED.values()]).order_by("number")
    acts = [(entry.event, entry.body) for entry in entries]
    decided = {body["proposal"]: event for event, body in acts if event != PROPOSED}
    standing = {DECIDED[True]: Standing.ACCEPTED, DECIDED[False]: Standing.REJECTED, "": Standing.OPEN}
    changes = {_id(body): body for event, body in acts if event == PROPOSED}  # two robots may have met it at once
    for known, body in changes.items():
        words = {name: body[name] for name in ("system", "screen", "was", "now", "strong")}
        yield Proposal(id=known, agrees=tuple(body["agrees"]), standing=standing[decided.get(known, "")], **words)


def _id(change: Mapping[str, Any]) -> str:
    """Return a short id of a change: the same change always has the same id."""
    words = [change[name] for name in ("system", "screen", "was", "now")]
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()[:8]
