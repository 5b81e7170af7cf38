"""What one person could do alone takes two: new deciders, and bank accounts that come in or are changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from cli.vendors import import_vendors
from keywright.bot import bot_named
from keywright.cases import casebook
from keywright.console.people import account_admin
from keywright.console.people.account_admin import Keeper
from keywright.database.confirmations import MadeAccount, VendorAccount
from keywright.database.models import LedgerEntry, StoredVendor
from keywright.errors import Stop
from keywright.findings import Finding
from keywright.ledger import ledger
from keywright.model.case import Case, State
from keywright.model.checks import weigh
from keywright.model.vendor import Vendor
from keywright.people import account_confirmation, initial_passwords
from keywright.people.accounts import add_person
from keywright.review import undo
from keywright.review.decisions import id_of
from keywright.terminal import SafeConsole
from keywright.vendors import bank_accounts, master
from tests.keywright.api.programs import program
from tests.keywright.console.desk import BOT, PASSWORD, office, referred
from tests.keywright.console.pages import accept_boxes, decide, form_of, text_of
from tests.keywright.console.review.test_second_person import KNOWN, NEW, read

SignedIn = Callable[..., Client]
GRAVEL = Vendor("V1011", "Bruce Trail Gravel Ltd.", bank_accounts=(KNOWN,))
COMMAND_LINE = "command-line:root"


@pytest.fixture
def sara(db: None, signed_in: SignedIn) -> Client:
    """A supervisor's browser."""
    return signed_in("sara", "supervisor")


def browser(name: str) -> Client:
    """Return the browser of somebody who has chosen a password of one's own."""
    client, person = Client(), User.objects.get(username=name)
    initial_passwords.is_own(person)
    client.force_login(person)
    return client


def asked(case: Case) -> tuple[Finding, ...]:
    """Return what the checks ask of a case, as it stands."""
    case, bot = casebook.get(case.id), bot_named(BOT)
    assert case.extraction is not None
    circumstances = office().circumstances(case, bot, case.extraction)
    return tuple(
        finding for finding in weigh(case.extraction, bot.checks, circumstances, case.settled).findings if finding.asks
    )


def bill(name: str, account: str = KNOWN) -> tuple[Case, tuple[Finding, ...]]:
    """Return a referred bill that prints an account, with what its checks ask about it."""
    extraction = read(account).with_fields(read(account).fields["invoice_number"])
    number = extraction.fields["invoice_number"]
    total = extraction.fields["grand_total"]
    amount = Decimal(len(name) + 100) + Decimal(sum(map(ord, name)))
    extraction = extraction.without("net_total", "tax_total").with_fields(
        replace(number, value=f"N-{name}"), replace(total, value=amount)
    )
    case = referred(f"{name}.pdf", read_before=extraction)
    findings = tuple(finding for finding in asked(case) if finding.rule.startswith("bank-account"))
    return referred(f"{name}-asked.pdf", findings, extraction) if findings else case, findings


# --- bank accounts -------------------------------------------------------------------------------


def test_an_imported_account_is_asked_about_until_a_second_person_accepts_it_on_a_bill(sara: Client) -> None:
    master.put_on_file([GRAVEL], {"file": "vendors.csv"}, actor=COMMAND_LINE)
    case, (finding,) = bill("first")
    assert finding.rule == "bank-account-unconfirmed"
    assert accept_boxes(sara.get(f"/cases/{case.id}/review/").content) == [id_of(finding)]

    decide(sara, case, "accept", form_of(sara, case), accept=id_of(finding))

    assert asked(case) == ()
    assert bill("second")[1] == (), "from then on it counts"


def test_a_clerk_s_word_is_not_enough_for_it(maria: Client) -> None:
    master.put_on_file([GRAVEL], {"file": "vendors.csv"}, actor=COMMAND_LINE)
    case, (finding,) = bill("first")

    decide(maria, case, "accept", form_of(maria, case), accept=id_of(finding))

    assert asked(case) == (finding,)
    assert not VendorAccount.objects.exclude(confirmed_by="").exists()


def test_the_first_account_of_a_vendor_and_another_one_are_known_once_they_were_accepted(sara: Client) -> None:
    master.put_on_file([Vendor("V1011", "Bruce Trail Gravel Ltd.")], {"file": "v.csv"}, actor="ivan")
    case, (first,) = bill("first")
    assert first.rule == "bank-account-first"
    decide(sara, case, "accept", form_of(sara, case), accept=id_of(first))
    assert bill("next")[1] == ()

    case, (finding,) = bill("other", NEW)
    assert finding.rule == "bank-account-changed"
    decide(sara, case, "accept", form_of(sara, case), accept=id_of(finding))
    assert bill("after", NEW)[1] == ()


