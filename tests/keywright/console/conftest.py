"""People at their browsers: each a client that is signed in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from pytest_django import Settings

SignedIn = Callable[..., Client]


@pytest.fixture
def signed_in() -> SignedIn:
    """Add a person to groups, and return the person's browser."""

    def browser(name: str, *groups: str) -> Client:
        person = User.objects.create(username=name)  # without a password, whose hash takes its time
        person.groups.set(Group.objects.filter(name__in=groups))
        client = Client()
        client.force_login(person)
        return client

    return browser


@pytest.fixture
def maria(db: None, signed_in: SignedIn) -> Client:
    """A clerk's browser."""
    return signed_in("maria", "clerk")


@pytest.fixture
def ada(db: None, signed_in: SignedIn) -> Client:
    """An auditor's browser."""
    return signed_in("ada", "auditor")


@pytest.fixture
def ivan(db: None, signed_in: SignedIn) -> Client:
    """The browser of somebody of IT."""
    return signed_in("ivan", "it")


@pytest.fixture
def quick_passwords(settings: Settings) -> None:
    """Hash passwords quickly, where a test is about many attempts and not about the hash."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
