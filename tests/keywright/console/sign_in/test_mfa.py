"""A second factor: an app and recovery codes, by the pages that people use; and groups that need one."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from keywright.database.models import LedgerEntry
from keywright.people.accounts import add_person
from tests.keywright.console.desk import PASSWORD
from tests.keywright.console.door import app_code, setting, sign_in
from tests.keywright.console.pages import parsed, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_passwords")]
APP, AGAIN = "/my/sign-in/app/", "/sign-in/again/"


def set_up_app(client: Client, password: str = PASSWORD) -> str:
    """Set an app up as a person does; return its secret."""
    page = client.get(APP)
    assert page["Location"].startswith(AGAIN), "who changes how one signs in is asked for the password once more"
    assert client.post(page["Location"], {"password": password})["Location"] == APP
    secret = parsed(client.get(APP).content).get_element_by_id("secret").text
    response = client.post(APP, {"code": app_code(secret)})
    assert response["Location"] == "/my/sign-in/codes/", response.content
    return str(secret)


def recovery_codes(client: Client) -> list[str]:
    return [
        str(element)
        for element in parsed(client.get("/my/sign-in/codes/").content).xpath("//ol[@class='codes']//text()")
    ]


def with_app(name: str = "maria", group: str = "clerk") -> tuple[str, list[str]]:
    """Add a person who has set up an app; return its secret and the recovery codes."""
    add_person(name, PASSWORD, group)
    own = Client()
    sign_in(own, name, PASSWORD)
    secret = set_up_app(own)
    return secret, recovery_codes(own)


def events(name: str) -> list[str]:
    return list(LedgerEntry.objects.filter(actor=name).order_by("number").values_list("event", flat=True))


def test_after_the_password_the_app_s_code_is_asked_for_and_only_then_is_one_in(client: Client) -> None:
    secret, _ = with_app()

    assert sign_in(client, "maria", PASSWORD) == "/sign-in/second/"
    assert client.get("/")["Location"] == "/sign-in/?next=/"
    client.get("/sign-in/second/")
    assert client.post("/sign-in/second/", {"code": app_code(secret, 1)})["Location"] == "/"

    assert client.get("/").status_code == 200
    last = LedgerEntry.objects.filter(event="signed-in").order_by("-number")[0]
    assert (last.actor, last.body["by"]) == ("maria", ["password", "totp"])


def test_setting_up_an_app_is_in_the_ledger_and_its_secret_is_not() -> None:
    secret, made = with_app()

    entries = str(list(LedgerEntry.objects.values_list("body", flat=True)))
    assert events("maria") == ["signed-in", "second-factor-added", "second-factor-added"]
    assert secret not in entries and not any(code in entries for code in made) and len(made) == 10


def test_secrets_are_kept_encrypted() -> None:
    secret, made = with_app()

    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored and not any(code in stored for code in made)


def test_a_code_is_taken_once(client: Client) -> None:
    secret, _ = with_app()
    code = app_code(secret, 1)
    sign_in(client, "maria", PASSWORD)
    assert client.post("/sign-in/second/", {"code": code})["Location"] == "/"
    second_browser = Client()
    sign_in(second_browser, "maria", PASSWORD)

    again = second_browser.post("/sign-in/second/", {"code": code})

    assert again.status_code == 200
    assert "wrong or was already used" in again.content.decode()


def test_guessing_codes_locks_even_with_the_password_in_between(client: Client) -> None:
    secret, _ = with_app()
    for _ in range(3):
        sign_in(client, "maria", PASSWORD)
        client.post("/sign-in/second/", {"code": "000000"})
        client.post("/sign-in/second/", {"code": "000000"})

    assert "Too many failed attempts" in client.post("/sign-in/second/", {"code": app_code(secret, 1)}).content.decode()
    assert sign_in(Client(), "maria", PASSWORD) == "429"
    assert "sign-in-locked" in events("maria")


def test_a_recovery_code_stands_in_for_a_lost_app_once(client: Client) -> None:
    _, made = with_app()
    sign_in(client, "maria", PASSWORD)
    assert client.post("/sign-in/second/", {"code": made[0]})["Location"] == "/"
    second_browser = Client()
    sign_in(second_browser, "maria", PASSWORD)
    assert second_browser.post("/sign-in/second/", {"code": made[0]}).status_code == 200
    assert second_browser.post("/sign-in/second/", {"code": made[1]})["Location"] == "/"


def test_new_recovery_codes_end_the_old_ones(client: Client) -> None:
    _, old = with_app()
    own = Client()
    sign_in(own, "maria", PASSWORD)
    own.post("/sign-in/second/", {"code": old[0]})
    where = own.get("/my/sign-in/codes/new/")["Location"]
    own.post(where, {"password": PASSWORD})
    own.post("/my/sign-in/codes/new/")

    assert not set(recovery_codes(own)) & set(old)
    sign_in(client, "maria", PASSWORD)
    assert client.post("/sign-in/second/", {"code": old[1]}).status_code == 200


def test_an_app_is_taken_away_with_the_password_and_the_ledger_knows(client: Client) -> None:
    secret, _ = with_app()
    sign_in(client, "maria", PASSWORD)
    client.post("/sign-in/second/", {"code": app_code(secret, 1)})
    client.post(client.get("/my/sign-in/app/remove/")["Location"], {"password": PASSWORD})
    client.post("/my/sign-in/app/remove/")

    assert not Authenticator.objects.exists()
    assert events("maria")[-2:] == ["second-factor-removed", "second-factor-removed"]
    assert sign_in(Client(), "maria", PASSWORD) == "/"


def test_a_wrong_password_does_not_open_the_page_that_changes_factors(maria: Client) -> None:
    add_person("maria", PASSWORD, "clerk")
    sign_in(maria, "maria", PASSWORD)
    again = maria.post(maria.get(APP)["Location"], {"password": "guess"})

    assert "Wrong password" in again.content.decode()
    assert maria.get(APP)["Location"].startswith(AGAIN)


def test_a_group_that_needs_a_second_factor_sees_nothing_until_there_is_one(client: Client) -> None:
    add_person("ivan", PASSWORD, "it")
    with setting(SECOND_FACTOR_GROUPS="it"):
        sign_in(client, "ivan", PASSWORD)
        assert {client.get(page)["Location"] for page in ("/", "/cases/", "/people/", "/master/")} == {"/my/sign-in/"}
        assert "Set one up to continue" in text_of(client.get("/my/sign-in/").content)
        set_up_app(client)
        assert client.get("/").status_code == 200


def test_a_group_that_needs_one_cannot_take_the_last_one_away(client: Client) -> None:
    add_person("ivan", PASSWORD, "it")
    with setting(SECOND_FACTOR_GROUPS="it"):
        sign_in(client, "ivan", PASSWORD)
        set_up_app(client)
        refused = client.post("/my/sign-in/app/remove/")
        assert "set up another one first" in refused.content.decode()
    assert Authenticator.objects.filter(type="totp").exists()


def test_other_groups_are_not_asked_for_one(maria: Client) -> None:
    with setting(SECOND_FACTOR_GROUPS="it"):
        assert maria.get("/").status_code == 200


@pytest.mark.parametrize("page", [APP, "/my/sign-in/", "/my/sign-in/keys/add/", "/my/sign-in/codes/"])
def test_no_page_about_factors_is_shown_to_nobody(client: Client, page: str) -> None:
    assert client.get(page)["Location"].startswith(("/sign-in/?next=/my/", "/sign-in/?next=%2Fmy%2F"))


def test_nothing_on_the_pages_of_factors_comes_from_elsewhere(maria: Client) -> None:
    add_person("maria", PASSWORD, "clerk")
    sign_in(maria, "maria", PASSWORD)
    maria.post(maria.get(APP)["Location"], {"password": PASSWORD})
    for page in (APP, "/my/sign-in/", "/my/sign-in/keys/add/"):
        response = maria.get(page)
        assert "script-src 'self'" in response["Content-Security-Policy"]
        assert "unsafe" not in response["Content-Security-Policy"]
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', response.content.decode())
        assert "Keywright" in response.content.decode()