def test_an_undone_decision_takes_its_word_for_the_account_back(sara: Client) -> None:
    master.put_on_file([GRAVEL], {"file": "vendors.csv"}, actor=COMMAND_LINE)
    known, changed = bill("known"), bill("other", NEW)
    for case, (finding,) in (known, changed):
        decide(sara, case, "accept", form_of(sara, case), accept=id_of(finding))
        undo.undo(int(case.id), person=User.objects.get(username="sara"))

    assert VendorAccount.objects.get().confirmed_by == ""
    assert [bill("again")[1][0].rule, bill("again2", NEW)[1][0].rule] == [
        "bank-account-unconfirmed",
        "bank-account-changed",
    ]


def test_what_it_puts_on_file_it_confirms_nowhere(signed_in: SignedIn, sara: Client) -> None:
    both = signed_in("ivan", "it", "supervisor")
    form = {"number": "V1011", "name": GRAVEL.name, "bank_accounts": KNOWN, "active": "on"}
    assert both.post("/master/records/storedvendor/add/", form).status_code == 302
    row = VendorAccount.objects.get()
    assert (row.put_by, row.confirmed_by) == ("ivan", "")

    response = both.post("/confirm/accounts/", {"account": row.pk}, follow=True)
    assert "Someone else has to confirm" in text_of(response.content)
    case, _findings = bill("first")
    assert accept_boxes(both.get(f"/cases/{case.id}/review/").content) == []
    assert VendorAccount.objects.get().confirmed_by == ""

    assert "account confirmed" in text_of(sara.post("/confirm/accounts/", {"account": row.pk}, follow=True).content)
    assert bill("second")[1] == ()
    entry = LedgerEntry.objects.get(event="vendor-account-confirmed")
    assert (entry.actor, entry.body["vendor"], entry.body["put_by"]) == ("sara", "V1011", "ivan")
    assert not ledger.verify().fault


def test_who_may_be_at_the_command_line_does_not_confirm_what_came_in_there(signed_in: SignedIn, sara: Client) -> None:
    both = signed_in("ivan", "it", "supervisor")
    master.put_on_file([GRAVEL], {"file": "vendors.csv"}, actor=COMMAND_LINE)
    number = VendorAccount.objects.get().pk

    both.post("/confirm/accounts/", {"account": number})
    assert VendorAccount.objects.get().confirmed_by == ""
    case, _findings = bill("first")
    assert accept_boxes(both.get(f"/cases/{case.id}/review/").content) == []

    sara.post("/confirm/accounts/", {"account": number})
    assert VendorAccount.objects.get().confirmed_by == "sara"


def test_an_account_that_was_confirmed_and_is_changed_on_file_waits_again(ivan: Client, sara: Client) -> None:
    master.put_on_file([GRAVEL], {"file": "vendors.csv"}, actor=COMMAND_LINE)
    sara.post("/confirm/accounts/", {"account": VendorAccount.objects.get().pk})
    pk = StoredVendor.objects.get().pk
    form = {"name": GRAVEL.name, "bank_accounts": f"{KNOWN}\n{NEW}", "active": "on"}
    ivan.post(f"/master/records/storedvendor/{pk}/change/", form)

    assert bill("known")[1] == ()
    assert [finding.rule for finding in bill("new", NEW)[1]] == ["bank-account-unconfirmed"]


def test_an_account_that_it_takes_off_file_counts_no_longer(ivan: Client, sara: Client) -> None:
    master.put_on_file([GRAVEL], {"file": "vendors.csv"}, actor=COMMAND_LINE)
    sara.post("/confirm/accounts/", {"account": VendorAccount.objects.get().pk})
    address = f"/master/records/storedvendor/{StoredVendor.objects.get().pk}/change/"
    form = {"name": GRAVEL.name, "bank_accounts": NEW, "active": "on"}
    assert ivan.post(address, form).status_code == 302

    assert [finding.rule for finding in bill("old")[1]] == ["bank-account-changed"]

    ivan.post(address, {**form, "bank_accounts": KNOWN})
    assert [finding.rule for finding in bill("again")[1]] == ["bank-account-unconfirmed"], "put back, it is a new one"


