"""What a person has typed about a case and not sent yet: kept while typing, so that nothing takes it away.

A draft is about a case as it stood at one moment (``seen``). If the case has changed since, what the person had typed
is left over: it is not put into the case, but kept beside what is typed from now on, until the person says what becomes
of it. It goes when the case is keyed.
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
"""As many characters are kept of what was typed; no page that a person fills in has more."""

Lines = list[list[Any]]
"""Lines of a grid: the place of each, and the text of its columns."""


@dataclass(frozen=True, slots=True)
class LeftOver:
    """What a person had typed before a case changed: by field, the lines if they were changed, a record's number."""

    at: str = ""  #: ISO 8601
    typed: Mapping[str, str] = field(default_factory=dict)
    lines: Lines | None = None
    number: str = ""

    def __bool__(self) -> bool:
        return bool(self.typed or self.lines is not None or self.number)

    def told(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {"at": self.at, "typed": dict(self.typed), "lines": self.lines, "number": self.number}


def save(number: int, person: User, typed: Mapping[str, Any]) -> None:
    """Keep what a person has typed about a case, and beside it what was typed before the case changed.

    ``decided`` in it tells that the person has decided with it: it is on record, and not left over.
    """
    if len(str(typed)) > LARGEST:
        return
    with transaction.atomic():
        row = _row(number, person)
        left = left_over(_told(row), str(typed["seen"])) if row else LeftOver()
        _put(number, person, {**typed, **({"before": left.told()} if left else {})})


def save_late(number: int, person: User, typed: Mapping[str, Any], now: str) -> None:
    """Keep what a person sent about a case that had changed; ``now`` is the moment of the case as it is now."""
    with transaction.atomic():
        kept = _told(_row(number, person))
        if kept is not None and kept.get("seen") == typed["seen"] and "read" in kept:
            typed = {**typed, "read": kept["read"], "read_lines": kept.get("read_lines")}
        if kept is None or kept.get("seen") != now:
            save(number, person, typed)
            return
        late = left_over({**typed, "before": kept.get("before"), "at": clock.now().isoformat()}, now)
        Draft.objects.filter(case_id=number, person=person).update(typed={**kept, "before": late.told()})


def of(number: int, person: User) -> dict[str, Any] | None:
    """Return what a person had typed about a case, or None; ``at`` is when."""
    return _told(Draft.objects.filter(case_id=number, person=person).first())


def left_over(kept: Mapping[str, Any] | None, seen: str) -> LeftOver:
    """Return what of a draft was typed about a case as it was before ``seen``; what is decided is not left over."""
    if not kept or kept.get("decided"):
        return LeftOver()
    before = LeftOver(**kept["before"]) if kept.get("before") else LeftOver()
    if kept.get("seen") == seen:
        return before
    read, lines = kept.get("read"), kept.get("lines")
    typed = {one: text for one, text in kept.get("typed", {}).items() if read is None or text != read.get(one, "")}
    return LeftOver(
        at=str(kept.get("at", "")),
        typed={**before.typed, **typed},
        lines=lines if lines is not None and lines != kept.get("read_lines") else before.lines,
        number=kept.get("number", "") or before.number,
    )


def settle_left_over(number: int, person: User, draft: Mapping[str, Any]) -> None:
    """Put a draft in the place of one with something left over: the person has said what becomes of that."""
    _put(number, person, dict(draft))


def bring_back(number: int, before: str, now: dt.datetime) -> None:
    """Make what was typed about a case at one moment current again: a decision was undone, and it stands as then."""
    for row in Draft.objects.select_for_update().filter(case_id=number):
        if row.typed.get("seen") == before:
            kept = {name: told for name, told in row.typed.items() if name != "decided"}
            row.typed = {**kept, "seen": now.isoformat()}
            row.save(update_fields=["typed"])


def _put(number: int, person: User, typed: dict[str, Any]) -> None:
    draft = Draft(case_id=number, person=person, typed=typed, changed_at=clock.now())
    found, told = ["case", "person"], ["typed", "changed_at"]
    Draft.objects.bulk_create([draft], update_conflicts=True, unique_fields=found, update_fields=told)


def _row(number: int, person: User) -> Draft | None:
    return Draft.objects.select_for_update().filter(case_id=number, person=person).first()


def _told(row: Draft | None) -> dict[str, Any] | None:
    return {**row.typed, "at": row.changed_at.isoformat()} if row else None
