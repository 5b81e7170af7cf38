"""Bank accounts that are imported or changed count when a second person has confirmed them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from django.contrib.auth.models import User
from django.test import Client

from cli.vendors import import_vendors
from keywright.bot import bot_named
from keywright.cases import casebook
from keywright.database.confirmations import VendorAccount
from keywright.database.models import LedgerEntry, StoredVendor
from keywright.findings import Finding
from keywright.ledger import ledger
from keywright.model.case import Case
from keywright.model.checks import weigh
from keywright.model.vendor import Vendor
from keywright.people import initial_passwords
from keywright.review import undo
from keywright.review.decisions import id_of
from keywright.terminal import SafeConsole
from keywright.vendors import bank_accounts, master
from tests.keywright.api.programs import program
from tests.keywright.console.desk import BOT, office, referred
from tests.keywright.console.pages import accept_boxes, decide, form_of, text_of
from tests.keywright.console.review.test_second_person import KNOWN, NEW, read

SignedIn = Callable[..., Client]
GRAVEL = Vendor("V1011", "Bruce Trail Gravel Ltd.", bank_accounts=(KNOWN,))
COMMAND_LINE = "command-line:root"


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
