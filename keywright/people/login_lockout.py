"""Failed attempts to sign in are counted, and after too many nobody is heard for a while; it ends by itself.

Counted are attempts as one person from one address; ten times as many lock a name from everywhere, or an address. An
attempt is counted before it is heard, so that attempts at the same moment are no more than attempts one by one.
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
"""So many times the attempts of one person at one address lock the person everywhere, or the whole address."""

NONE_FAILED: dict[str, Any] = {"failures": 0, "until": None}
"""The change of a count that is forgotten. Its row stays: whoever counts at that moment must not miss it."""


def begin(name: str, address: str) -> dt.datetime | None:
    """Count an attempt before it is heard; return until when nobody is heard, if this one may not be.

    An attempt that is not heard is not counted. One that is must be answered by ``failed`` or ``right``; one that never
    is, since its process ended, counts as failed. Call it outside of any transaction: what is tried at the same time
    must find it counted.
    """
    now, counters = timezone.now(), _counters(name, address)
    with transaction.atomic():
        rows = [_held(one, now) for one in counters]
        ends = [_shut_until(row, one.most) for row, one in zip(rows, counters, strict=True)]
        if until := max((end for end in ends if end), default=None):
            return until
        for row in rows:
            row.failures += 1
            row.save()
    return None


def failed(name: str, address: str) -> dt.datetime | None:
    """Let a counted attempt stand as failed; return until when that locks, if it does, and tell the ledger so."""
    now, ends = timezone.now(), []
    with transaction.atomic():
        for one in _counters(name, address):
            row = _held(one, now)
            if row.failures >= one.most and row.until is None:
                row.until = now + settings().lockout
                row.save()
                ends.append(row.until)
        until = max(ends, default=None)
        if until:
            told = {"from": address, "until": until.isoformat()}
            ledger.append("sign-in-locked", actor=name or "nobody", body=told)
    return until


def right(name: str, address: str) -> None:
    """Take a counted attempt back, since it was right; what failed before it stays counted."""
    with transaction.atomic():
        for one in _counters(name, address):
            rows = Lockout.objects.filter(name=one.name, address=one.address, failures__gt=0)
            rows.update(failures=F("failures") - 1)


def succeeded(name: str, address: str) -> None:
    """Forget what failed before somebody got in."""
    Lockout.objects.filter(name=_fold(name), address=address).exclude(name="").update(**NONE_FAILED)


def lift(name: str, *, by: str) -> bool:
    """Let somebody try again, and tell the ledger; return False if nothing was locked.

    Addresses that are locked for the attempts of many names stay locked.
    """
    with transaction.atomic():
        theirs = Lockout.objects.filter(name=_fold(name)).exclude(name="")
        # Held in the order in which attempts hold them, the count from everywhere last: no two wait for each other.
        held = list(theirs.select_for_update().order_by("-address"))
        was_locked = any(row.until and row.until > timezone.now() for row in held)
        theirs.update(**NONE_FAILED)
        if was_locked:
            ledger.append("lockout-lifted", actor=by, body={"person": name})
    return was_locked


def locked_names() -> dict[str, dt.datetime]:
    """Return who is locked out now, in small letters, each with the end of it."""
    rows = Lockout.objects.filter(until__gt=timezone.now()).exclude(name="").order_by("until")
    return {row.name: row.until for row in rows if row.until}


class _Counter(NamedTuple):
    """What is counted: attempts under a name, from an address, or both; and how many are heard before it locks."""

    name: str
    address: str
    most: int


def _counters(name: str, address: str) -> list[_Counter]:
    """Return what an attempt is counted in, always in this order, so that no two attempts wait for each other."""
    folded, most = _fold(name), settings().lockout_attempts
    here = [_Counter(folded, address, most)] if folded and address else []
    named = [_Counter(folded, "", most * WIDE)] if folded else []
    return here + named + ([_Counter("", address, most * WIDE)] if address else [])


def _held(counter: _Counter, now: dt.datetime) -> Lockout:
    """Return a count, held until the transaction ends. Attempts of long ago do not count."""
    rows = Lockout.objects.select_for_update()
    row, _ = rows.get_or_create(name=counter.name, address=counter.address, defaults={"since": now})
    if row.since < now - settings().lockout or (row.until and row.until <= now):
        row.failures, row.since, row.until = 0, now, None
    return row


def _shut_until(row: Lockout, most: int) -> dt.datetime | None:
    """Return until when a count lets nobody try: it is locked, or so many are trying now that no further one may."""
    if row.until:
        return row.until
    return row.since + settings().lockout if row.failures >= most else None


def _fold(name: str) -> str:
    """Return a name under which attempts are counted: capitals and blanks must not buy further ones."""
    return " ".join(name.split()).casefold()[:150]
