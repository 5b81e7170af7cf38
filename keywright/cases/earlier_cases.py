"""Finds the cases that may duplicate another one, by the traits that are stored of every case that was read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from keywright.database.models import DuplicateKey
from keywright.messages import Message
from keywright.model.case import Case, State
from keywright.model.checks import EarlierCase
from keywright.model.duplicates import Trait, is_regular, same_number

PASSED = (State.CHECKED, State.KEYING, State.KEYED)
SHOWN = 5
"""The most cases reported for one trait."""
LOOKED_AT = 500
"""The most cases of one key that are compared."""
RHYTHM = 5
"""Bills are regular or not by a period this many times as long as the one in which a second bill is questioned."""

Row = dict[str, Any]


class DuplicateMeanwhile(Exception):
    """While a case was checked, a possible duplicate of it passed its own checks: this one must be checked again."""


def note_traits(case_id: str, traits: Sequence[Trait]) -> None:
    """Store the traits by which duplicates of a case are found."""
    DuplicateKey.objects.filter(case_id=int(case_id)).delete()
    DuplicateKey.objects.bulk_create(
        DuplicateKey(case_id=int(case_id), rule=t.rule, key=t.key[:300], number=t.number[:200], day=t.day)
        for t in traits
    )


def traits_kept(case_id: int) -> list[Trait]:
    """Return the stored traits of a case."""
    rows = DuplicateKey.objects.filter(case_id=case_id).order_by("pk")
    return [Trait(row.rule, row.key, row.number, row.day) for row in rows]


def earlier(case: Case, traits: Sequence[Trait], within: int) -> Iterator[EarlierCase]:
    """Yield the earlier cases of the same bot that share a trait with a case, each once, without refused ones.

    ``within`` is the number of days that two bills of one seller and amount can be apart. Of two duplicates the later
    one is questioned, except when it has already passed its checks: robots read ahead, and otherwise both would be
    referred, each because of the other.
    """
    yielded: set[int] = set()
    for trait in traits:
        before = Q(case__pk__lt=int(case.id)) | Q(case__state__in=PASSED)
        rows = (
            DuplicateKey.objects.filter(before, rule=trait.rule, key=trait.key[:300], case__bot=case.bot)
            .exclude(case_id=int(case.id))
            .exclude(case__state=State.REFUSED.value)
        )
        matches = [row for row in _same(rows, trait, within) if row["case_id"] not in yielded]
        yielded.update(row["case_id"] for row in matches)
        for row in matches[:SHOWN]:
            yield EarlierCase(
                str(row["case_id"]),
                row["case__document__file_name"],
                row["case__state"],
                _in_words(trait, row["day"]),
                row["case__receipt_number"],
            )


def _same(rows: QuerySet[DuplicateKey], trait: Trait, within: int) -> list[Row]:
    """Return the candidates that match a trait by its number or its day, oldest first."""
    if trait.day is not None:
        return _dated_near(rows, trait.day, dt.timedelta(days=within))
    candidates = _fetched(rows)
    return [row for row in candidates if same_number(row["number"], trait.number)] if trait.number else candidates


def _dated_near(rows: QuerySet[DuplicateKey], day: dt.date, within: dt.timedelta) -> list[Row]:
    """Return the cases that are dated near a day; none if bills of that amount come at regular intervals."""
    candidates = _fetched(rows.filter(day__range=(day - RHYTHM * within, day + RHYTHM * within)))
    near = [row for row in candidates if abs(row["day"] - day) <= within]
    passed = [row["day"] for row in candidates if row["case__state"] in PASSED]
    all_passed = all(row["case__state"] in PASSED for row in near)
    return [] if all_passed and is_regular(day, passed) else near


def _fetched(rows: QuerySet[DuplicateKey]) -> list[Row]:
    names = ("case_id", "number", "day", "case__state", "case__receipt_number", "case__document__file_name")
    return list(rows.order_by("case_id").values(*names)[:LOOKED_AT])


def _in_words(trait: Trait, day: dt.date | None) -> Message:
    """Return what two cases share, in words that change only when one of the two is corrected."""
    if trait.day is None or day is None:
        return Message(trait.rule)
    apart = abs(trait.day - day).days
    shared = Message(trait.rule)
    if apart:
        return Message("{shared} and a date {days} days apart", shared=shared, days=apart)
    return Message("{shared} and date", shared=shared)
