"""Which person has a waiting case: claimed while it is open, handed over, parked, escalated.

A claim is a lease: the open page renews it, and without renewal it ends, so that no case is lost with a closed browser.
It keeps two people from working on one case without knowing; the move itself ensures that no case is decided twice. A
claim is no decision and has no ledger entry; the other acts have one.
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
    """Another person has the case open: ``holder`` is the name, ``until`` the time at which the claim ends."""

    def __init__(self, number: int, holder: str, until: dt.datetime) -> None:
        super().__init__(f"{holder} has case {number} open until {until:%H:%M} UTC. Take another, or ask {holder}.")
        self.holder = holder
        self.until = until


def claim(number: int, person: User) -> StoredCase:
    """Claim a waiting case for a person, or renew the person's own claim, for ``LEASE``; return the case.

    Of two people who claim at once, one gets it. Raises Taken if another person has it, IllegalMove if it does not wait
    for a person, StoredCase.DoesNotExist if there is none of that number.
    """
    at = clock.now()
    free = StoredCase.objects.filter(_free_for(person, at), pk=number, state=State.REFERRED.value)
    with transaction.atomic():
        taken = free.update(claimed_by=person, claimed_until=at + LEASE)
        row = StoredCase.objects.select_related("document", "claimed_by").get(pk=number)
        if not taken:
            ensure_free(row, person.get_username())
    return row


def release(number: int, person: User) -> None:
    """End a person's claim on a case; does nothing if the claim is not the person's own."""
    StoredCase.objects.filter(pk=number, claimed_by=person).update(**LET_GO)


def release_all(person: User) -> int:
    """End all claims of a person, for example at sign-out; return how many there were."""
    return StoredCase.objects.filter(claimed_by=person).update(**LET_GO)


def holder_of(row: StoredCase, at: dt.datetime | None = None) -> User | None:
    """Return the person who has a case open now; an expired claim does not count."""
    if row.claimed_until is None or row.claimed_until <= (at or clock.now()):
        return None
    return row.claimed_by


def ensure_free(row: StoredCase, person: str) -> None:
    """Raise IllegalMove if a case does not wait for a person, and Taken if another person has it open."""
    if row.state != State.REFERRED:
        raise IllegalMove(f"Case {row.pk} does not wait for a person: it is {row.state}.")
    holder = holder_of(row)
    if holder is not None and row.claimed_until is not None and holder.get_username() != person:
        raise Taken(row.pk, holder.get_username(), row.claimed_until)


def locked(number: int, person: str, *, force: bool = False) -> StoredCase:
    """Return a waiting case, locked by this transaction, that this person may act on; ``force``:

    even if another has it open.

    Raises the errors of ``ensure_free``.
    """
    rows = StoredCase.objects.select_related("document", "claimed_by", "assigned_to").select_for_update(of=("self",))
    row = rows.get(pk=number)
    if not force or row.state != State.REFERRED:
        ensure_free(row, person)
    return row


def hand_over(number: int, to: User, *, person: User, why: str = "", force: bool = False) -> StoredCase:
    """Give a case to a person, who finds it among the own cases; handing it to oneself takes it.

    ``force`` is for people with the right to take it from another. Nothing happens if the person has it already. Raises
    the errors of ``claim``.
    """
    with transaction.atomic():
        row = locked(number, person.get_username(), force=force)
        if row.assigned_to_id == to.pk:
            return row
        body = {"to": to.get_username(), "from": _name(row.assigned_to), "why": why.strip()}
        return _act(row, "case-handed-over", person, body, assigned_to=to, parked_until=None)


def park(number: int, until: dt.datetime, *, person: User, why: str) -> StoredCase:
    """Put a case aside until a time, for a reason. Its due time does not change.

    Raises ValueError without a reason or for a time in the past, and the errors of ``claim``.
    """
    if not why.strip():
        raise ValueError(_("Enter why the case is on hold."))
    if until <= clock.now():
        raise ValueError(_("Choose a day in the future."))
    with transaction.atomic():
        row = locked(number, person.get_username())
        if row.parked_until == until:
            return row
        body = {"until": until.isoformat(), "why": why.strip()}
        return _act(row, "case-parked", person, body, parked_until=until)


def unpark(number: int, *, person: User) -> StoredCase:
    """Take a parked case up again; does nothing if it is not parked. Raises the errors of ``claim``."""
    with transaction.atomic():
        row = locked(number, person.get_username())
        if row.parked_until is None:
            return row
        return _act(row, "case-unparked", person, {}, parked_until=None)


def escalate(number: int, *, person: User, why: str, to: User) -> StoredCase:
    """Ask a person with more authority to decide a case; that person is notified on screen, and once by e-mail.

    Raises ValueError without a reason or to oneself, and the errors of ``claim``.
    """
    if not why.strip():
        raise ValueError(_("Enter why someone else has to decide."))
    if to.pk == person.pk:
        raise ValueError(_("Choose someone else: you cannot escalate a case to yourself."))
    with transaction.atomic():
        row = locked(number, person.get_username())
        body = {"to": to.get_username(), "why": why.strip()}
        notifications.note_escalated(row, to)
        return _act(row, "case-escalated", person, body, assigned_to=to, parked_until=None)


def _act(row: StoredCase, event: str, person: User, body: dict[str, Any], **changes: Any) -> StoredCase:
    """Change a locked case, end the claim on it and write the ledger entry; the content of the case does not change."""
    StoredCase.objects.filter(pk=row.pk).update(**changes, **LET_GO)
    ledger.append(event, actor=person.get_username(), case=row.pk, body=body)
    row.refresh_from_db()
    return row


def _free_for(person: User, at: dt.datetime) -> Q:
    return Q(claimed_by=None) | Q(claimed_by=person) | Q(claimed_until__lte=at)


def _name(person: User | None) -> str:
    return person.get_username() if person else ""
