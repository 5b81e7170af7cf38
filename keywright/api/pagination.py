"""The queue in parts: each begins behind the last case of the part before, whatever happened in between."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from typing import Any

from django.db.models import Q, QuerySet

from keywright.api import schemas
from keywright.api.auth import Asker
from keywright.api.problems import Refused
from keywright.database.models import StoredCase
from keywright.model.case import State
from keywright.review import review_queue
from keywright.review.filters import Filters, Reader, chosen_rows

_TIMED = Q(due_at__isnull=False, referred_at__isnull=False)


def page(asker: Asker, asked: schemas.QueueAsked) -> dict[str, Any]:
    """Return the cases that are asked for.

    Raises Refused if ``after`` is no place in the queue, or the person may not see by what is to be filtered.
    """
    rows, limit = _asked(asker, asked).select_related("document", "claimed_by"), asked.limit
    found = _behind(rows, _place(asked.after) if asked.after else None, limit + 1)
    told = [schemas.summary(row, asker.rights) for row in found[:limit]]
    after = _cursor(found[limit - 1]) if len(found) > limit else None
    return {"cases": told, "total": rows.order_by().count(), "next": after}


def _asked(asker: Asker, asked: schemas.QueueAsked) -> QuerySet[StoredCase]:
    """Return what waits, by the page's own filters."""
    waiting = StoredCase.objects.filter(state=State.REFERRED.value)
    filters = Filters(
        view=asked.view,
        bot=asked.bot,
        kind=asked.kind,
        words=" ".join(asked.words.split()),
        vendor=asked.vendor,
        amount_from=asked.amount_from,
        amount_to=asked.amount_to,
        currency=asked.currency,
        due_before=asked.due_before,
        days=asked.waiting_days,
    )
    if filters.by_reading and not asker.rights.personal:  # else it would tell, guess by guess, what is masked
        raise Refused("not-allowed", "The office masks personal data: this person may not filter by vendor or amount.")
    reader = Reader.of(asker.person, personal=asker.rights.personal)
    return chosen_rows(review_queue.seen_by(asker.person, waiting), filters, reader)


def _behind(rows: QuerySet[StoredCase], place: tuple[str, str, int] | None, limit: int) -> list[StoredCase]:
    """Return the cases with a due time in their order, and then those that have none by their number."""
    timed, untimed = rows.filter(_TIMED), rows.exclude(_TIMED).order_by("pk")
    if place is None:
        found = list(timed[:limit])
        return found + list(untimed[: limit - len(found)])
    due, since, number = place
    if not due:
        return list(untimed.filter(pk__gt=number)[:limit])
    due_at, referred_at = dt.datetime.fromisoformat(due), dt.datetime.fromisoformat(since)
    later = Q(due_at=due_at) & (Q(referred_at__gt=referred_at) | Q(referred_at=referred_at, pk__gt=number))
    found = list(timed.filter(Q(due_at__gt=due_at) | later)[:limit])
    return found + list(untimed[: limit - len(found)])


def _cursor(row: StoredCase) -> str:
    timed = row.due_at is not None and row.referred_at is not None
    due, since = (row.due_at.isoformat(), row.referred_at.isoformat()) if timed else ("", "")  # type: ignore[union-attr]
    return base64.urlsafe_b64encode(json.dumps([due, since, row.pk]).encode()).decode()


def _place(after: str) -> tuple[str, str, int]:
    try:
        due, since, number = json.loads(base64.urlsafe_b64decode(after))
        aware = not due or all(dt.datetime.fromisoformat(one).tzinfo for one in (due, since))
        if not aware or not isinstance(number, int) or not 0 < number < 2**63:
            raise ValueError(after)
    except (ValueError, TypeError, binascii.Error, RecursionError) as wrong:
        raise Refused("not-taken", faults={"after": "This is no place in the queue."}) from wrong
    return str(due), str(since), number
