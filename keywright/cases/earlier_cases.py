"""Finds the cases that may be the same as another one, by the traits that are kept of every case that was read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from keywright.database.models import DuplicateKey
from keywright.model.case import Case, State
from keywright.model.checks import EarlierCase
from keywright.model.duplicates import Trait, is_regular, same_number

PASSED = (State.CHECKED, State.KEYING, State.KEYED)
SHOWN = 5
"""As many cases are told for one trait."""
LOOKED_AT = 500
"""As many cases of one key are compared at the most."""
RHYTHM = 5
"""As many times the number of days in which a bill is asked about, its seller's bills of that amount are looked at."""

Row = dict[str, Any]


class DuplicateMeanwhile(Exception):
    """While a case was checked, another that may be the same passed its checks: this one must be checked again."""


def note_traits(case_id: str, traits: Sequence[Trait]) -> None:
    """Set the traits by which duplicates will find a case."""
    DuplicateKey.objects.filter(case_id=int(case_id)).delete()
    DuplicateKey.objects.bulk_create(
        DuplicateKey(case_id=int(case_id), rule=t.rule, key=t.key[:300], number=t.number[:200], day=t.day)
        for t in traits
    )


def traits_kept(case_id: int) -> list[Trait]:
    """Return the traits that are kept of a case."""
    rows = DuplicateKey.objects.filter(case_id=case_id).order_by("pk")
    return [Trait(row.rule, row.key, row.number, row.day) for row in rows]


def earlier(case: Case, traits: Sequence[Trait], within: int) -> Iterator[EarlierCase]:
    """Yield the cases of its bot that share a trait with a case and come before it, each once; none that was refused.

    ``within`` are the days that two bills of one seller and amount may be apart. Of two that say the same the one that
    came later is asked about, unless it has passed its checks meanwhile: robots read ahead, and both would be
    referred, each for the other.
    """
    told: set[int] = set()
    for trait in traits:
        before = Q(case__pk__lt=int(case.id)) | Q(case__state__in=PASSED)
        rows = (
            DuplicateKey.objects.filter(before, rule=trait.rule, key=trait.key[:300], case__bot=case.bot)
            .exclude(case_id=int(case.id))
            .exclude(case__state=State.REFUSED.value)
        )
        same = [row for row in _same(rows, trait, within) if row["case_id"] not in told]
        told.update(row["case_id"] for row in same)
        for row in same[:SHOWN]:
            yield EarlierCase(
                str(row["case_id"]),
                row["case__document__file_name"],
                row["case__state"],
                _in_words(trait, row["day"]),
                row["case__receipt_number"],
            )


def _same(rows: QuerySet[DuplicateKey], trait: Trait, within: int) -> list[Row]:
    """Return those of the cases with a trait's key that are the same by its number or its day, oldest first."""
    if trait.day is not None:
        return _dated_near(rows, trait.day, dt.timedelta(days=within))
    found = _told(rows)
    return [row for row in found if same_number(row["number"], trait.number)] if trait.number else found


def _dated_near(rows: QuerySet[DuplicateKey], day: dt.date, within: dt.timedelta) -> list[Row]:
    """Return the cases that are dated near a day; none where bills of that amount come at such intervals."""
    found = _told(rows.filter(day__range=(day - RHYTHM * within, day + RHYTHM * within)))
    near = [row for row in found if abs(row["day"] - day) <= within]
    passed = [row["day"] for row in found if row["case__state"] in PASSED]
    all_passed = all(row["case__state"] in PASSED for row in near)
    return [] if all_passed and is_regular(day, passed) else near


def _told(rows: QuerySet[DuplicateKey]) -> list[Row]:
    names = ("case_id", "number", "day", "case__state", "case__receipt_number", "case__document__file_name")
    return list(rows.order_by("case_id").values(*names)[:LOOKED_AT])


def _in_words(trait: Trait, day: dt.date | None) -> str:
    """Return what two cases share; nothing is in it that changes while nobody corrects one of them."""
    if trait.day is None or day is None:
        return trait.rule
    apart = abs(trait.day - day).days
    return f"{trait.rule} and a date {apart} days apart" if apart else f"{trait.rule} and date"
