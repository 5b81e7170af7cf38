"""Who tries too often to sign in is not heard for a while; it ends by itself, or IT ends it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from keywright.database.models import LedgerEntry, Lockout
from keywright.ledger import ledger
from keywright.people import login_lockout
from keywright.people.accounts import add_person
from keywright.settings.settings import settings
from tests.keywright.console.desk import PASSWORD
from tests.keywright.console.door import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_passwords")]


def fail(client: Client, times: int, name: str = "maria", address: str = "192.0.2.7") -> list[int]:
    responses = []
    for _ in range(times):
        wrong = {"username": name, "password": "guess"}
        responses.append(client.post("/sign-in/", wrong, REMOTE_ADDR=address).status_code)
    return responses


def told() -> list[str]:
    return list(LedgerEntry.objects.order_by("number").values_list("event", flat=True))


def test_after_five_wrong_passwords_even_the_right_one_is_not_heard(client: Client) -> None:
    add_person("maria", PASSWORD, "clerk")

    assert fail(client, 6) == [422, 422, 422, 422, 429, 429]
    right = client.post("/sign-in/", {"username": "maria", "password": PASSWORD}, REMOTE_ADDR="192.0.2.7")

    assert right.status_code == 429
    assert 0 < int(right["Retry-After"]) <= 15 * 60
    assert "Too many failed attempts" in right.content.decode()
    assert told() == ["sign-in-refused"] * 5 + ["sign-in-locked"]
    assert "guess" not in str(list(LedgerEntry.objects.values_list("body", flat=True)))
    assert not ledger.verify().fault


def test_the_same_person_may_still_sign_in_from_elsewhere(client: Client) -> None:
    add_person("maria", PASSWORD, "clerk")
    fail(client, 5)
    assert sign_in(client, "maria", PASSWORD) == "/"


def test_a_lock_ends_by_itself(client: Client) -> None:
    add_person("maria", PASSWORD, "clerk")
    fail(client, 5, address="127.0.0.1")
    assert sign_in(client, "maria", PASSWORD) == "429"

    Lockout.objects.update(until=timezone.now() - dt.timedelta(seconds=1))

    assert sign_in(client, "maria", PASSWORD) == "/"


def test_attempts_of_long_ago_do_not_count(client: Client) -> None:
    add_person("maria", PASSWORD, "clerk")
    fail(client, 4, address="127.0.0.1")
    Lockout.objects.update(since=timezone.now() - settings().lockout - dt.timedelta(seconds=1))

    assert fail(client, 4, address="127.0.0.1") == [422] * 4


def test_who_gets_in_begins_anew(client: Client) -> None:
    add_person("maria", PASSWORD, "clerk")
    fail(client, 4, address="127.0.0.1")
    sign_in(client, "maria", PASSWORD)
    client.post("/sign-out/")

    assert fail(client, 4, address="127.0.0.1") == [422] * 4


def test_capitals_and_blanks_buy_no_further_attempts(client: Client) -> None:
    assert [fail(client, 1, name)[0] for name in ("maria", "Maria", " MARIA", "maRia ", "mariA")][-1] == 429


def test_a_name_that_is_guessed_from_everywhere_is_locked_everywhere(client: Client) -> None:
    add_person("maria", PASSWORD, "clerk")
    for address in range(13):
        fail(client, 4, address=f"198.51.100.{address}")

    assert sign_in(client, "maria", PASSWORD) == "429"


def test_an_address_that_guesses_many_names_is_locked(client: Client) -> None:
    for name in range(13):
        fail(client, 4, f"person{name}", "192.0.2.7")

    assert fail(client, 1, "somebody-new", "192.0.2.7") == [429]
    assert fail(client, 1, "somebody-new", "192.0.2.8") == [422]


def test_it_lets_somebody_try_again_and_the_ledger_knows(client: Client, ivan: Client) -> None:
    add_person("maria", PASSWORD, "clerk")
    fail(client, 5, address="127.0.0.1")

    assert "maria is locked out until" in ivan.get("/people/").content.decode()
    ivan.post("/people/lift/", {"name": "maria"})

    assert sign_in(client, "maria", PASSWORD) == "/"
    lifted = LedgerEntry.objects.get(event="lockout-lifted")
    assert (lifted.actor, lifted.body) == ("ivan", {"person": "maria"})


def test_lifting_what_is_not_locked_tells_the_ledger_nothing() -> None:
    assert not login_lockout.lift("maria", by="ivan")
    assert not LedgerEntry.objects.exists()


def test_a_clerk_may_not_lift_a_lock(maria: Client, client: Client) -> None:
    fail(client, 5, "john", "127.0.0.1")
    assert maria.post("/people/lift/", {"name": "john"}).status_code == 403
    assert login_lockout.begin("john", "127.0.0.1"), "john is locked out still"
