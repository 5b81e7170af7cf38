"""Passwords that somebody else gave: whose are such, until the person has chosen another."""

from __future__ import annotations

from django.contrib.auth.models import User

from keywright import clock
from keywright.database.models import GivenPassword


def give(person: User, password: str, *, by: str) -> None:
    """Give a person a password that holds for one sign-in; ``by`` is who knows it too. Sessions end with the old one.

    The caller has checked that it can be one, and tells the ledger.
    """
    person.set_password(password)
    person.save()
    GivenPassword.objects.update_or_create(person=person, defaults={"given_at": clock.now(), "given_by": by[:150]})


def is_given(person: User) -> bool:
    """Return True if somebody else knows the person's password."""
    return GivenPassword.objects.filter(person=person).exists()


def is_own(person: User) -> None:
    """Note that the person has chosen the password."""
    GivenPassword.objects.filter(person=person).delete()