def test_an_account_accepted_on_a_bill_can_be_withdrawn(sara: Client, maria: Client) -> None:
    master.put_on_file([GRAVEL], {"file": "vendors.csv"}, actor="ivan")
    case, (finding,) = bill("other", NEW)
    decide(sara, case, "accept", form_of(sara, case), accept=id_of(finding))
    row = VendorAccount.objects.get(put_by="")
    page = text_of(sara.get("/confirm/").content)
    assert f"{NEW} · Bruce Trail Gravel Ltd. (V1011) · accepted by sara on" in page
    assert maria.post("/confirm/withdrawn/", {"account": row.pk}).status_code == 403
    waiting = bank_accounts.waiting().get()
    assert bill("before", NEW)[1] == ()

    response = sara.post("/confirm/withdrawn/", {"account": [row.pk, waiting.pk]}, follow=True)

    assert "1 bank account withdrawn" in text_of(response.content)
    assert VendorAccount.objects.get() == waiting, "what is on file IT takes off"
    assert [finding.rule for finding in bill("after", NEW)[1]] == ["bank-account-changed"]
    entry = LedgerEntry.objects.get(event="vendor-account-withdrawn")
    assert (entry.actor, entry.case_id, entry.body["accepted_by"]) == ("sara", int(case.id), "sara")


def test_a_bill_that_prints_the_end_of_two_accounts_confirms_neither(sara: Client) -> None:
    two = replace(GRAVEL, bank_accounts=("004-10202-1234567", "010-30400-1234567"))
    master.put_on_file([two], {"file": "vendors.csv"}, actor=COMMAND_LINE)
    case, (finding,) = bill("end", "1234567")
    assert finding.rule == "bank-account-unconfirmed"

    decide(sara, case, "accept", form_of(sara, case), accept=id_of(finding))

    assert bank_accounts.waiting().count() == 2
    assert bill("again", "1234567")[1] == ()
    assert [finding.rule for finding in bill("whole", "010-30400-1234567")[1]] == ["bank-account-unconfirmed"]
    case, (finding,) = bill("whole", "004-10202-1234567")
    decide(sara, case, "accept", form_of(sara, case), accept=id_of(finding))
    assert [row.account for row in bank_accounts.waiting()] == ["010-30400-1234567"]


def test_an_account_accepted_on_a_bill_and_put_on_file_then_is_the_file_s(sara: Client, ivan: Client) -> None:
    master.put_on_file([GRAVEL], {"file": "vendors.csv"}, actor=COMMAND_LINE)
    case, (finding,) = bill("other", NEW)
    decide(sara, case, "accept", form_of(sara, case), accept=id_of(finding))

    master.put_on_file([replace(GRAVEL, bank_accounts=(NEW,))], {"file": "vendors.csv"}, actor=COMMAND_LINE)

    assert bill("next", NEW)[1] == ()
    row = VendorAccount.objects.get()
    assert (row.account, row.put_by, row.confirmed_by) == (NEW, COMMAND_LINE, "sara")


def test_accounts_that_were_on_file_before_count(sara: Client) -> None:
    master.put_on_file([GRAVEL], {"file": "vendors.csv"}, actor=COMMAND_LINE)
    VendorAccount.objects.all().delete()  # as in a database from before

    assert bill("first")[1] == ()
    master.put_on_file([GRAVEL], {"file": "vendors.csv"}, actor=COMMAND_LINE)
    assert not VendorAccount.objects.exists(), "what stays as it is was not put there by the list"


def test_an_import_says_how_many_accounts_wait_for_a_supervisor(db: None, tmp_path: Path) -> None:
    file = tmp_path / "vendors.csv"
    file.write_text(f"number,name,bank account\nV1,Salt Inc.,{KNOWN}\nV2,Grit Ltd.,\n")
    screen = SafeConsole(record=True, width=200)

    import_vendors(file, actor=COMMAND_LINE, screen=screen)

    assert "1 bank account waits for a supervisor to confirm it" in screen.export_text()


def test_a_program_s_word_is_nobody_s_second_word(db: None) -> None:
    master.put_on_file([GRAVEL], {"file": "vendors.csv"}, actor=COMMAND_LINE)
    case, (finding,) = bill("first")
    sam = program("sam", "supervisor")
    version = sam.get(f"/cases/{case.id}").json()["seen"]

    response = sam.post(
        f"/cases/{case.id}/decision", {"decision": "accept", "seen": version, "findings": [id_of(finding)]}
    )

    assert response.status_code == 200
    assert [finding["rule"] for finding in response.json()["waits_for"]] == ["bank-account-unconfirmed"]
    assert asked(case) == (finding,)


# --- people --------------------------------------------------------------------------------------


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
