"""What people have decided about a case since its document was read: shown to whoever decides it after them."""

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
class Before:
    """A decision that sent the case on: whose, when, and what it changed and accepted, a sentence a line."""

    person: str
    at: dt.datetime
    changed: tuple[str, ...] = ()
    accepted: tuple[str, ...] = field(default=())


def decided_before(number: int, titles: Mapping[str, str], mask: Mask) -> list[Before]:
    """Return the decisions since the document was read last, first to last; one that was undone is not among them."""
    found: list[Before] = []
    acts: list[LedgerEntry] = []
    for entry in LedgerEntry.objects.filter(case_id=number, event__in=_EVENTS).order_by("number"):
        match entry.event:
            case "case-read":
                found, acts = [], []
            case "decision-undone":
                found = found[:-1] if entry.body.get("decision") == "case-settled" else found
            case "case-settled":
                found.append(_before(entry, acts, titles, mask))
                acts = []
            case _:
                acts.append(entry)
    return found


def _before(settled: LedgerEntry, acts: list[LedgerEntry], titles: Mapping[str, str], mask: Mask) -> Before:
    changed = [line for one in acts if _changes(one) for line in labels.told(one, titles)]
    changed += [labels.event_in_words(one.event) for one in acts if one.event == "lines-corrected"]
    accepted = [line for one in acts if one.event == "finding-accepted" for line in labels.told(one, titles)]
    return Before(settled.actor, settled.at, tuple(map(mask.text, changed)), tuple(map(mask.text, accepted)))


def _changes(entry: LedgerEntry) -> bool:
    return entry.event == "field-corrected" and entry.body.get("old") != entry.body.get("new")
