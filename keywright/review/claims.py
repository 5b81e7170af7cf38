"""Says in whose hands a waiting case is: claimed while it is open, handed over, parked, escalated.

A claim is a lease: whoever has a case open renews it, and a claim that nobody renews is nobody's, so that no case is
lost with a browser that was closed. It keeps two people from working on one case unknowingly; that no case is decided
twice is kept by the move itself. Claiming is no decision and leaves no entry in the ledger; the other acts do.
"""

from __future__ import annotations

import datetime as dt
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from keywright import clock
from keywright.database.models import StoredCase
from keywright.ledger import ledger
from keywright.model.case import IllegalMove, State
from keywright.review import notifications

LEASE = timedelta(minutes=10)
LET_GO: dict[str, Any] = {"claimed_by": None, "claimed_until": None}
"""The changes that end a claim."""


class Taken(Exception):
    """Somebody else has the case open: ``holder`` is the name, ``until`` the time at which the claim lapses."""

    def __init__(self, number: int, holder: str, until: dt.datetime) -> None:
        super().__init__(f"Case {number} is open at {holder}'s until {until:%H:%M} UTC. Take another, or ask {holder}.")
        self.holder = holder
        self.until = until


def claim(number: int, person: User) -> StoredCase:
    """Claim a waiting case for a person, or renew the person's own claim, for ``LEASE``; return the case.

    Of two people who claim at once, one gets it. Raises Taken if somebody else has it, IllegalMove if it does not wait
    for a person, StoredCase.DoesNotExist if there is none of that number.
    """
    now = clock.now()
    free = StoredCase.objects.filter(_free_for(person, now), pk=number, state=State.REFERRED.value)
    with transaction.atomic():
        taken = free.update(claimed_by=person, claimed_until=now + LEASE)
        row = StoredCase.objects.select_related("document", "claimed_by").get(pk=number)
        if not taken:
            ensure_free(row, person.get_username())
    return row


def release(number: int, person: User) -> None:
    """Let go of a case; nothing happens if it is not the person's own."""
    StoredCase.objects.filter(pk=number, claimed_by=person).update(**LET_GO)


def release_all(person: User) -> int:
    """Let go of everything a person has open, as when the person signs out; return how many cases that were."""
    return StoredCase.objects.filter(claimed_by=person).update(**LET_GO)


def holder_of(row: StoredCase, now: dt.datetime | None = None) -> User | None:
    """Return who has a case open now; a lapsed claim is nobody's."""
    if row.claimed_until is None or row.claimed_until <= (now or clock.now()):
        return None
    return row.claimed_by


def ensure_free(row: StoredCase, person: str) -> None:
    """Raise IllegalMove if a case does not wait for a person, and Taken if somebody else has it open."""
    if row.state != State.REFERRED:
        raise IllegalMove(f"Case {row.pk} does not wait for a person: it is {row.state}.")
    holder = holder_of(row)
    if holder is not None and row.claimed_until is not None and holder.get_username() != person:
        raise Taken(row.pk, holder.get_username(), row.claimed_until)


def locked(number: int, person: str, *, force: bool = False) -> StoredCase:
    """Return a waiting case, held by this transaction, that this person may act on; ``force``: whoever has it open.

    Raises as ``ensure_free`` does.
    """
    rows = StoredCase.objects.select_related("document", "claimed_by", "assigned_to").select_for_update(of=("self",))
    row = rows.get(pk=number)
    if not force or row.state != State.REFERRED:
        ensure_free(row, person)
    return row


def hand_over(number: int, to: User, *, person: User, why: str = "", force: bool = False) -> StoredCase:
    """Give a case to somebody, who finds it among the own cases; handed to oneself, it is taken.

    ``force`` is for those who may take it out of another's hands. Nothing happens if it is that person's already.
    Raises as ``claim`` does.
    """
    with transaction.atomic():
        row = locked(number, person.get_username(), force=force)
        if row.assigned_to_id == to.pk:
            return row
        body = {"to": to.get_username(), "from": _name(row.assigned_to), "why": why.strip()}
        return _act(row, "case-handed-over", person, body, assigned_to=to, parked_until=None)


def park(number: int, until: dt.datetime, *, person: User, why: str) -> StoredCase:
    """Put a case aside until a time, for a reason. It still falls due when it would.

    Raises ValueError without a reason or for a time that is past, and as ``claim`` does.
    """
    if not why.strip():
        raise ValueError(_("Say why the case is parked."))
    if until <= clock.now():
        raise ValueError(_("Park the case until a day to come."))
    with transaction.atomic():
        row = locked(number, person.get_username())
        if row.parked_until == until:
            return row
        body = {"until": until.isoformat(), "why": why.strip()}
        return _act(row, "case-parked", person, body, parked_until=until)


def unpark(number: int, *, person: User) -> StoredCase:
    """Take a parked case up again; nothing happens if it is not parked. Raises as ``claim`` does."""
    with transaction.atomic():
        row = locked(number, person.get_username())
        if row.parked_until is None:
            return row
        return _act(row, "case-unparked", person, {}, parked_until=None)


def escalate(number: int, *, person: User, why: str, to: User) -> StoredCase:
    """Ask somebody with more to say to decide a case, and why; that person is told on screen, and once by e-mail.

    Raises ValueError without a reason or to oneself, and as ``claim`` does.
    """
    if not why.strip():
        raise ValueError(_("Say why somebody else has to decide."))
    if to.pk == person.pk:
        raise ValueError(_("Choose somebody else: a case cannot be escalated to oneself."))
    with transaction.atomic():
        row = locked(number, person.get_username())
        body = {"to": to.get_username(), "why": why.strip()}
        notifications.note_escalated(row, to)
        return _act(row, "case-escalated", person, body, assigned_to=to, parked_until=None)


def _act(row: StoredCase, event: str, person: User, body: dict[str, Any], **changes: Any) -> StoredCase:
    """Change a locked case, end the claim on it and tell the ledger; what stands in the case itself is not touched."""
    StoredCase.objects.filter(pk=row.pk).update(**changes, **LET_GO)
    ledger.append(event, actor=person.get_username(), case=row.pk, body=body)
    row.refresh_from_db()
    return row


def _free_for(person: User, now: dt.datetime) -> Q:
    return Q(claimed_by=None) | Q(claimed_by=person) | Q(claimed_until__lte=now)


def _name(person: User | None) -> str:
    return person.get_username() if person else ""
