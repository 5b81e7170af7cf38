"""Pages of the queue; each begins after the last case of the one before, even if cases have changed since."""

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


def page(asker: Asker, query: schemas.QueueQuery) -> dict[str, Any]:
    """Return the requested cases.

    Raises Refused if ``after`` is not a valid position, or a filter uses values that the person may not see.
    """
    rows, limit = _asked(asker, query).select_related("document", "claimed_by"), query.limit
    rows_here = _behind(rows, _place(query.after) if query.after else None, limit + 1)
    summaries = [schemas.summary(row, asker.rights) for row in rows_here[:limit]]
    after = _cursor(rows_here[limit - 1]) if len(rows_here) > limit else None
    return {"cases": summaries, "total": rows.order_by().count(), "next": after}


def _asked(asker: Asker, query: schemas.QueueQuery) -> QuerySet[StoredCase]:
    """Return the waiting cases that match the page's filters."""
    waiting = StoredCase.objects.filter(state=State.REFERRED.value)
    filters = Filters(
        view=query.view,
        bot=query.bot,
        kind=query.kind,
        words=" ".join(query.words.split()),
        vendor=query.vendor,
        amount_from=query.amount_from,
        amount_to=query.amount_to,
        currency=query.currency,
        due_before=query.due_before,
        days=query.waiting_days,
    )
    if filters.by_reading and not asker.rights.personal:  # else it would tell, guess by guess, what is masked
        raise Refused("not-allowed", "Personal data is masked: this person may not filter by vendor or amount.")
    reader = Reader.of(asker.person, personal=asker.rights.personal)
    return chosen_rows(review_queue.seen_by(asker.person, waiting), filters, reader)


def _behind(rows: QuerySet[StoredCase], place: tuple[str, str, int] | None, limit: int) -> list[StoredCase]:
    """Return the cases with a due time in their order, followed by those without one by number."""
    timed, untimed = rows.filter(_TIMED), rows.exclude(_TIMED).order_by("pk")
    if place is None:
        rows_here = list(timed[:limit])
        return rows_here + list(untimed[: limit - len(rows_here)])
    due, since, number = place
    if not due:
        return list(untimed.filter(pk__gt=number)[:limit])
    due_at, referred_at = dt.datetime.fromisoformat(due), dt.datetime.fromisoformat(since)
    later = Q(due_at=due_at) & (Q(referred_at__gt=referred_at) | Q(referred_at=referred_at, pk__gt=number))
    rows_here = list(timed.filter(Q(due_at__gt=due_at) | later)[:limit])
    return rows_here + list(untimed[: limit - len(rows_here)])


def _cursor(row: StoredCase) -> str:
    timed = row.due_at is not None and row.referred_at is not None
    due, since = (row.due_at.isoformat(), row.referred_at.isoformat()) if timed else ("", "")  # type: ignore[union-attr]
    return base64.urlsafe_b64encode(json.dumps([due, since, row.pk]).encode()).decode()


def _place(after: str) -> tuple[str, str, int]:
    try:
        due, since, number = json.loads(base64.urlsafe_b64decode(after))
        aware = not due or all(dt.datetime.fromisoformat(text).tzinfo for text in (due, since))
        if not aware or not isinstance(number, int) or not 0 < number < 2**63:
            raise ValueError(after)
    except (ValueError, TypeError, binascii.Error, RecursionError) as wrong:
        raise Refused("not-taken", faults={"after": "This is not a valid position in the queue."}) from wrong
    return str(due), str(since), number
