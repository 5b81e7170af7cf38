"""Which records that a person is asked about a robot looks for again by itself, and when: a few times, hours apart."""

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
"""The rules about a record that may be right by itself, or by a person's hand in its system, when it is looked at."""

MOST = 50
"""As many cases are looked at in one run at the most."""


def due(bot: str, after: Sequence[float]) -> list[Case]:
    """Return the cases of a bot whose records a robot may look for now: posted by it, and asked about for no more.

    ``after`` are the seconds after the referral at which it looks; each look so far has left its entry in the ledger.
    A case that a person has open is left to the person.
    """
    return [case for case in _posted(bot, after) if _is_asked_about(case)][:MOST]


def _posted(bot: str, after: Sequence[float]) -> Iterator[Case]:
    now = clock.now()
    rows = StoredCase.objects.filter(
        Q(claimed_until=None) | Q(claimed_until__lte=now),
        bot=bot,
        state=State.REFERRED.value,
        lease_token="",
        keyings__posts__gt=F("keyings__denied"),
        keyings__receipt__isnull=True,
    )
    for row in rows.select_related("document").distinct().order_by("referred_at", "pk"):
        asked = row.referred_at or now
        looks = LedgerEntry.objects.filter(case=row, event=EVENT, at__gte=asked).count()
        if looks < len(after) and asked + timedelta(seconds=after[looks]) <= now:
            yield casebook.case_of(row)


def _is_asked_about(case: Case) -> bool:
    """Return True if nothing is asked about a case but what became of its record."""
    asked = [finding.rule for finding in case.findings if finding.asks]
    return case.extraction is not None and bool(asked) and set(asked) <= SETTLED_BY_A_LOOK
