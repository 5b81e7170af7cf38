"""A password that somebody else gave opens one page only: the one on which the person chooses another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from keywright.database.models import GivenPassword, LedgerEntry
from keywright.ledger import ledger
from keywright.people import initial_passwords
from keywright.people.accounts import add_person
from tests.doors import in_this_office
from tests.keywright.clerks import clerk
from tests.keywright.console.conftest import SignedIn
from tests.keywright.console.desk import PASSWORD
from tests.keywright.console.door import setting, sign_in
from tests.keywright.console.pages import text_of
from tests.keywright.console.people.test_views import number

pytestmark = pytest.mark.usefixtures("quick_passwords")
GIVEN, OWN = "a password that was given", "one that only nora knows"
NEW = {"username": "nora", "password": GIVEN, "groups": ["clerk"]}
PAGE = "/my/sign-in/own-password/"


def chosen(client: Client, own: str, again: str = "") -> Any:
    return client.post(PAGE, {"new_password1": own, "new_password2": again or own})


def events(actor: str) -> list[str]:
    return list(LedgerEntry.objects.filter(actor=actor).order_by("number").values_list("event", flat=True))


def test_on_both_databases_who_was_added_chooses_a_password_and_goes_on(database: str) -> None:
    ivan, nora, second_browser = Client(), Client(), Client()
    ivan.force_login(clerk("ivan", "it"))
    ivan.post("/people/add/", NEW)
    for browser in (nora, second_browser):
        assert sign_in(browser, "nora", GIVEN) == "/"

    for address in ("/", "/cases/", "/my/sign-in/", "/cases/1/review/", "/next/", "/my/sign-in/app/"):
        assert nora.get(address)["Location"] == PAGE, address
    assert nora.post("/my/sign-in/sessions/")["Location"] == PAGE
    assert nora.get(PAGE).status_code == 200
    assert chosen(nora, OWN)["Location"] == "/"

    assert nora.get("/").status_code == 200
    assert second_browser.get("/")["Location"].startswith("/sign-in/")
    assert sign_in(Client(), "nora", GIVEN) == "422"
    again = Client()
    assert sign_in(again, "nora", OWN) == "/"
    assert again.get("/").status_code == 200
    assert events("nora")[:3] == ["signed-in", "signed-in", "password-changed"]
    assert LedgerEntry.objects.get(event="password-changed").body["given"] is True
    assert GIVEN not in str(list(LedgerEntry.objects.values_list("body", flat=True)))
    assert not ledger.verify().fault


def test_on_both_databases_it_gives_a_forgotten_password_anew(database: str) -> None:
    ivan, nora = Client(), Client()
    ivan.force_login(clerk("ivan", "it"))
    add_person("nora", PASSWORD, "clerk")
    sign_in(nora, "nora", PASSWORD)
    page = f"/people/{number('nora')}/password/"
    assert "New password for nora" in text_of(ivan.get(page).content)

    assert ivan.post(page, {"password": GIVEN})["Location"] == "/people/"

    assert nora.get("/")["Location"].startswith("/sign-in/")
    assert sign_in(Client(), "nora", PASSWORD) == "422"
    assert sign_in(nora, "nora", GIVEN) == "/"
    assert nora.get("/")["Location"] == PAGE
    assert chosen(nora, OWN).status_code == 302
    entry = LedgerEntry.objects.get(event="password-given")
    assert (entry.actor, entry.body["person"], entry.body["sessions"]) == ("ivan", "nora", 1)
    assert not GivenPassword.objects.exists()


@pytest.fixture
def nora(db: None, ivan: Client) -> Client:
    """The browser of somebody who was added, and has signed in."""
    ivan.post("/people/add/", NEW)
    client = Client()
    sign_in(client, "nora", GIVEN)
    return client


@pytest.mark.parametrize(
    ("own", "again", "sentence"),
    [
        (GIVEN, GIVEN, "the temporary password"),
        ("short", "short", "at least 10"),
        (OWN, OWN[:-1], "match"),
        ("", "", "required"),
    ],
)
def test_a_password_that_is_none_of_one_s_own_is_refused_in_words(
    nora: Client, own: str, again: str, sentence: str
) -> None:
    response = chosen(nora, own, again)
    assert (response.status_code, sentence in text_of(response.content)) == (422, True)
    assert nora.get("/")["Location"] == PAGE
    assert GivenPassword.objects.get().given_by == "ivan"
    assert "password-changed" not in events("nora")


def test_one_goes_on_to_the_page_that_was_asked_for_and_is_not_asked_again(nora: Client) -> None:
    nora.get("/cases/?state=referred")
    assert chosen(nora, OWN)["Location"] == "/cases/?state=referred"
    assert nora.get(PAGE)["Location"] == "/my/sign-in/"
    assert chosen(nora, "yet another good one")["Location"] == "/my/sign-in/"
    assert User.objects.get(username="nora").check_password(OWN)


def test_signing_out_and_the_other_language_stay_open(nora: Client) -> None:
    assert nora.post(reverse("set_language"), {"language": "fr", "next": PAGE})["Location"] == PAGE
    assert nora.post("/sign-out/")["Location"] == "/sign-in/"
    assert Client().get(PAGE)["Location"].startswith("/sign-in/")


def test_the_password_comes_before_the_second_factor(nora: Client) -> None:
    with setting(SECOND_FACTOR_GROUPS="clerk"):
        assert nora.get("/")["Location"] == PAGE
        assert nora.get(PAGE).status_code == 200
        assert nora.get("/my/sign-in/")["Location"] == PAGE
        chosen(nora, OWN)
        assert nora.get("/")["Location"] == "/my/sign-in/"


def test_at_the_command_line_a_password_is_given_unless_it_is_the_person_s_own(
    transactional_db: None, tmp_path: Path
) -> None:
    for more, is_given in (([], True), (["--own-password"], False), ([], True)):
        command = ["person", "nora", "--group", "clerk", *more]
        result = in_this_office(*command, home=tmp_path, stdin_text=f"{PASSWORD}\n")
        assert result == (0, "nora may sign in, as clerk.\n", "")
        assert initial_passwords.is_given(User.objects.get()) is is_given
    entries = list(LedgerEntry.objects.order_by("number").values_list("event", flat=True))
    assert entries == ["person-added", "groups-changed", "password-changed", "password-given"]


def test_only_it_gives_passwords_to_others_and_an_administrator_s_only_an_administrator(
    ivan: Client, maria: Client, signed_in: SignedIn
) -> None:
    sue = signed_in("sue", "supervisor")
    root = User.objects.create_superuser("root", password=PASSWORD)
    linked = clerk("dora")
    linked.set_unusable_password()
    linked.save()
    SocialAccount.objects.create(user=linked, provider="openid_connect", uid="4711")
    tried = [(maria, "ivan"), (sue, "maria"), (ivan, "ivan"), (ivan, "root"), (ivan, "dora")]
    for somebody, whom in tried:
        for response in (
            somebody.get(f"/people/{number(whom)}/password/"),
            somebody.post(f"/people/{number(whom)}/password/", {"password": GIVEN}),
        ):
            assert response.status_code == 403, whom
    assert Client().post(f"/people/{number('maria')}/password/")["Location"].startswith("/sign-in/")
    assert ivan.get("/people/99999/password/").status_code == 404
    assert not GivenPassword.objects.exists() and not LedgerEntry.objects.exists()
    people = text_of(ivan.get("/people/").content)
    assert "Set a new password for maria" in people and "Set a new password for dora" not in people
    administrator = Client()
    administrator.force_login(root)
    assert administrator.post(f"/people/{number('ivan')}/password/", {"password": GIVEN}).status_code == 302


def test_a_weak_password_is_not_given(ivan: Client, maria: Client) -> None:
    response = ivan.post(f"/people/{number('maria')}/password/", {"password": "short"})
    assert (response.status_code, "at least 10" in text_of(response.content)) == (422, True)
    assert not GivenPassword.objects.exists()


def test_who_changes_the_password_otherwise_has_one_of_one_s_own_too(db: None, ivan: Client) -> None:
    person = add_person("nora", GIVEN, "clerk", given=True)
    client = Client()
    client.force_login(person)
    session = client.session
    session.pop("keywright_given_password")  # as one that the directory has let in
    session.save()
    new = {"old_password": GIVEN, "new_password1": OWN, "new_password2": OWN}
    assert client.post("/my/sign-in/password/", new)["Location"] == "/my/sign-in/"
    assert not initial_passwords.is_given(person)
