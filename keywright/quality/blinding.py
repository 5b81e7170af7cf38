"""Whose sight of a case would spoil its quality sample: who may be asked to read it blind sees no reading of it before.

A drawn case is blind from the draw until its sample is settled. A supervisor, who says who was right, and an auditor
may look. A case that was referred to people meanwhile is not one that a robot keyed alone: its sample is given up.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from keywright.database.models import LedgerEntry, Sample, StoredCase
from keywright.people.permissions import Rights

WITHHELD = {"withheld": "the quality sample of this case is not settled"}
"""What stands in the place of an entry's body, for whoever is not to see what was read."""


def reads_blind(rights: Rights) -> bool:
    """Return True for those who are asked to read samples and do not settle them: clerks."""
    return rights.decide and not rights.second


def kept_open(rows: QuerySet[Sample]) -> QuerySet[Sample]:
    """Return those of some samples whose case no person was asked about since."""
    return rows.filter(~Exists(LedgerEntry.objects.filter(case_id=OuterRef("case_id"), event="case-referred")))


def blind_among(cases: Iterable[int], rights: Rights) -> frozenset[int]:
    """Return those of some cases of which somebody with these rights is not to see what was read."""
    if not reads_blind(rights):
        return frozenset()
    open_ = kept_open(Sample.objects.filter(case_id__in=list(cases), truth__isnull=True))
    return frozenset(open_.values_list("case_id", flat=True))


def is_blind(number: int, rights: Rights) -> bool:
    """Return True if somebody with these rights is not to see what was read of a case."""
    return bool(blind_among([number], rights))


def not_blind(rights: Rights) -> Q:
    """Return the condition that somebody with these rights may see what was read of a case."""
    if not reads_blind(rights):
        return Q()
    return ~Q(Exists(kept_open(Sample.objects.filter(case_id=OuterRef("pk"), truth__isnull=True))))


def without_reading(row: StoredCase) -> StoredCase:
    """Return a case that is not to be saved, without what a list shows of its reading and its record."""
    row.sender, row.amount, row.currency, row.receipt_number = "", None, "", ""
    return row
