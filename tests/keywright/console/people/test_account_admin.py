"""Adding people, their departments and ending their access on the pages: who may, who may not, what is told."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from keywright.console.people import account_admin
from keywright.console.people.account_admin import Keeper, MayNot
from keywright.database.models import LedgerEntry, StoredCase
from keywright.people.accounts import add_person, let_see
from keywright.people.permissions import hidden_bots
from keywright.review import claims
from tests.keywright.clerks import clerk
from tests.keywright.console.conftest import SignedIn
from tests.keywright.console.desk import BOT, PASSWORD, referred
from tests.keywright.console.door import sign_in
from tests.keywright.console.pages import text_of
from tests.keywright.console.people.test_views import number
from tests.keywright.racing import race

pytestmark = pytest.mark.usefixtures("quick_passwords")
NEW = {"username": "nora", "password": "quite a good one", "email": "nora@town.example"}


def groups_of(name: str) -> set[str]:
    return set(User.objects.get(username=name).groups.values_list("name", flat=True))


def told() -> list[tuple[str, str]]:
    return list(LedgerEntry.objects.order_by("number").values_list("event", "actor"))


@pytest.fixture
def sue(db: None, signed_in: SignedIn) -> Client:
    """The browser of a supervisor of the department roads."""
    Group.objects.create(name="roads")
    Group.objects.create(name="parks")
    return signed_in("sue", "supervisor", "roads")


def test_it_adds_a_person_who_signs_in_at_once_and_the_ledger_knows(ivan: Client) -> None:
    Group.objects.create(name="roads")

    assert ivan.post("/people/add/", {**NEW, "groups": ["clerk", "roads"]})["Location"] == "/people/"

    assert sign_in(Client(), "nora", NEW["password"]) == "/"
    assert groups_of("nora") == {"clerk", "roads"}
    assert User.objects.get(username="nora").email == "nora@town.example"
    assert told() == [("person-added", "ivan"), ("groups-changed", "ivan"), ("signed-in", "nora")]
    assert LedgerEntry.objects.get(event="groups-changed").body["new"] == ["clerk", "roads"]
    assert NEW["password"] not in str(list(LedgerEntry.objects.values_list("body", flat=True)))


def test_whom_a_supervisor_adds_comes_in_when_it_has_let_the_account_in(sue: Client, ivan: Client) -> None:
    assert sue.post("/people/add/", {**NEW, "groups": ["clerk", "roads"]}, follow=True).status_code == 200
    assert sign_in(Client(), "nora", NEW["password"]) == "422"
    assert sue.post(f"/people/{number('nora')}/bar/", {"admit": "yes"}).status_code == 403
    assert "Allow nora to sign in" in text_of(ivan.get("/people/").content)

    ivan.post(f"/people/{number('nora')}/bar/", {"admit": "yes"})

    assert sign_in(Client(), "nora", NEW["password"]) == "/"
    acts = [(event, actor) for event, actor in told() if actor in ("sue", "ivan")]
    assert acts == [("person-added", "sue"), ("groups-changed", "sue"), ("person-readmitted", "ivan")]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"username": "IVAN"}, "This user name is already taken"),
        ({"username": "no blanks"}, "valid username"),
        ({"username": ""}, "required"),
        ({"password": "short"}, "at least 10"),
        ({"email": "nowhere"}, "valid email"),
        ({"groups": ["kings"]}, "kings"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field_and_nobody_is_added(
    ivan: Client, changes: dict[str, Any], says: str
) -> None:
    response = ivan.post("/people/add/", {**NEW, **changes})
    assert (response.status_code, says in text_of(response.content)) == (422, True)
    assert User.objects.count() == 1
    assert not LedgerEntry.objects.exists()


@pytest.mark.parametrize("page", ["/people/add/", "/people/departments/", "/people/departments/sees/"])
def test_a_clerk_an_auditor_and_nobody_add_no_person_and_no_department(
    page: str, maria: Client, ada: Client, client: Client
) -> None:
    for somebody in (maria, ada):
        assert somebody.post(page, {**NEW, "name": "roads"}).status_code == 403
        assert somebody.get("/people/add/").status_code == 403
    assert client.post(page, NEW)["Location"].startswith("/sign-in/")
    assert User.objects.count() == 2
    assert not LedgerEntry.objects.exists()


@pytest.mark.parametrize("group", ["supervisor", "it", "auditor", "parks"])
def test_a_supervisor_gives_no_group_but_clerks_and_the_own_departments(sue: Client, maria: Client, group: str) -> None:
    assert sue.post("/people/add/", {**NEW, "groups": [group]}).status_code == 422
    sue.post(f"/people/{number('maria')}/groups/", {"group": ["clerk", "roads", group]})
    assert groups_of("maria") == {"clerk", "roads"}
    assert not User.objects.filter(username="nora").exists()
    with pytest.raises(MayNot):
        account_admin.add(Keeper(User.objects.get(username="sue"), ""), "nora", PASSWORD, [group])


def test_a_group_that_a_supervisor_may_not_give_stays_with_who_has_it(sue: Client, signed_in: SignedIn) -> None:
    signed_in("maria", "clerk", "parks")
    sue.post(f"/people/{number('maria')}/groups/", {"group": []})
    assert groups_of("maria") == {"parks"}


@pytest.mark.parametrize("group", ["supervisor", "it", "auditor"])
def test_a_supervisor_ends_the_access_of_clerks_and_of_nobody_else(
    sue: Client, signed_in: SignedIn, group: str
) -> None:
    signed_in("otto", group)
    signed_in("maria", "clerk")

    assert sue.post(f"/people/{number('otto')}/bar/").status_code == 403
    assert sue.post(f"/people/{number('otto')}/groups/", {"group": []}).status_code == 403
    assert sue.post(f"/people/{number('otto')}/factors/").status_code == 403
    assert sue.post(f"/people/{number('maria')}/bar/").status_code == 302

    barred = User.objects.filter(is_active=False)
    assert [account.username for account in barred] == ["maria"]
    assert groups_of("otto") == {group}


def test_a_supervisor_does_not_change_the_own_rights(sue: Client) -> None:
    assert sue.post(f"/people/{number('sue')}/groups/", {"group": ["clerk", "roads", "it"]}).status_code == 403
    assert groups_of("sue") == {"supervisor", "roads"}


def test_a_supervisor_sees_only_what_a_supervisor_may_do(sue: Client, maria: Client, ivan: Client) -> None:
    page = text_of(sue.get("/people/").content)
    assert "Block access of maria" in page and "Groups of maria" in page
    assert "Bar ivan" not in page and "Departments" not in page
    assert "People" in text_of(sue.get("/").content)


def test_what_a_barred_person_had_in_hand_is_anybodys_again(ivan: Client, maria: Client) -> None:
    assigned, claimed = referred("a.pdf"), referred("b.pdf")
    person, second_person = User.objects.get(username="maria"), clerk("petra")
    claims.hand_over(int(assigned.id), person, person=second_person)
    claims.claim(int(claimed.id), person)

    ivan.post(f"/people/{person.pk}/bar/")

    assert not StoredCase.objects.exclude(assigned_to=None, claimed_by=None).exists()
    assert LedgerEntry.objects.get(event="person-barred").body["cases"] == [int(assigned.id)]
    back = LedgerEntry.objects.filter(event="case-handed-over").latest("number")
    assert (back.actor, back.case_id, back.body["from"]) == ("ivan", int(assigned.id), "maria")


def test_the_last_person_of_it_is_not_removed(db: None, client: Client, ivan: Client) -> None:
    admin = User.objects.create_superuser("root", password=PASSWORD)
    client.force_login(admin)
    for page, sent in (("bar", {}), ("groups", {"group": ["clerk"]})):
        refused = client.post(f"/people/{number('ivan')}/{page}/", sent)
        assert (refused.status_code, "only person in the IT group" in text_of(refused.content)) == (403, True)
    assert User.objects.get(username="ivan").is_active and groups_of("ivan") == {"it"}

    add_person("irma", PASSWORD, "it")
    assert client.post(f"/people/{number('ivan')}/bar/").status_code == 302


def test_of_two_of_it_who_bar_each_other_at_once_one_stays(database: str) -> None:
    ivan, irma = clerk("ivan", "it"), clerk("irma", "it")

    outcomes = race(
        partial(account_admin.bar, Keeper(ivan, ""), irma.pk), partial(account_admin.bar, Keeper(irma, ""), ivan.pk)
    )

    assert sum(isinstance(outcome, MayNot) for outcome in outcomes) == 1, outcomes
    assert User.objects.filter(is_active=True).count() == 1


def test_it_makes_a_department_and_says_what_it_sees(ivan: Client, maria: Client) -> None:
    assert ivan.post("/people/departments/", {"name": "roads", "bots": [BOT]})["Location"] == "/people/departments/"

    entry = LedgerEntry.objects.get(event="department-set")
    assert (entry.actor, entry.body) == ("ivan", {"group": "roads", "old": [], "new": [BOT]})
    assert BOT in hidden_bots(User.objects.get(username="maria"))
    ivan.post(f"/people/{number('maria')}/groups/", {"group": ["clerk", "roads"]})
    assert not hidden_bots(User.objects.get(username="maria"))
    page = ivan.get("/people/departments/")
    assert "Bots of roads" in text_of(page.content)


def test_two_departments_of_one_name_or_one_called_as_a_group_are_refused(ivan: Client) -> None:
    Group.objects.create(name="roads")
    for name in ("Roads", "it", " "):
        assert ivan.post("/people/departments/", {"name": name}).status_code == 422
    assert not LedgerEntry.objects.exists()


def test_a_bot_that_is_none_and_a_department_that_is_none_change_nothing(ivan: Client) -> None:
    Group.objects.create(name="roads")
    assert ivan.post("/people/departments/sees/", {"name": "roads", "bot": ["robots"]}).status_code == 422
    assert ivan.post("/people/departments/sees/", {"name": "parks", "bot": [BOT]})["Location"] == "/people/departments/"
    assert not LedgerEntry.objects.exists()


def test_nobody_of_it_makes_more_cases_seen_to_oneself(ivan: Client, client: Client) -> None:
    let_see("roads", [BOT], actor="root")
    ivan_himself = User.objects.get(username="ivan")

    refused = ivan.post("/people/departments/sees/", {"name": "roads", "bot": []})

    assert (refused.status_code, "cannot extend your own rights" in text_of(refused.content)) == (403, True)
    assert BOT in hidden_bots(ivan_himself)
    assert LedgerEntry.objects.filter(event="department-set").count() == 1
    client.force_login(User.objects.create_superuser("root", password=PASSWORD))
    client.post("/people/departments/sees/", {"name": "roads", "bot": []})
    assert not hidden_bots(ivan_himself)


def test_a_person_who_is_not_there_is_not_there(ivan: Client) -> None:
    assert ivan.post("/people/99999/groups/", {}).status_code == 404
    assert ivan.post("/people/99999/bar/").status_code == 404
