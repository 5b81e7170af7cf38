"""The accounts of new deciders count when a colleague has confirmed them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from keywright.cases import casebook
from keywright.console.people import account_admin
from keywright.console.people.account_admin import Keeper
from keywright.database.confirmations import MadeAccount, VendorAccount
from keywright.database.models import LedgerEntry
from keywright.errors import Stop
from keywright.model.case import State
from keywright.people import account_confirmation
from keywright.people.accounts import add_person
from keywright.review.decisions import id_of
from keywright.vendors import bank_accounts, master
from tests.keywright.console.desk import PASSWORD
from tests.keywright.console.pages import accept_boxes, decide, form_of, text_of
from tests.keywright.console.people.test_confirmations import COMMAND_LINE, GRAVEL, SignedIn, asked, bill, browser
from tests.keywright.console.review.test_second_person import KNOWN


def test_a_decider_whom_it_makes_is_no_second_person_until_a_colleague_confirms(ivan: Client, sara: Client) -> None:
    master.put_on_file([GRAVEL], {"file": "vendors.csv"}, actor=COMMAND_LINE)
    account_admin.add(Keeper(User.objects.get(username="ivan"), ""), "eve", PASSWORD, ["supervisor"])
    eve = browser("eve")
    case, (finding,) = bill("first")

    page = eve.get(f"/cases/{case.id}/review/").content
    assert accept_boxes(page) == []
    assert "a colleague has to confirm it under “Confirmations”" in text_of(page)
    decide(eve, case, "accept", form_of(eve, case), accept=id_of(finding))
    assert asked(case) == (finding,), "her word was taken for a clerk's"

    number = MadeAccount.objects.get(person__username="eve").pk
    assert eve.post(f"/confirm/people/{number}/").status_code == 403, "not her own word"
    assert ivan.post(f"/confirm/people/{number}/").status_code == 403, "not that of who made her"
    assert sara.post(f"/confirm/people/{number}/").status_code == 302
    case, (finding,) = bill("second")
    decide(eve, case, "accept", form_of(eve, case), accept=id_of(finding))
    assert asked(case) == ()
    entry = LedgerEntry.objects.get(event="person-confirmed")
    assert (entry.actor, entry.body) == ("sara", {"person": "eve", "makers": ["ivan"]})


def test_two_accounts_that_one_person_made_do_not_confirm_each_other(db: None, signed_in: SignedIn) -> None:
    signed_in("sara", "supervisor")
    for name in ("eve", "adam"):
        add_person(name, PASSWORD, "supervisor", actor=COMMAND_LINE, given=True)
    rows = {row.person.get_username(): row.pk for row in MadeAccount.objects.select_related("person")}

    assert browser("eve").post(f"/confirm/people/{rows['adam']}/").status_code == 403
    assert browser("adam").post(f"/confirm/people/{rows['eve']}/").status_code == 403
    assert {account_confirmation.is_own("eve"), account_confirmation.is_own("adam")} == {False}


def test_a_password_that_it_gives_makes_a_supervisor_nobody_s_second_person_again(ivan: Client, sara: Client) -> None:
    add_person("omar", PASSWORD, "supervisor", actor="sara")
    sara_herself = User.objects.get(username="sara")
    account_admin.give_password(Keeper(User.objects.get(username="ivan"), ""), sara_herself.pk, PASSWORD)

    assert not account_confirmation.is_own("sara")
    with pytest.raises(account_confirmation.NotTheirs):
        account_confirmation.confirm(sara_herself, MadeAccount.objects.get(person__username="omar").pk)


def test_a_new_password_from_the_command_line_does_the_same_whoever_types_it(db: None) -> None:
    add_person("sam", PASSWORD, "supervisor")
    assert account_confirmation.is_own("sam")

    add_person("sam", PASSWORD + "!", "supervisor", actor=COMMAND_LINE)

    assert not account_confirmation.is_own("sam")


def test_the_first_supervisor_of_an_office_needs_nobody_and_only_the_first(db: None) -> None:
    add_person("ivan", PASSWORD, "it", actor=COMMAND_LINE, given=True)
    add_person("sam", PASSWORD, "supervisor", actor=COMMAND_LINE, given=True)
    add_person("eve", PASSWORD, "supervisor", actor=COMMAND_LINE, given=True)
    assert (account_confirmation.is_own("sam"), account_confirmation.is_own("eve")) == (True, False)

    User.objects.get(username="sam").groups.clear()
    User.objects.get(username="eve").groups.clear()
    add_person("next", PASSWORD, "supervisor", actor=COMMAND_LINE, given=True)
    assert not account_confirmation.is_own("next"), "the ledger knows that there was one before"


def test_who_begins_an_office_as_a_clerk_and_is_made_its_supervisor_needs_nobody(db: None) -> None:
    add_person("anna", PASSWORD, "clerk", actor=COMMAND_LINE, given=True)
    add_person("anna", PASSWORD, "clerk", "supervisor", actor=COMMAND_LINE, given=True)
    for name, group in (("bob", "supervisor"), ("carl", "clerk")):
        add_person(name, PASSWORD, group, actor=COMMAND_LINE, given=True)
    assert [account_confirmation.is_own(name) for name in ("anna", "bob", "carl")] == [True, False, False]

    for row in account_confirmation.unconfirmed():
        account_confirmation.confirm(User.objects.get(username="anna"), row.pk)

    assert not account_confirmation.unconfirmed().exists()


def test_the_first_supervisor_whom_it_promotes_under_people_needs_nobody_either(ivan: Client) -> None:
    keeper = Keeper(User.objects.get(username="ivan"), "")
    anna = account_admin.add(keeper, "anna", PASSWORD, ["clerk"])
    bob = account_admin.add(keeper, "bob", PASSWORD, ["clerk"])
    for person in (anna, bob):
        account_admin.put_into_groups(keeper, person.pk, ["clerk", "supervisor"])

    assert [account_confirmation.is_own(name) for name in ("anna", "bob")] == [True, False]


def test_it_makes_nobody_the_first_supervisor_anew_with_a_password_for_the_one_who_was(ivan: Client) -> None:
    keeper = Keeper(User.objects.get(username="ivan"), "")
    sam = account_admin.add(keeper, "sam", PASSWORD, ["supervisor"])
    account_admin.give_password(keeper, sam.pk, PASSWORD)
    account_admin.add(keeper, "eve", PASSWORD, ["supervisor"])
    for groups in ([], ["supervisor"]):
        account_admin.put_into_groups(keeper, sam.pk, groups)

    assert [account_confirmation.is_own(name) for name in ("sam", "eve")] == [False, False]


def test_it_makes_no_first_supervisor_beside_a_clerk_to_whom_it_gives_a_password(ivan: Client, maria: Client) -> None:
    keeper = Keeper(User.objects.get(username="ivan"), "")
    account_admin.give_password(keeper, User.objects.get(username="maria").pk, PASSWORD)
    account_admin.add(keeper, "eve", PASSWORD, ["supervisor"])
    assert not account_confirmation.is_own("eve")


def test_where_nobody_is_left_who_may_confirm_the_server_s_shell_does_and_the_ledger_says_so(ivan: Client) -> None:
    keeper = Keeper(User.objects.get(username="ivan"), "")
    sam = account_admin.add(keeper, "sam", PASSWORD, ["supervisor"])
    account_admin.give_password(keeper, sam.pk, PASSWORD)
    account_admin.add(keeper, "carl", PASSWORD, ["clerk"])

    account_confirmation.confirm_in_person("sam", actor=COMMAND_LINE)

    assert [account_confirmation.is_own(name) for name in ("sam", "carl")] == [True, False]
    entry = LedgerEntry.objects.get(event="person-confirmed")
    assert (entry.actor, entry.body) == (COMMAND_LINE, {"person": "sam", "makers": ["ivan"], "in_person": True})
    with pytest.raises(Stop, match=r"must confirm the account of .* These may: sam"):
        account_confirmation.confirm_in_person("carl", actor=COMMAND_LINE)
    with pytest.raises(Stop, match="No account of sam waits"):
        account_confirmation.confirm_in_person("sam", actor=COMMAND_LINE)


def test_who_made_an_account_or_is_barred_is_nobody_who_could_confirm_it(db: None, signed_in: SignedIn) -> None:
    signed_in("ivan", "it", "clerk")
    signed_in("maria", "clerk")
    User.objects.filter(username="maria").update(is_active=False)
    add_person("eve", PASSWORD, "supervisor", actor="ivan", given=True)

    account_confirmation.confirm_in_person("eve", actor=COMMAND_LINE)

    assert account_confirmation.is_own("eve")


def test_a_clerk_may_confirm_a_colleague_and_sees_no_bank_accounts(maria: Client, ivan: Client) -> None:
    """So a town with one supervisor has one again whose password was forgotten."""
    master.put_on_file([GRAVEL], {"file": "vendors.csv"}, actor=COMMAND_LINE)
    add_person("eve", PASSWORD, "supervisor", actor="ivan")
    page = maria.get("/confirm/").content
    assert ("Confirm the account of eve" in text_of(page), KNOWN in text_of(page)) == (True, False)
    assert maria.post("/confirm/accounts/", {"account": VendorAccount.objects.get().pk}).status_code == 403
    assert ivan.get("/confirm/").status_code == 403
    assert maria.post(f"/confirm/people/{MadeAccount.objects.get().pk}/").status_code == 302
    assert account_confirmation.is_own("eve")
    assert "Already confirmed" in text_of(maria.post("/confirm/people/999/", follow=True).content)


def test_the_page_lists_what_waits_in_french_too(sara: Client) -> None:
    master.put_on_file([GRAVEL], {"file": "vendors.csv"}, actor=COMMAND_LINE)
    page = text_of(sara.get("/confirm/", headers={"accept-language": "fr"}).content)
    assert f"{KNOWN} · Bruce Trail Gravel Ltd. (V1011) · ajouté par {COMMAND_LINE}" in page
    assert casebook.get(bill("x")[0].id).state is State.REFERRED
    assert bank_accounts.waiting().count() == 1
