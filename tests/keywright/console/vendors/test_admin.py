"""Only IT can change the vendor master through the console, each change is told, and nobody else may."""

from __future__ import annotations

from typing import Any

from django.test import Client

from keywright.database.models import LedgerEntry, StoredVendor
from keywright.ledger import ledger
from keywright.model.vendor import Vendor
from keywright.vendors import master
from tests.keywright.console.pages import text_of

SALT = Vendor("V1", "Salt Inc.", bank_accounts=("004-10202-1234567",), expense_account="5940")
LIST = "/master/records/storedvendor/"
FORM: dict[str, Any] = {"number": "V2", "name": "Grit Ltd.", "active": "on", "tax_numbers": "123456782 RT0001\r\n"}


def on_file() -> StoredVendor:
    master.put_on_file([SALT], {"file": "vendors.csv"}, actor="ivan")
    return StoredVendor.objects.get(number="V1")


def test_it_finds_a_vendor_in_the_list(ivan: Client) -> None:
    on_file()
    page = ivan.get(LIST, {"q": "salt"})

    assert page.status_code == 200
    assert "Salt Inc." in text_of(page.content)
    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert f'href="{LIST}"' in ivan.get("/").content.decode()


def test_a_vendor_that_is_added_is_on_file_and_in_the_ledger(ivan: Client) -> None:
    response = ivan.post(f"{LIST}add/", FORM)

    assert response.status_code == 302, text_of(response.content)
    assert master.on_file() == (Vendor("V2", "Grit Ltd.", tax_numbers=("123456782 RT0001",)),)
    entry = LedgerEntry.objects.get(event="vendor-added")
    assert (entry.actor, entry.body["number"]) == ("ivan", "V2")
    assert not ledger.verify().fault


def test_a_change_is_told_with_old_and_new_value_and_is_seen_by_the_next_case(ivan: Client) -> None:
    row = on_file()
    assert master.on_file() == (SALT,)
    form = {"name": "Salt Inc.", "bank_accounts": "004-10202-7654321", "expense_account": "5940", "active": "on"}

    ivan.post(f"{LIST}{row.pk}/change/", {**form, "number": "V99"})

    (vendor,) = master.on_file()
    assert (vendor.number, vendor.bank_accounts) == ("V1", ("004-10202-7654321",))
    entry = LedgerEntry.objects.get(event="vendor-changed")
    assert entry.actor == "ivan"
    assert entry.body["changes"] == {"bank_accounts": {"old": "004-10202-1234567", "new": "004-10202-7654321"}}


def test_what_is_saved_unchanged_is_not_told(ivan: Client) -> None:
    row = on_file()
    form = {"name": "Salt Inc.", "bank_accounts": "004-10202-1234567", "expense_account": "5940", "active": "on"}

    assert ivan.post(f"{LIST}{row.pk}/change/", form).status_code == 302

    assert not LedgerEntry.objects.filter(event="vendor-changed").exists()


def test_an_account_that_cannot_be_one_is_refused_beside_its_field(ivan: Client) -> None:
    response = ivan.post(f"{LIST}add/", {**FORM, "bank_accounts": "DE89 3704 0044 0532 0130 01"})

    assert "the check digits of this IBAN are wrong" in text_of(response.content)
    assert not StoredVendor.objects.exists()


def test_no_vendor_is_ever_removed(ivan: Client) -> None:
    row = on_file()
    assert ivan.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    ivan.post(LIST, {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})

    assert StoredVendor.objects.filter(pk=row.pk).exists()


def test_a_clerk_and_an_auditor_may_not_enter(maria: Client, ada: Client) -> None:
    row = on_file()
    for client in (maria, ada):
        refused = client.get(LIST, follow=True)
        assert refused.status_code == 403
        assert "Only IT can change the vendor master" in text_of(refused.content)
        client.post(f"{LIST}{row.pk}/change/", {"name": "Mine", "active": "on"})
        assert LIST not in client.get("/").content.decode()

    assert StoredVendor.objects.get().name == "Salt Inc."


def test_who_is_not_signed_in_is_sent_to_the_one_sign_in(db: None) -> None:
    response = Client().get(LIST, follow=True)

    assert [step.split("?")[0] for step, _ in response.redirect_chain][-1] == "/sign-in/"
    assert response.context["next"] == LIST


def test_signing_out_there_ends_the_session(ivan: Client) -> None:
    ivan.post("/master/logout/")

    assert ivan.get("/")["Location"].startswith("/sign-in/")
