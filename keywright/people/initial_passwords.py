"""Passwords that another person has set: who has one, until the person chooses a new one."""

from __future__ import annotations

from django.contrib.auth.models import User

from keywright import clock
from keywright.database.models import GivenPassword


def give(person: User, password: str, *, by: str) -> None:
    """Set a person's password for one sign-in; ``by`` is the person who knows it too. Existing sessions end.

    The caller has validated it, and writes the ledger entry.
    """
    person.set_password(password)
    person.save()
    GivenPassword.objects.update_or_create(person=person, defaults={"given_at": clock.now(), "given_by": by[:150]})


def is_given(person: User) -> bool:
    """Return True if another person knows the person's password."""
    return GivenPassword.objects.filter(person=person).exists()


def is_own(person: User) -> None:
    """Record that the person has chosen the password."""
    GivenPassword.objects.filter(person=person).delete()
