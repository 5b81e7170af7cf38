"""Signing in through the town's own directory: who comes in, with which rights, and who does not."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth.models import User
from django.test import Client

from keywright.database.models import LedgerEntry
from keywright.people.accounts import add_person
from tests.keywright.console.desk import PASSWORD
from tests.keywright.console.door import setting, sign_in
from tests.keywright.console.pages import parsed, text_of
from tests.keywright.directory_provider import CLIENT, SECRET, TownDirectory, running

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_passwords")]


@pytest.fixture
def town() -> Iterator[TownDirectory]:
    with running() as town, setting(OIDC_URL=town.url, OIDC_CLIENT=CLIENT, OIDC_SECRET=SECRET, OIDC_NAME="Millbrook"):
        yield town


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def through(client: Client, town: TownDirectory, **sent: str) -> Any:
    """Go to the directory by the button, and come back with what it gave; return our answer."""
    page = client.post("/sign-in/directory/", sent)
    there = parsed(page.content).xpath("//main//a/@href")[0]
    try:
        urllib.request.build_opener(_Stay).open(there)
    except urllib.error.HTTPError as moved:
        assert moved.code == 302, there
        return client.get(moved.headers["Location"].removeprefix("http://testserver"))
    raise AssertionError("the directory let nobody in")


def test_who_comes_for_the_first_time_has_an_account_and_no_rights(client: Client, town: TownDirectory) -> None:
    assert "Sign in with Millbrook" in client.get("/sign-in/").content.decode()

    assert through(client, town)["Location"] == "/"

    person = User.objects.get()
    assert (person.username, person.groups.count(), person.has_usable_password()) == ("maria", 0, False)
    assert client.get("/").status_code == 403
    entries = list(LedgerEntry.objects.order_by("number").values_list("event", "actor"))
    assert entries == [("person-added", "maria"), ("signed-in", "maria")]
    assert LedgerEntry.objects.get(event="signed-in").body["by"] == ["directory"]


def test_one_goes_on_to_the_page_that_was_asked_for(client: Client, town: TownDirectory) -> None:
    assert through(client, town, next="/cases/")["Location"] == "/cases/"
    assert through(Client(), town, next="https://elsewhere.example/")["Location"] == "/"


def test_who_comes_again_has_the_same_account_and_the_rights_it_was_given(client: Client, town: TownDirectory) -> None:
    through(client, town)
    add_person("maria", PASSWORD, "clerk")
    again = Client()
    through(again, town)

    assert User.objects.count() == 1
    assert again.get("/").status_code == 200


def test_an_account_is_not_taken_over_by_its_name_or_its_address(client: Client, town: TownDirectory) -> None:
    boss = add_person("maria", PASSWORD, "supervisor", "it")
    boss.email = "maria@town.example"
    boss.save()
    town.person |= {"email": "maria@town.example", "email_verified": True, "name": "Maria Other"}

    assert through(client, town)["Location"] == "/"

    assert client.get("/").status_code == 403
    newcomer = User.objects.exclude(pk=boss.pk).get()
    assert newcomer.username != "maria" and newcomer.groups.count() == 0
    assert int(client.session["_auth_user_id"]) == newcomer.pk


def test_groups_of_the_directory_become_ours_and_go_with_it(client: Client, town: TownDirectory) -> None:
    with setting(OIDC_GROUPS="ap-clerks=clerk; ap-leads=supervisor"):
        town.person["groups"] = ["ap-clerks", "chess"]
        through(client, town)
        assert client.get("/").status_code == 200
        person = User.objects.get()
        person.groups.add(_group("roads"))
        town.person["groups"] = ["ap-leads"]
        through(Client(), town)

    assert set(person.groups.values_list("name", flat=True)) == {"supervisor", "roads"}
    changes = LedgerEntry.objects.filter(event="groups-changed").order_by("number")
    assert [entry.body["new"] for entry in changes] == [["clerk"], ["roads", "supervisor"]]


def _group(name: str) -> Any:
    from django.contrib.auth.models import Group

    return Group.objects.create(name=name)


def test_without_the_setting_no_claim_gives_rights(client: Client, town: TownDirectory) -> None:
    town.person["groups"] = ["it", "supervisor"]
    through(client, town)
    assert User.objects.get().groups.count() == 0


STRANGE = rsa.generate_private_key(65537, 2048)


@pytest.mark.parametrize(
    "wrong",
    [
        {"signs_with": STRANGE},
        {"algorithm": "none"},
        {"claims": {"aud": "another program"}},
        {"claims": {"aud": ["keywright", "another"], "azp": "another"}},
        {"claims": {"iss": "https://elsewhere.example"}},
        {"claims": {"exp": int(time.time()) - 3600}},
        {"userinfo": {"sub": "somebody else"}},
    ],
    ids=["strange key", "not signed", "for another", "made for another", "of another", "long over", "about another"],
)
def test_what_cannot_be_trusted_lets_nobody_in(client: Client, town: TownDirectory, wrong: dict[str, Any]) -> None:
    for name, value in wrong.items():
        setattr(town, name, value)

    response = through(client, town)

    assert response.status_code == 401
    assert "Sign-in failed" in text_of(response.content)
    assert not User.objects.exists()
    entry = LedgerEntry.objects.get()
    assert (entry.event, entry.body["by"]) == ("sign-in-refused", "directory")
    assert SECRET not in str(entry.body)


def test_a_code_that_somebody_else_asked_for_lets_nobody_in(client: Client, town: TownDirectory) -> None:
    stolen = client.post("/sign-in/directory/")
    there = parsed(stolen.content).xpath("//main//a/@href")[0]
    with pytest.raises(urllib.error.HTTPError) as moved:
        urllib.request.build_opener(_Stay).open(there)
    back = moved.value.headers["Location"].removeprefix("http://testserver")

    assert Client().get(back).status_code == 401
    assert not User.objects.exists()


@pytest.mark.parametrize("fault", [{"down": True}, {"issuer": "https://elsewhere.example"}])
def test_a_directory_that_does_not_answer_as_it_should_is_told_in_words(
    client: Client, town: TownDirectory, fault: dict[str, Any]
) -> None:
    for name, value in fault.items():
        setattr(town, name, value)
    response = client.post("/sign-in/directory/")
    assert (response.status_code, "not available" in text_of(response.content)) == (502, True)
    assert LedgerEntry.objects.get().event == "sign-in-refused"


def test_who_is_barred_here_does_not_come_in_by_the_directory(client: Client, town: TownDirectory) -> None:
    through(client, town)
    User.objects.update(is_active=False)

    assert through(Client(), town)["Location"] == "/sign-in/barred/"
    assert client.get("/sign-in/barred/").status_code == 403


def test_a_person_links_the_two_accounts_after_the_password_once_more(client: Client, town: TownDirectory) -> None:
    add_person("maria", PASSWORD, "clerk")
    sign_in(client, "maria", PASSWORD)

    back = through(client, town, process="connect")
    assert back["Location"].startswith("/sign-in/again/")
    client.post(back["Location"], {"password": PASSWORD})

    second_browser = Client()
    through(second_browser, town)
    assert (User.objects.count(), second_browser.get("/").status_code) == (1, 200)
    assert LedgerEntry.objects.filter(event="directory-linked", actor="maria").exists()


def linked(client: Client, town: TownDirectory) -> None:
    """Let maria, who has a password, link the two accounts."""
    add_person("maria", PASSWORD, "clerk")
    sign_in(client, "maria", PASSWORD)
    back = through(client, town, process="connect")
    client.post(back["Location"], {"password": PASSWORD})


def test_a_person_ends_the_link_and_is_a_stranger_to_who_comes_by_the_directory(
    client: Client, town: TownDirectory
) -> None:
    linked(client, town)
    page = client.get("/my/sign-in/directory/")
    assert (page.status_code, "Unlink Millbrook" in text_of(page.content)) == (200, True)

    assert client.post("/my/sign-in/directory/")["Location"] == "/my/sign-in/"

    assert "Link my" in client.get("/my/sign-in/").content.decode()
    entry = LedgerEntry.objects.get(event="directory-unlinked")
    assert (entry.actor, entry.body["uid"]) == ("maria", "4711")
    second_browser = Client()
    through(second_browser, town)
    assert (User.objects.count(), second_browser.get("/").status_code) == (2, 403)
    assert client.get("/my/sign-in/directory/")["Location"] == "/my/sign-in/"


def test_the_link_ends_only_after_the_password_once_more(client: Client, town: TownDirectory) -> None:
    linked(client, town)
    again = Client()
    again.force_login(User.objects.get())
    assert again.post("/my/sign-in/directory/")["Location"].startswith("/sign-in/again/")
    assert Client().post("/my/sign-in/directory/")["Location"].startswith("/sign-in/?next=")
    assert not LedgerEntry.objects.filter(event="directory-unlinked").exists()


def test_who_has_no_password_keeps_the_only_way_in(client: Client, town: TownDirectory) -> None:
    through(client, town)
    refused = client.post("/my/sign-in/directory/")
    assert (refused.status_code, "Ask IT for a password first" in text_of(refused.content)) == (409, True)
    assert not LedgerEntry.objects.filter(event="directory-unlinked").exists()


def test_where_no_directory_is_set_up_there_is_no_way_to_one(client: Client) -> None:
    assert client.post("/sign-in/directory/").status_code == 404
    assert client.get("/sign-in/directory/town/").status_code == 404
    assert "directory" not in client.get("/sign-in/").content.decode()


def test_our_pages_send_no_form_to_the_directory(client: Client, town: TownDirectory) -> None:
    page = client.post("/sign-in/directory/")
    assert "form-action 'self'" in page["Content-Security-Policy"]
    assert page.status_code == 200
    assert f"url={town.url}/authorize" in page.content.decode()
