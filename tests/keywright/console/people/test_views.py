"""IT puts people into groups, bars them and helps who has lost a second factor; nobody else does."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Group, User
from django.test import Client
from pytest_django import Settings

from keywright.database.models import LedgerEntry
from keywright.people import api_tokens
from keywright.people.accounts import add_person
from keywright.settings import django_settings
from tests.keywright.console.desk import PASSWORD
from tests.keywright.console.door import sign_in
from tests.keywright.console.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_passwords")]


def number(name: str) -> int:
    return User.objects.get(username=name).pk


def test_it_puts_a_person_into_groups_and_the_ledger_knows(ivan: Client, maria: Client) -> None:
    Group.objects.create(name="roads")

    ivan.post(f"/people/{number('maria')}/groups/", {"group": ["supervisor", "roads", "no such"]})

    assert set(User.objects.get(username="maria").groups.values_list("name", flat=True)) == {"roads", "supervisor"}
    entry = LedgerEntry.objects.get(event="groups-changed")
    assert entry.actor == "ivan"
    assert (entry.body["person"], entry.body["old"]) == ("maria", ["clerk"])
    assert entry.body["new"] == ["roads", "supervisor"]


def test_saving_the_groups_that_a_person_has_tells_the_ledger_nothing(ivan: Client, maria: Client) -> None:
    ivan.post(f"/people/{number('maria')}/groups/", {"group": ["clerk"]})
    assert not LedgerEntry.objects.exists()


def test_nobody_changes_one_s_own_rights(ivan: Client) -> None:
    for page, sent in (("groups", {"group": ["supervisor", "it"]}), ("bar", {}), ("factors", {})):
        assert ivan.post(f"/people/{number('ivan')}/{page}/", sent).status_code == 403
    assert list(User.objects.get().groups.values_list("name", flat=True)) == ["it"]


@pytest.mark.parametrize("page", ["/people/", "/people/lift/", "/people/{}/groups/", "/people/{}/bar/"])
def test_a_clerk_an_auditor_and_nobody_keep_no_people(page: str, maria: Client, ada: Client, client: Client) -> None:
    address = page.format(number("ada"))
    for somebody in (maria, ada):
        refused = somebody.get(address) if page == "/people/" else somebody.post(address, {"group": ["it"]})
        assert refused.status_code == 403
    assert client.get("/people/")["Location"] == "/sign-in/?next=/people/"
    assert not LedgerEntry.objects.exists()


def test_who_is_barred_is_out_at_once_with_sessions_and_tokens(ivan: Client, client: Client) -> None:
    add_person("maria", PASSWORD, "clerk")
    sign_in(client, "maria", PASSWORD)
    token = api_tokens.make("x", "maria", ["queue:read"], 1, actor="it").text

    ivan.post(f"/people/{number('maria')}/bar/")

    assert client.get("/")["Location"] == "/sign-in/?next=/"
    assert sign_in(Client(), "maria", PASSWORD) == "422"
    assert api_tokens.find(token) is None
    assert LedgerEntry.objects.get(event="person-barred").body["sessions"] == 1
    ivan.post(f"/people/{number('maria')}/bar/", {"admit": "yes"})
    assert sign_in(Client(), "maria", PASSWORD) == "/"


def test_it_takes_a_lost_second_factor_away(ivan: Client, maria: Client) -> None:
    TOTP.activate(User.objects.get(username="maria"), "JBSWY3DPEHPK3PXP")

    ivan.post(f"/people/{number('maria')}/factors/")

    assert not Authenticator.objects.exists()
    removed = LedgerEntry.objects.get(event="second-factor-removed")
    assert (removed.actor, removed.body) == ("ivan", {"person": "maria", "factor": "totp"})
    assert maria.get("/")["Location"].startswith("/sign-in/")


def test_people_are_found_by_a_part_of_the_name(ivan: Client, maria: Client) -> None:
    page = text_of(ivan.get("/people/?name=MAR").content)
    assert "Groups of maria" in page and "Groups of ada" not in page


def test_the_page_is_there_in_french(ivan: Client) -> None:
    page = ivan.get("/people/", headers={"Accept-Language": "fr"})
    assert page.status_code == 200 and 'lang="fr"' in page.content.decode()


def test_one_changes_one_s_own_password_and_the_other_sessions_end(client: Client) -> None:
    add_person("maria", PASSWORD, "clerk")
    second_browser = Client()
    for browser in (client, second_browser):
        sign_in(browser, "maria", PASSWORD)
    new = {"old_password": PASSWORD, "new_password1": "quite another one", "new_password2": "quite another one"}

    assert client.post("/my/sign-in/password/", new)["Location"] == "/my/sign-in/"

    assert client.get("/").status_code == 200
    assert second_browser.get("/")["Location"] == "/sign-in/?next=/"
    assert sign_in(Client(), "maria", "quite another one") == "/"
    entry = LedgerEntry.objects.get(event="password-changed")
    assert entry.actor == "maria" and "quite" not in str(entry.body)


@pytest.mark.parametrize(
    ("old", "new", "again", "sentence"),
    [
        ("guess", "quite another one", "quite another one", "The old password is wrong"),
        (PASSWORD, "short", "short", "at least 10"),
        (PASSWORD, "quite another one", "quite another on", "match"),
    ],
)
def test_a_password_that_cannot_be_is_refused_in_words(
    client: Client, old: str, new: str, again: str, sentence: str
) -> None:
    add_person("maria", PASSWORD, "clerk")
    sign_in(client, "maria", PASSWORD)
    response = client.post("/my/sign-in/password/", {"old_password": old, "new_password1": new, "new_password2": again})
    assert (response.status_code, sentence in text_of(response.content)) == (422, True)


def test_passwords_are_kept_as_argon2(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = django_settings.PASSWORD_HASHERS
    assert add_person("maria", PASSWORD, "clerk").password.startswith("argon2$argon2id$")


def test_people_added_at_the_command_line_are_in_the_ledger() -> None:
    add_person("maria", PASSWORD, "clerk", actor="command-line:root")
    add_person("maria", "quite another one", "it", actor="command-line:root")
    entries = list(LedgerEntry.objects.order_by("number").values_list("event", flat=True))
    assert entries == ["person-added", "groups-changed", "password-changed", "groups-changed"]
