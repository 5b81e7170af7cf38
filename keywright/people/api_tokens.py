"""Tokens with which programs use the API: their owners, scopes and end. Only their hashes are stored."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from keywright.database.models import ApiToken
from keywright.errors import Stop
from keywright.ledger import ledger
from keywright.people.permissions import rights_of

SCOPES = {
    "documents:write": "hand in documents",
    "cases:read": "ask for cases",
    "queue:read": "list what waits for a person",
    "cases:decide": "decide cases",
    "receipts:read": "fetch receipts",
    "layouts:read": "read layouts",
    "layouts:write": "roll back layouts",
}
"""What a token can allow, in words. A token never allows more than its person may do."""

LONGEST = dt.timedelta(days=366)
_USED_EVERY = dt.timedelta(minutes=1)
"""How often the use of a token is recorded; recording every request would write too much."""


@dataclass(frozen=True, slots=True)
class New:
    """A new token, shown only once, and the row with its hash."""

    text: str
    row: ApiToken


def make(name: str, person: str, scopes: Collection[str], days: int, *, actor: str) -> New:
    """Make a token for a person.

    Raises Stop for an unknown person or scope, a wrong time, and the scope to decide for a person who may not decide.
    """
    if strange := sorted(set(scopes) - SCOPES.keys()):
        raise Stop(f"There is no scope {', '.join(strange)}. There are: {', '.join(SCOPES)}.")
    if not scopes or not name.strip():
        raise Stop("A token needs a name and at least one scope.")
    if not 0 < days <= LONGEST.days:
        raise Stop(f"A token lasts from 1 to {LONGEST.days} days, not {days}.")
    owner = User.objects.filter(username=person, is_active=True).first()
    if owner is None:
        raise Stop(f"There is no person {person!r} who may sign in. Add one with: ./run person {person} --group …")
    if "cases:decide" in scopes and not rights_of(owner).decide:
        raise Stop(f"{person} may not decide cases, so a token for {person} cannot have the scope cases:decide.")
    text, made_at = f"kw_{secrets.token_urlsafe(32)}", timezone.now()
    with transaction.atomic():
        row = ApiToken.objects.create(
            name=name.strip()[:100],
            digest=digest(text),
            person=owner,
            scopes=sorted(set(scopes)),
            made_at=made_at,
            expires_at=made_at + dt.timedelta(days=days),
        )
        ledger.append("token-made", actor=actor, body={**ledger_body(row), "expires": row.expires_at.isoformat()})
    return New(text, row)


def revoke(number: int, *, actor: str) -> ApiToken:
    """Revoke a token for good. Raises Stop if there is none of that number, or it is revoked already."""
    with transaction.atomic():
        row = ApiToken.objects.select_related("person").select_for_update(of=("self",)).filter(pk=number).first()
        if row is None or row.revoked_at:
            raise Stop(f"There is no token {number} to revoke. ./run token list shows them.")
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
        ledger.append("token-revoked", actor=actor, body=ledger_body(row))
    return row


def find(text: str) -> ApiToken | None:
    """Return the token that a program sent, if it is valid and its person can sign in; record that it was used."""
    used_at = timezone.now()
    row = ApiToken.objects.select_related("person").filter(digest=digest(text)).first()
    if row is None or row.revoked_at or row.expires_at <= used_at or not row.person.is_active:
        return None
    if row.last_used_at is None or row.last_used_at < used_at - _USED_EVERY:
        ApiToken.objects.filter(pk=row.pk).update(last_used_at=used_at)
    return row


def ledger_body(row: ApiToken) -> dict[str, object]:
    """Return what the ledger records of a token."""
    return {"token": row.pk, "name": row.name, "person": row.person.get_username(), "scopes": row.scopes}


def digest(text: str) -> str:
    """Return the hash under which a token is stored. A token is random and long, so a fast hash is enough."""
    return hashlib.sha256(text.encode()).hexdigest()
