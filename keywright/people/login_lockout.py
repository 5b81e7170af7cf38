"""Counts failed attempts to sign in; after too many, further ones are refused for a while.

Attempts are counted for one name at one address; ten times as many lock a name from everywhere, or an address. An
attempt is counted before its password is checked, so that simultaneous attempts are limited like successive ones.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from keywright.database.models import Lockout
from keywright.ledger import ledger
from keywright.settings.settings import settings

WIDE = 10
"""The limit for a name from everywhere, or for a whole address, is this many times that of one name at one address."""

NONE_FAILED: dict[str, Any] = {"failures": 0, "until": None}
"""The change that resets a count. Its row stays, because another process may be counting in it."""


def begin(name: str, address: str) -> dt.datetime | None:
    """Count an attempt before its password is checked; return until when attempts are refused, if this one is.

    A refused attempt is not counted. Each other attempt must end in ``failed`` or ``right``; without either, because
    its process died, it counts as failed. Call it outside of any transaction, so that simultaneous attempts see the
    count.
    """
    at, counters = timezone.now(), _counters(name, address)
    with transaction.atomic():
        rows = [_locked_count(counter, at) for counter in counters]
        ends = [_refused_until(row, counter.most) for row, counter in zip(rows, counters, strict=True)]
        if until := max((end for end in ends if end), default=None):
            return until
        for row in rows:
            row.failures += 1
            row.save()
    return None


def failed(name: str, address: str) -> dt.datetime | None:
    """Let a counted attempt stand as failed; return until when that locks, if it does, and write that to the ledger."""
    at, ends = timezone.now(), []
    with transaction.atomic():
        for counter in _counters(name, address):
            row = _locked_count(counter, at)
            if row.failures >= counter.most and row.until is None:
                row.until = at + settings().lockout
                row.save()
                ends.append(row.until)
        until = max(ends, default=None)
        if until:
            body = {"from": address, "until": until.isoformat()}
            ledger.append("sign-in-locked", actor=name or "nobody", body=body)
    return until


def right(name: str, address: str) -> None:
    """Take a counted attempt back, since it was right; earlier failures stay counted."""
    with transaction.atomic():
        for counter in _counters(name, address):
            rows = Lockout.objects.filter(name=counter.name, address=counter.address, failures__gt=0)
            rows.update(failures=F("failures") - 1)


def succeeded(name: str, address: str) -> None:
    """Forget earlier failures after a successful sign-in."""
    Lockout.objects.filter(name=_fold(name), address=address).exclude(name="").update(**NONE_FAILED)


def lift(name: str, *, by: str) -> bool:
    """Unlock a name, and record that in the ledger; return False if it was not locked.

    Addresses that are locked for attempts under many names stay locked.
    """
    with transaction.atomic():
        counts = Lockout.objects.filter(name=_fold(name)).exclude(name="")
        # Locked in the same order as by attempts, the count from everywhere last, so that no deadlock can happen.
        locked_counts = list(counts.select_for_update().order_by("-address"))
        was_locked = any(row.until and row.until > timezone.now() for row in locked_counts)
        counts.update(**NONE_FAILED)
        if was_locked:
            ledger.append("lockout-lifted", actor=by, body={"person": name})
    return was_locked


def locked_names() -> dict[str, dt.datetime]:
    """Return the names that are locked out now, in lower case, each with the end of the lock."""
    rows = Lockout.objects.filter(until__gt=timezone.now()).exclude(name="").order_by("until")
    return {row.name: row.until for row in rows if row.until}


class _Counter(NamedTuple):
    """One count of attempts: under a name, from an address, or both; and its limit."""

    name: str
    address: str
    most: int


def _counters(name: str, address: str) -> list[_Counter]:
    """Return the counts of an attempt, always in the same order, so that no deadlock can happen."""
    folded, most = _fold(name), settings().lockout_attempts
    here = [_Counter(folded, address, most)] if folded and address else []
    by_name = [_Counter(folded, "", most * WIDE)] if folded else []
    return here + by_name + ([_Counter("", address, most * WIDE)] if address else [])


def _locked_count(counter: _Counter, at: dt.datetime) -> Lockout:
    """Return a count, locked until the transaction ends. Old attempts do not count."""
    rows = Lockout.objects.select_for_update()
    row, _ = rows.get_or_create(name=counter.name, address=counter.address, defaults={"since": at})
    if row.since < at - settings().lockout or (row.until and row.until <= at):
        row.failures, row.since, row.until = 0, at, None
    return row


def _refused_until(row: Lockout, most: int) -> dt.datetime | None:
    """Return until when a count refuses attempts: it is locked, or the limit is reached by attempts in progress."""
    if row.until:
        return row.until
    return row.since + settings().lockout if row.failures >= most else None


def _fold(name: str) -> str:
    """Return the name under which attempts are counted; capitals and blanks make no difference."""
    return " ".join(name.split()).casefold()[:150]
