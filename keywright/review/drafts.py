"""What a person has typed about a case and not sent yet, stored while typing so that it is not lost.

A draft is about the state of a case at one moment (``seen``). If the case has changed since, the typed texts are left
over: they are not put into the case, but stored with the new draft, until the person decides about them. A draft is
deleted when the case is keyed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from keywright import clock
from keywright.database.models import Draft

LARGEST = 200_000
"""The most characters that are stored of a draft; a page that a person fills in has fewer."""

Lines = list[list[Any]]
"""Lines of a grid: the place of each, and the texts of its columns."""


@dataclass(frozen=True, slots=True)
class LeftOver:
    """What a person had typed before a case changed: by field, the lines if they were changed, a record's number."""

    at: str = ""  #: ISO 8601
    typed: Mapping[str, str] = field(default_factory=dict)
    lines: Lines | None = None
    number: str = ""

    def __bool__(self) -> bool:
        return bool(self.typed or self.lines is not None or self.number)

    def to_json(self) -> dict[str, Any]:
        """Return it in its stored form."""
        return {"at": self.at, "typed": dict(self.typed), "lines": self.lines, "number": self.number}


def save(number: int, person: User, texts: Mapping[str, Any]) -> None:
    """Store what a person has typed about a case, together with what was typed before the case changed.

    ``decided`` in it means that the person has decided with it: it is recorded, and not left over.
    """
    if len(str(texts)) > LARGEST:
        return
    with transaction.atomic():
        row = _row(number, person)
        remainder = left_over(_stored(row), str(texts["seen"])) if row else LeftOver()
        _put(number, person, {**texts, **({"before": remainder.to_json()} if remainder else {})})


def save_late(number: int, person: User, texts: Mapping[str, Any], changed_at: str) -> None:
    """Store what a person sent about a case that had changed; ``changed_at`` is the moment of its current state."""
    with transaction.atomic():
        stored = _stored(_row(number, person))
        if stored is not None and stored.get("seen") == texts["seen"] and "read" in stored:
            texts = {**texts, "read": stored["read"], "read_lines": stored.get("read_lines")}
        if stored is None or stored.get("seen") != changed_at:
            save(number, person, texts)
            return
        late = left_over({**texts, "before": stored.get("before"), "at": clock.now().isoformat()}, changed_at)
        Draft.objects.filter(case_id=number, person=person).update(typed={**stored, "before": late.to_json()})


def of(number: int, person: User) -> dict[str, Any] | None:
    """Return what a person had typed about a case, or None; ``at`` is the time."""
    return _stored(Draft.objects.filter(case_id=number, person=person).first())


def left_over(stored: Mapping[str, Any] | None, changed_at: str) -> LeftOver:
    """Return what was typed in a draft before the state of ``changed_at``; a decided draft leaves nothing over."""
    if not stored or stored.get("decided"):
        return LeftOver()
    before = LeftOver(**stored["before"]) if stored.get("before") else LeftOver()
    if stored.get("seen") == changed_at:
        return before
    original, lines = stored.get("read"), stored.get("lines")
    changed = {
        name: text
        for name, text in stored.get("typed", {}).items()
        if original is None or text != original.get(name, "")
    }
    return LeftOver(
        at=str(stored.get("at", "")),
        typed={**before.typed, **changed},
        lines=lines if lines is not None and lines != stored.get("read_lines") else before.lines,
        number=stored.get("number", "") or before.number,
    )


def settle_left_over(number: int, person: User, draft: Mapping[str, Any]) -> None:
    """Replace a draft with left-over texts, since the person has decided about them."""
    _put(number, person, dict(draft))


def bring_back(number: int, before: str, changed_at: dt.datetime) -> None:
    """Make a draft of an earlier state current again, since a decision was undone and that state is back."""
    for row in Draft.objects.select_for_update().filter(case_id=number):
        if row.typed.get("seen") == before:
            draft = {name: value for name, value in row.typed.items() if name != "decided"}
            row.typed = {**draft, "seen": changed_at.isoformat()}
            row.save(update_fields=["typed"])


def _put(number: int, person: User, texts: dict[str, Any]) -> None:
    draft = Draft(case_id=number, person=person, typed=texts, changed_at=clock.now())
    unique, updated = ["case", "person"], ["typed", "changed_at"]
    Draft.objects.bulk_create([draft], update_conflicts=True, unique_fields=unique, update_fields=updated)


def _row(number: int, person: User) -> Draft | None:
    return Draft.objects.select_for_update().filter(case_id=number, person=person).first()


def _stored(row: Draft | None) -> dict[str, Any] | None:
    return {**row.typed, "at": row.changed_at.isoformat()} if row else None
