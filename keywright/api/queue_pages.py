"""The queue in parts: each begins behind the last case of the part before, whatever happened in between."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from typing import Any

from django.db.models import Q, QuerySet

from keywright import review_queue
from keywright.api import shapes
from keywright.api.problems import Refused
from keywright.api.tokens import Asker
from keywright.records.models import StoredCase

_TIMED = Q(due_at__isnull=False, referred_at__isnull=False)


def page(asker: Asker, asked: shapes.QueueAsked) -> dict[str, Any]:
    """Return the cases that are asked for. Raises Refused if ``after`` is no place in the queue."""
    rows, limit = review_queue.waiting(asked.bot, person=asker.person), asked.limit
    rows = (rows.filter(kind=asked.kind) if asked.kind else rows).select_related("document", "claimed_by")
    found = _behind(rows, _place(asked.after) if asked.after else None, limit + 1)
    told = [shapes.summary(row, asker.rights) for row in found[:limit]]
    return {"cases": told, "next": _cursor(found[limit - 1]) if len(found) > limit else None}


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
