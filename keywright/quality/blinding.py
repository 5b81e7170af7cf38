"""Hides the reading of a case from people who could be asked to read it for the quality sample.

A drawn case is hidden until its sample is settled. A supervisor, who decides who was right, and an auditor can see it.
If a case was referred to people in the meantime, a robot does not key it alone: its sample is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from keywright.database.models import LedgerEntry, Sample, StoredCase
from keywright.people.permissions import Rights

WITHHELD = {"withheld": "the quality sample of this case is not settled"}
"""Replaces an entry's body for people who must not see the reading."""


def reads_blind(rights: Rights) -> bool:
    """Return True for people who read samples and do not settle them: clerks."""
    return rights.decide and not rights.second


def kept_open(rows: QuerySet[Sample]) -> QuerySet[Sample]:
    """Return the samples whose cases were not referred to people since."""
    return rows.filter(~Exists(LedgerEntry.objects.filter(case_id=OuterRef("case_id"), event="case-referred")))


def blind_among(cases: Iterable[int], rights: Rights) -> frozenset[int]:
    """Return the cases whose reading people with these rights must not see."""
    if not reads_blind(rights):
        return frozenset()
    open_ = kept_open(Sample.objects.filter(case_id__in=list(cases), truth__isnull=True))
    return frozenset(open_.values_list("case_id", flat=True))


def is_blind(number: int, rights: Rights) -> bool:
    """Return True if people with these rights must not see the reading of a case."""
    return bool(blind_among([number], rights))


def not_blind(rights: Rights) -> Q:
    """Return the condition that people with these rights may see the reading of a case."""
    if not reads_blind(rights):
        return Q()
    return ~Q(Exists(kept_open(Sample.objects.filter(case_id=OuterRef("pk"), truth__isnull=True))))


def without_reading(row: StoredCase) -> StoredCase:
    """Return a case without the list columns from its reading and its record; it must not be saved."""
    row.sender, row.amount, row.currency, row.receipt_number = "", None, "", ""
    return row
