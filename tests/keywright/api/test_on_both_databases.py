"""What must hold at the door and by the API holds on SQLite and on PostgreSQL: here each test runs on both."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from keywright.cases import casebook
from keywright.database.models import ApiToken, LedgerEntry
from keywright.ledger import ledger
from keywright.model.case import State
from keywright.people import api_tokens
from keywright.people.accounts import add_person
from keywright.review import claims
from tests.keywright.api.programs import ALL, program
from tests.keywright.api.test_auth import problem
from tests.keywright.api.test_operations import decide
from tests.keywright.console.desk import PASSWORD, referred
from tests.keywright.console.door import sign_in
from tests.keywright.console.pages import decide as decide_on_the_page
from tests.keywright.console.pages import form_of
from tests.keywright.racing import race

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Hash passwords quickly: these tests are not about the hash."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def test_one_signs_in_and_out_and_guesses_lock() -> None:
    add_person("maria", PASSWORD, "clerk")
    maria, stranger = Client(), Client()

    assert sign_in(maria, "maria", PASSWORD) == "/"
    assert maria.get("/").status_code == 200
    maria.post("/sign-out/")
    assert maria.get("/")["Location"] == "/sign-in/?next=/"
    assert [sign_in(stranger, "maria", "guess") for _ in range(6)] == ["422"] * 4 + ["429"] * 2
    assert sign_in(maria, "maria", PASSWORD) == "429"

    entries = list(LedgerEntry.objects.order_by("number").values_list("event", flat=True))
    assert entries == ["signed-in", "signed-out", *["sign-in-refused"] * 5, "sign-in-locked"]
    assert not ledger.verify().fault


def test_a_program_decides_a_case_with_its_lines() -> None:
    maria, case = program(), referred()
    lines = maria.get(f"/cases/{case.id}").json()["lines"]
    sent = [
        {"line": sent_line["line"], "description": sent_line["description"], "net_amount": sent_line["net_amount"]}
        for sent_line in lines
    ]

    response = decide(maria, case, decision="accept", fields={"invoice_number": "BTG-2041"}, lines=sent)

    assert (response.status_code, response.json()["state"]) == (200, "read")
    field = casebook.get(case.id).extraction.fields["invoice_number"]  # type: ignore[union-attr]
    assert (field.value, field.source) == ("BTG-2041", "reviewer:maria")
    assert maria.get("/queue").json()["total"] == 0
    assert not ledger.verify().fault


def test_of_programs_that_decide_at_once_one_is_taken() -> None:
    case = referred()
    people = [program(name) for name in ("maria", "john", "petra", "otto")]
    version = people[0].get(f"/cases/{case.id}").json()["seen"]
    word = {"decision": "refuse", "seen": version, "code": "not-ours"}

    outcomes: list[Any] = race(*(partial(person.post, f"/cases/{case.id}/decision", word) for person in people))

    assert sorted(person.status_code for person in outcomes) == [200, 409, 409, 409], outcomes
    assert LedgerEntry.objects.filter(event="case-refused").count() == 1
    assert LedgerEntry.objects.filter(event="token-used").count() == 1
    assert not ledger.verify().fault


def test_of_a_program_and_a_page_that_decide_at_once_one_is_taken() -> None:
    case, john = referred(), program("john")
    add_person("maria", PASSWORD, "clerk")
    maria = Client()
    maria.force_login(User.objects.get(username="maria"))
    form = form_of(maria, case)
    claims.release_all(User.objects.get(username="maria"))
    word = {"decision": "refuse", "seen": john.get(f"/cases/{case.id}").json()["seen"], "code": "illegible"}

    outcomes: list[Any] = race(
        partial(john.post, f"/cases/{case.id}/decision", word),
        partial(decide_on_the_page, maria, case, "read-again", form),
    )

    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    moved = LedgerEntry.objects.filter(event__in=("case-refused", "case-reopened"))
    assert moved.count() == 1
    assert casebook.get(case.id).state is (State.REFUSED if moved.get().actor == "john" else State.RECEIVED)


def test_a_token_opens_what_its_scopes_say_until_it_ends() -> None:
    reader, case = program(scopes=("cases:read",)), referred()
    assert reader.get(f"/cases/{case.id}").status_code == 200
    assert problem(reader.get("/queue")) == (403, "not-allowed")
    assert problem(decide(reader, case, decision="read-again")) == (403, "not-allowed")

    api_tokens.revoke(ApiToken.objects.get().pk, actor="it")
    assert problem(reader.get(f"/cases/{case.id}")) == (401, "no-token")
    again = program(scopes=ALL)
    ApiToken.objects.filter(revoked_at=None).update(expires_at=timezone.now())
    assert problem(again.get("/queue")) == (401, "no-token")
