"""No address compares a password with the right one without counting the wrong ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pytest
from django.contrib.auth import hashers
from django.contrib.auth.models import User
from django.db.models import Sum
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from keywright.database.models import Lockout
from keywright.people.accounts import add_person
from tests.keywright.console.desk import PASSWORD

GUESS = "not-the-right-one-2026"
FIELDS = ("password", "old_password", "new_password1", "new_password2", "password1", "password2", "code", "reauth")


def addresses(patterns: Sequence[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    """Yield every address there is, with 1 in the place of what may vary."""
    for pattern in patterns:
        route = re.sub(r"<[^>]+>|\(\?P<.*", "1", str(pattern.pattern)).lstrip("^").rstrip("$")
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, before + route)
        else:
            yield before + route


def failures() -> int:
    return Lockout.objects.aggregate(sum=Sum("failures"))["sum"] or 0


@pytest.mark.django_db
def test_wherever_a_wrong_password_is_compared_it_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    add_person("ivan", PASSWORD, "it", "supervisor", given=False)
    person, compared = User.objects.get(username="ivan"), []
    really = hashers.verify_password

    def noted(password: str | None, *rest: object, **more: object) -> tuple[bool, bool]:
        compared.append(password)
        return really(password, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(hashers, "verify_password", noted)
    uncounted: list[str] = []
    for address in sorted(set(addresses(get_resolver().url_patterns))):
        for who in (person, None):
            compared.clear()
            browser, before = Client(), failures()
            if who:
                browser.force_login(who)
            browser.post(address, {**dict.fromkeys(FIELDS, GUESS), "username": "ivan", "login": "ivan"})
            if GUESS in compared:
                uncounted.append(address)
                assert failures() > before, f"{address} compares a wrong password and does not count it"
                Lockout.objects.all().delete()

    assert {"/sign-in/", "/sign-in/again/", "/my/sign-in/password/"} <= set(uncounted)
