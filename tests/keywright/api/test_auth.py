"""Tokens: made, used, refused, revoked; and what of it is kept and told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from cli.tokens import token_command
from keywright.database.models import ApiToken, LedgerEntry
from keywright.errors import Stop
from keywright.people import api_tokens
from tests.keywright.api.programs import ALL, Program, program
from tests.keywright.console.desk import referred
from tests.keywright.console.door import setting

pytestmark = pytest.mark.django_db


def problem(response: Any) -> tuple[int, str]:
    assert response["Content-Type"] == "application/problem+json"
    payload = response.json()
    assert payload["status"] == response.status_code
    return response.status_code, payload["type"].removeprefix("urn:keywright:problem:")


def test_only_the_hash_of_a_token_is_kept_and_the_ledger_is_told_no_more() -> None:
    maria = program()

    row = ApiToken.objects.get()
    entry = LedgerEntry.objects.get(event="token-made")
    assert row.digest == api_tokens.digest(maria.text)
    assert maria.text not in str(row.__dict__) and maria.text not in str(entry.body)
    assert (entry.body["person"], entry.body["name"]) == ("maria", "a program")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer kw_guess", "Basic bWFyaWE6eA==", "Bearer \x00", "kw_x"])
def test_nobody_is_answered_without_a_token_in_force(header: str) -> None:
    response = Client(headers={"Authorization": header}).get("/api/v1/queue")
    assert problem(response) == (401, "no-token")
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_session_of_the_console_opens_no_api(client: Client) -> None:
    program()
    client.force_login(User.objects.get())
    assert problem(client.get("/api/v1/queue")) == (401, "no-token")


@pytest.mark.parametrize("scope", ALL)
def test_a_scope_opens_its_own_operations_and_no_others(scope: str) -> None:
    maria, case = program("maria", "clerk", "supervisor", scopes=(scope,)), referred()
    responses = {
        "documents:write": maria.client.post("/api/v1/documents"),
        "cases:read": maria.get(f"/cases/{case.id}"),
        "queue:read": maria.get("/queue"),
        "cases:decide": maria.post(f"/cases/{case.id}/decision", {}),
        "receipts:read": maria.get(f"/cases/{case.id}/receipt"),
        "layouts:read": maria.get("/layouts"),
        "layouts:write": maria.post("/layouts/1/roll-back", {}),
    }
    assert {name for name, response in responses.items() if response.status_code != 403} == {scope}
    assert all(problem(response) == (403, "not-allowed") for name, response in responses.items() if name != scope)


def test_a_token_ends_by_time_by_revocation_and_with_its_person() -> None:
    for end in (
        lambda row: ApiToken.objects.filter(pk=row.pk).update(expires_at=timezone.now()),
        lambda row: api_tokens.revoke(row.pk, actor="it"),
        lambda _: User.objects.update(is_active=False),
    ):
        User.objects.update(is_active=True)
        maria = program()
        assert maria.get("/queue").status_code == 200
        end(ApiToken.objects.latest("pk"))
        assert problem(maria.get("/queue")) == (401, "no-token")


def test_a_token_allows_nothing_that_its_person_may_not_do() -> None:
    nobody, case = program("nina", "clerk"), referred()
    User.objects.get().groups.clear()
    assert problem(nobody.get("/queue")) == (403, "not-allowed")
    ada = program("ada", "auditor")
    assert ada.get("/queue").status_code == 200
    payload = {"decision": "read-again", "seen": ada.get(f"/cases/{case.id}").json()["seen"]}
    assert problem(ada.post(f"/cases/{case.id}/decision", payload)) == (403, "not-allowed")


def test_a_token_that_asks_too_often_is_told_to_wait() -> None:
    maria, john = program(), program("john")
    with setting(API_REQUESTS_A_MINUTE="3"):
        responses = [maria.get("/queue") for _ in range(4)]
        assert john.get("/queue").status_code == 200
    assert [response.status_code for response in responses] == [200, 200, 200, 429]
    assert problem(responses[-1]) == (429, "too-often")
    assert 0 < int(responses[-1]["Retry-After"]) <= 61


def test_when_a_token_was_used_last_is_noted_once_a_minute() -> None:
    maria = program()
    maria.get("/queue")
    first = ApiToken.objects.get().last_used_at
    maria.get("/queue")
    assert first is not None and ApiToken.objects.get().last_used_at == first
    ApiToken.objects.update(last_used_at=timezone.now() - dt.timedelta(minutes=2))
    maria.get("/queue")
    again = ApiToken.objects.get().last_used_at
    assert again is not None and again > first


@pytest.mark.parametrize(
    ("name", "person", "scopes", "days", "sentence"),
    [
        ("x", "maria", ("cases:burn",), 1, "There is no scope cases:burn"),
        ("x", "maria", (), 1, "at least one scope"),
        ("  ", "maria", ALL, 1, "needs a name"),
        ("x", "maria", ALL, 0, "from 1 to 366 days"),
        ("x", "maria", ALL, 400, "from 1 to 366 days"),
        ("x", "nobody", ALL, 1, "There is no person 'nobody'"),
    ],
)
def test_a_token_that_cannot_be_is_refused_with_the_reason(
    name: str, person: str, scopes: tuple[str, ...], days: int, sentence: str
) -> None:
    User.objects.create(username="maria")
    with pytest.raises(Stop, match=sentence):
        api_tokens.make(name, person, scopes, days, actor="it")
    assert not ApiToken.objects.exists()


def test_a_token_is_revoked_once() -> None:
    program()
    number = ApiToken.objects.get().pk
    api_tokens.revoke(number, actor="it")
    with pytest.raises(Stop, match=f"no token {number} to revoke"):
        api_tokens.revoke(number, actor="it")
    assert LedgerEntry.objects.filter(event="token-revoked").count() == 1


def test_a_program_of_another_name_is_still_the_persons() -> None:
    assert isinstance(program("john"), Program)
    assert ApiToken.objects.get().person.username == "john"


def test_the_command_line_makes_lists_and_revokes_tokens(capsys: pytest.CaptureFixture[str]) -> None:
    User.objects.create(username="maria")
    token_command("new", "scanner", "maria", ["documents:write"], 30)
    text = capsys.readouterr().out.strip()
    assert api_tokens.find(text) is not None

    token_command("list", "", "", [], 0)
    output = capsys.readouterr().out
    assert "scanner  maria  documents:write  until" in output and text not in output

    token_command("revoke", str(ApiToken.objects.get().pk), "", [], 0)
    assert api_tokens.find(text) is None
    with pytest.raises(Stop, match="Name the number"):
        token_command("revoke", "scanner", "", [], 0)
