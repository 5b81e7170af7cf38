"""Tokens with which programs use the API: whose they are, what they may do, and until when. Only hashes are kept."""

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

SCOPES = {
    "documents:write": "hand in documents",
    "cases:read": "ask for cases",
    "queue:read": "list what waits for a person",
    "cases:decide": "decide cases",
    "receipts:read": "fetch receipts",
}
"""What a token may allow, in words. A token never allows what its person may not do."""

LONGEST = dt.timedelta(days=366)
_USED_EVERY = dt.timedelta(minutes=1)
"""As often is it noted that a token is used; more would be a write for each request."""


@dataclass(frozen=True, slots=True)
class New:
    """A token as it is told once, and the row in which its hash is kept."""

    text: str
    row: ApiToken


def make(name: str, person: str, scopes: Collection[str], days: int, *, actor: str) -> New:
    """Make a token for a person. Raises Stop, in words, for a person, scope or time that there is not."""
    if strange := sorted(set(scopes) - SCOPES.keys()):
        raise Stop(f"There is no scope {', '.join(strange)}. There are: {', '.join(SCOPES)}.")
    if not scopes or not name.strip():
        raise Stop("A token needs a name and at least one scope.")
    if not 0 < days <= LONGEST.days:
        raise Stop(f"A token lasts from 1 to {LONGEST.days} days, and {days} were asked for.")
    owner = User.objects.filter(username=person, is_active=True).first()
    if owner is None:
        raise Stop(f"There is no person {person!r} who may sign in. Add one with: ./run person {person} --group …")
    text, now = f"kw_{secrets.token_urlsafe(32)}", timezone.now()
    with transaction.atomic():
        row = ApiToken.objects.create(
            name=name.strip()[:100],
            digest=digest(text),
            person=owner,
            scopes=sorted(set(scopes)),
            made_at=now,
            expires_at=now + dt.timedelta(days=days),
        )
        ledger.append("token-made", actor=actor, body={**told(row), "expires": row.expires_at.isoformat()})
    return New(text, row)


def revoke(number: int, *, actor: str) -> ApiToken:
    """End a token for good. Raises Stop if there is none of that number, or it is revoked already."""
    with transaction.atomic():
        row = ApiToken.objects.select_related("person").select_for_update(of=("self",)).filter(pk=number).first()
        if row is None or row.revoked_at:
            raise Stop(f"There is no token {number} to revoke. ./run token list shows them.")
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
        ledger.append("token-revoked", actor=actor, body=told(row))
    return row


def find(text: str) -> ApiToken | None:
    """Return the token that a program shows, if it is in force and its person may sign in; note that it was used."""
    now = timezone.now()
    row = ApiToken.objects.select_related("person").filter(digest=digest(text)).first()
    if row is None or row.revoked_at or row.expires_at <= now or not row.person.is_active:
        return None
    if row.last_used_at is None or row.last_used_at < now - _USED_EVERY:
        ApiToken.objects.filter(pk=row.pk).update(last_used_at=now)
    return row


def told(row: ApiToken) -> dict[str, object]:
    """Return what the ledger is told of a token."""
    return {"token": row.pk, "name": row.name, "person": row.person.get_username(), "scopes": row.scopes}


def digest(text: str) -> str:
    """Return the hash under which a token is kept. It is random and long: nothing slower is needed."""
    return hashlib.sha256(text.encode()).hexdigest()
