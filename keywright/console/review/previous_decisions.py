"""The earlier decisions on a case since it was read, shown to the next person who decides it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from keywright.console.shared import labels
from keywright.database.models import LedgerEntry
from keywright.privacy.masking import Mask

_CHANGES = ("field-corrected", "lines-corrected", "finding-accepted")
_EVENTS = ("case-read", "case-settled", "decision-undone", *_CHANGES)


@dataclass(frozen=True, slots=True)
class PreviousDecision:
    """A decision that sent the case on: who, when, and what was changed and accepted, a sentence a line."""

    person: str
    at: dt.datetime
    changed: tuple[str, ...] = ()
    accepted: tuple[str, ...] = field(default=())


def previous_decisions(number: int, titles: Mapping[str, str], mask: Mask) -> list[PreviousDecision]:
    """Return the decisions since the document was last read, oldest first, without those undone."""
    decisions: list[PreviousDecision] = []
    acts: list[LedgerEntry] = []
    for entry in LedgerEntry.objects.filter(case_id=number, event__in=_EVENTS).order_by("number"):
        match entry.event:
            case "case-read":
                decisions, acts = [], []
            case "decision-undone":
                decisions = decisions[:-1] if entry.body.get("decision") == "case-settled" else decisions
            case "case-settled":
                decisions.append(_previous_decision(entry, acts, titles, mask))
                acts = []
            case _:
                acts.append(entry)
    return decisions


def _previous_decision(
    settled: LedgerEntry, acts: list[LedgerEntry], titles: Mapping[str, str], mask: Mask
) -> PreviousDecision:
    changed = [line for entry in acts if _changes(entry) for line in labels.details_of(entry, titles)]
    changed += [labels.event_in_words(entry.event) for entry in acts if entry.event == "lines-corrected"]
    accepted = [
        line for entry in acts if entry.event == "finding-accepted" for line in labels.details_of(entry, titles)
    ]
    return PreviousDecision(settled.actor, settled.at, tuple(map(mask.text, changed)), tuple(map(mask.text, accepted)))


def _changes(entry: LedgerEntry) -> bool:
    return entry.event == "field-corrected" and entry.body.get("old") != entry.body.get("new")
