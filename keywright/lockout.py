"""Failed attempts to sign in are counted, and after too many nobody is heard for a while; it ends by itself.

Counted are attempts as one person from one address; ten times as many lock a name from everywhere, or an address.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from keywright import ledger
from keywright.records.models import Lockout
from keywright.settings import settings

WIDE = 10
"""So many times the attempts of one person at one address lock the person everywhere, or the whole address."""


def locked_until(name: str, address: str) -> dt.datetime | None:
    """Return until when nobody may sign in under a name from an address, or None if one may try."""
    rows = _rows(name, address).filter(until__gt=timezone.now())
    return rows.order_by("-until").values_list("until", flat=True).first()


def failed(name: str, address: str) -> dt.datetime | None:
    """Count a failed attempt; return until when that locks, if it does, and tell the ledger so."""
    now, most = timezone.now(), settings().lockout_attempts
    with transaction.atomic():
        ends = [
            _count(_fold(name), address, most, now),
            _count(_fold(name), "", most * WIDE, now),
            _count("", address, most * WIDE, now),
        ]
        until = max((end for end in ends if end), default=None)
        if until:
            told = {"from": address, "until": until.isoformat()}
            ledger.append("sign-in-locked", actor=name or "nobody", body=told)
    return until


def succeeded(name: str, address: str) -> None:
    """Forget what failed before somebody got in."""
    Lockout.objects.filter(name=_fold(name), address=address).delete()


def lift(name: str, *, by: str) -> bool:
    """Let somebody try again, and tell the ledger; return False if nothing was locked.

    Addresses that are locked for the attempts of many names stay locked.
    """
    with transaction.atomic():
        theirs = Lockout.objects.filter(name=_fold(name))
        was_locked = theirs.filter(until__gt=timezone.now()).exists()
        theirs.delete()
        if was_locked:
            ledger.append("lockout-lifted", actor=by, body={"person": name})
    return was_locked


def locked_names() -> dict[str, dt.datetime]:
    """Return who is locked out now, in small letters, each with the end of it."""
    rows = Lockout.objects.filter(until__gt=timezone.now()).exclude(name="").order_by("until")
    return {row.name: row.until for row in rows if row.until}


def _rows(name: str, address: str) -> QuerySet[Lockout]:
    folded = _fold(name)
    here = Q(name=folded, address=address) | Q(name="", address=address)
    return Lockout.objects.filter(here | Q(name=folded, address="") if folded else here)


def _count(name: str, address: str, most: int, now: dt.datetime) -> dt.datetime | None:
    """Count one attempt; return the end of the lock that begins with it. Attempts of long ago do not count."""
    if not (name or address):
        return None
    row, _ = Lockout.objects.select_for_update().get_or_create(name=name, address=address, defaults={"since": now})
    if row.since < now - settings().lockout or (row.until and row.until <= now):
        row.failures, row.since, row.until = 0, now, None
    row.failures += 1
    begins = row.failures >= most and row.until is None
    row.until = now + settings().lockout if begins else row.until
    row.save()
    return row.until if begins else None


def _fold(name: str) -> str:
    """Return a name under which attempts are counted: capitals and blanks must not buy further ones."""
    return " ".join(name.split()).casefold()[:150]
