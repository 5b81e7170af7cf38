"""Receipts in the console: for those who may look, as HTML and PDF; and what the setting hides from whom."""

from __future__ import annotations

import pytest
from django.test import Client

from keywright.database.models import LedgerEntry, PagePicture
from keywright.model.document import fingerprint
from keywright.receipts import store
from tasks.write_receipt import hand_out
from tests.keywright.console.conftest import SignedIn
from tests.keywright.console.desk import office, referred
from tests.keywright.console.pages import text_of
from tests.keywright.receipts.keyed import keyed, masking_fields


def test_the_page_of_a_keyed_case_leads_to_its_receipt_in_both_languages(ada: Client) -> None:
    case = keyed()
    page = hand_out(int(case.id), "fr", office(), "robot", pdf=False)

    case_page = ada.get(f"/cases/{case.id}/").content.decode()
    response = ada.get(f"/cases/{case.id}/receipt.fr.html")

    assert "Receipt for the auditor" in case_page
    for language in ("en", "fr"):
        for kind in ("html", "pdf"):
            assert f'href="/cases/{case.id}/receipt.{language}.{kind}"' in case_page
    assert response.content == page
    assert response["Content-Disposition"] == f'attachment; filename="receipt-{case.id}.fr.html"'
    assert "sandbox" in response["Content-Security-Policy"]
    assert "script" not in response["Content-Security-Policy"]


def test_the_first_who_asks_has_the_pdf_printed_and_the_next_gets_the_same(ada: Client, maria: Client) -> None:
    case = keyed()
    hand_out(int(case.id), "en", office(), "robot", pdf=False)

    first = ada.get(f"/cases/{case.id}/receipt.en.pdf")
    second = maria.get(f"/cases/{case.id}/receipt.en.pdf")

    assert first["Content-Type"] == "application/pdf"
    assert first.content == second.content
    assert first.content.startswith(b"%PDF")
    (entry,) = LedgerEntry.objects.filter(event="receipt-printed")
    assert entry.actor == "ada"
    assert entry.body["pdf"] == fingerprint(first.content)
    assert store.verify(first.content).right


def test_a_case_without_a_receipt_has_no_link_and_no_page(ada: Client) -> None:
    case = referred()

    assert "Receipt for the auditor" not in text_of(ada.get(f"/cases/{case.id}/").content)
    for name in ("receipt.en.html", "receipt.en.pdf", "receipt.de.html", "receipt.en.txt"):
        assert ada.get(f"/cases/{case.id}/{name}").status_code == 404


def test_a_receipt_that_was_changed_in_its_folder_is_not_handed_out(ada: Client) -> None:
    case = keyed("changed.pdf")
    hand_out(int(case.id), "en", office(), "robot", pdf=False)
    store.archive().path(store.kept(int(case.id))["en"]).write_bytes(b"<p>another")

    response = ada.get(f"/cases/{case.id}/receipt.en.html")

    assert response.status_code == 503
    assert "was changed" in text_of(response.content)


def test_receipts_are_for_those_who_may_look(client: Client, signed_in: SignedIn, db: None) -> None:
    case = keyed()
    hand_out(int(case.id), "en", office(), "robot", pdf=False)
    for kind in ("html", "pdf"):
        assert client.get(f"/cases/{case.id}/receipt.en.{kind}").status_code == 302
        assert signed_in(f"nobody-{kind}").get(f"/cases/{case.id}/receipt.en.{kind}").status_code == 403


@pytest.mark.parametrize("address", ["/", "/cases/{id}/", "/cases/{id}/review/"])
def test_a_masked_value_is_seen_by_who_decides_and_by_nobody_else(address: str, ada: Client, maria: Client) -> None:
    case = referred()
    with masking_fields("seller_name,invoice_number"):
        clerk = maria.get(address.format(id=case.id)).content.decode()
        auditor = ada.get(address.format(id=case.id)).content.decode()

    assert "Bruce Trail" in clerk
    assert "BTG-2O41" in clerk or address == "/", "the queue shows the first words of a finding, without values"
    assert "Bruce Trail" not in auditor
    assert "BTG-2O41" not in auditor
    assert "[masked " in auditor


def test_while_fields_are_masked_paper_is_for_who_decides(ada: Client, maria: Client) -> None:
    case = referred()
    addresses = [f"/cases/{case.id}/document/", f"/pictures/{PagePicture.objects.all()[0].sha256}/"]
    with masking_fields("seller_name"):
        assert [maria.get(address).status_code for address in addresses] == [200, 200]
        assert [ada.get(address).status_code for address in addresses] == [403, 403]
        assert "/document/" not in ada.get(f"/cases/{case.id}/").content.decode()
        assert "/pictures/" not in ada.get(f"/cases/{case.id}/review/").content.decode()
    assert [ada.get(address).status_code for address in addresses] == [200, 200]
