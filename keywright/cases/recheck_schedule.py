"""Which posted records a robot looks for again on its own, and when: a few times, hours apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.db.models import F, Q

from keywright import clock
from keywright.cases import casebook, keying_attempts
from keywright.database.models import LedgerEntry, StoredCase
from keywright.model.case import Case, State
from keywright.model.target_system import HELD_TWICE, SHOWN_OTHERWISE

EVENT = "looked-by-itself"

SETTLED_BY_A_LOOK = keying_attempts.LOOKED_FOR | {SHOWN_OTHERWISE, HELD_TWICE}
"""The rules about a record that may have become right since, without or through a person's work in its system."""

MOST = 50
"""The most cases that are looked at in one run."""


def due(bot: str, after: Sequence[float]) -> list[Case]:
    """Return the cases of a bot whose records a robot should look for now: posted, and with no other open question.

    ``after`` are the seconds after the referral at which it looks; each earlier look has an entry in the ledger. A case
    that a person has open is skipped.
    """
    return [case for case in _posted(bot, after) if _is_asked_about(case)][:MOST]


def _posted(bot: str, after: Sequence[float]) -> Iterator[Case]:
    at = clock.now()
    rows = StoredCase.objects.filter(
        Q(claimed_until=None) | Q(claimed_until__lte=at),
        bot=bot,
        state=State.REFERRED.value,
        lease_token="",
        keyings__posts__gt=F("keyings__denied"),
        keyings__receipt__isnull=True,
    )
    for row in rows.select_related("document").distinct().order_by("referred_at", "pk"):
        referred_at = row.referred_at or at
        looks = LedgerEntry.objects.filter(case=row, event=EVENT, at__gte=referred_at).count()
        if looks < len(after) and referred_at + timedelta(seconds=after[looks]) <= at:
            yield casebook.case_of(row)


def _is_asked_about(case: Case) -> bool:
    """Return True if the only open question about a case is what became of its record."""
    rules = [finding.rule for finding in case.findings if finding.asks]
    return case.extraction is not None and bool(rules) and set(rules) <= SETTLED_BY_A_LOOK
