"""Signing in and out, and what the ledger is told of it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from keywright.database.models import LedgerEntry, StoredCase
from keywright.ledger import ledger
from keywright.people.accounts import add_person
from keywright.review import claims
from tests.keywright.console.desk import PASSWORD, referred

pytestmark = pytest.mark.django_db


def test_who_signs_in_sees_the_queue_and_the_ledger_knows(client: Client) -> None:
    add_person("maria", PASSWORD, "clerk")

    response = client.post("/sign-in/", {"username": "maria", "password": PASSWORD}, follow=True)

    assert response.redirect_chain == [("/", 302)]
    assert [(entry.event, entry.actor) for entry in LedgerEntry.objects.all()] == [("signed-in", "maria")]


def test_a_wrong_password_is_refused_in_words_and_told_to_the_ledger(client: Client) -> None:
    add_person("maria", PASSWORD, "clerk")

    response = client.post("/sign-in/", {"username": "maria", "password": "guess"})

    assert response.status_code == 422
    assert "Wrong user name or password" in response.content.decode()
    assert 'value="maria"' in response.content.decode()
    assert [(entry.event, entry.actor) for entry in LedgerEntry.objects.all()] == [("sign-in-refused", "maria")]
    assert not ledger.verify().fault


def test_a_name_that_no_ledger_could_hold_is_refused_and_not_an_error(client: Client) -> None:
    assert client.post("/sign-in/", {"username": "m\x00" + "x" * 500, "password": "guess"}).status_code == 422
    assert LedgerEntry.objects.get().actor == "m" + "x" * 149


@pytest.mark.parametrize(
    ("target", "reached"),
    [
        ("/cases/?state=failed", "/cases/?state=failed"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example", "/"),
    ],
)
def test_after_signing_in_one_goes_on_to_the_page_asked_for_and_never_elsewhere(
    client: Client, target: str, reached: str
) -> None:
    add_person("maria", PASSWORD, "clerk")
    response = client.post("/sign-in/", {"username": "maria", "password": PASSWORD, "next": target})
    assert response["Location"] == reached


@pytest.mark.parametrize("page", ["/", "/next/", "/cases/", "/cases/1/", "/cases/1/review/", "/cases/1/document/"])
def test_no_page_is_shown_to_who_is_not_signed_in(client: Client, page: str) -> None:
    response = client.get(page)
    assert (response.status_code, response["Location"]) == (302, f"/sign-in/?next={page}")


def test_a_decision_of_nobody_is_not_taken(client: Client) -> None:
    assert client.post("/cases/1/decide/", {"decision": "accept"})["Location"] == "/sign-in/?next=/cases/1/review/"


def test_who_signs_out_is_out(maria: Client) -> None:
    assert maria.post("/sign-out/")["Location"] == "/sign-in/"
    assert maria.get("/")["Location"] == "/sign-in/?next=/"


def test_who_signs_out_lets_go_of_the_cases_that_were_open(maria: Client) -> None:
    case = referred()
    claims.claim(int(case.id), User.objects.get(username="maria"))

    maria.post("/sign-out/")

    assert claims.holder_of(StoredCase.objects.get()) is None
    assert LedgerEntry.objects.get(event="signed-out").actor == "maria"


def test_a_link_cannot_sign_anybody_out(maria: Client) -> None:
    assert maria.get("/sign-out/").status_code == 405
    assert maria.get("/").status_code == 200


def test_a_form_from_elsewhere_is_refused_with_a_page_in_words() -> None:
    add_person("maria", PASSWORD, "clerk")
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/sign-in/", {"username": "maria", "password": PASSWORD})
    assert response.status_code == 403
    assert "This page has expired" in response.content.decode()
