"""Receipts by the API: the same bytes as the page's, as HTML and as PDF, in both languages."""

from __future__ import annotations

import io

import pypdf
import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from keywright.database.models import BotAccess, LedgerEntry
from keywright.model.document import fingerprint
from keywright.receipts import store
from tasks.write_receipt import hand_out
from tests.keywright.api.programs import program
from tests.keywright.api.test_auth import problem
from tests.keywright.console.desk import BOT, office
from tests.keywright.receipts.keyed import NUMBER, keyed

pytestmark = pytest.mark.django_db


def test_a_receipt_is_fetched_as_pdf_printed_once_and_the_same_as_on_the_page(client: Client) -> None:
    ada, case = program("ada", "auditor"), keyed()
    hand_out(int(case.id), "en", office(), "robot", pdf=False)

    first = ada.get(f"/cases/{case.id}/receipt", kind="pdf")
    second = ada.get(f"/cases/{case.id}/receipt", kind="pdf", language="en")
    client.force_login(User.objects.get(username="ada"))
    downloaded = client.get(f"/cases/{case.id}/receipt.en.pdf")

    assert (first.status_code, first["Content-Type"]) == (200, "application/pdf")
    assert first["Content-Disposition"] == f'attachment; filename="receipt-{case.id}.en.pdf"'
    assert first.content.startswith(b"%PDF-") and first.content == second.content == downloaded.content
    assert NUMBER in "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(first.content)).pages)
    (printed,) = LedgerEntry.objects.filter(event="receipt-printed")
    assert (printed.actor, printed.body["pdf"]) == ("ada", fingerprint(first.content))


def test_the_french_receipt_is_french_and_one_that_is_not_kept_is_not_there() -> None:
    maria, case = program(), keyed()
    page = hand_out(int(case.id), "fr", office(), "robot", pdf=False)
    french = maria.get(f"/cases/{case.id}/receipt", language="fr")
    assert french.content == page and 'lang="fr"' in french.content.decode()
    assert problem(maria.get("/cases/99999/receipt", kind="pdf")) == (404, "not-there")
    for wrong in ({"kind": "txt"}, {"language": "de"}):
        assert problem(maria.get(f"/cases/{case.id}/receipt", **wrong)) == (422, "not-taken")


def test_a_receipt_that_was_changed_in_its_folder_is_not_handed_out_as_pdf_either() -> None:
    maria, case = program(), keyed()
    hand_out(int(case.id), "en", office(), "robot", pdf=False)
    store.archive().path(store.kept(int(case.id))["en"]).write_bytes(b"<p>another")
    for kind in ("html", "pdf"):
        assert problem(maria.get(f"/cases/{case.id}/receipt", kind=kind)) == (503, "not-now")


def test_a_receipt_is_for_who_may_see_the_case_and_for_tokens_with_the_scope() -> None:
    case = keyed()
    hand_out(int(case.id), "en", office(), "robot", pdf=False)
    reader = program("ada", "auditor", scopes=("cases:read",))
    assert problem(reader.get(f"/cases/{case.id}/receipt", kind="pdf")) == (403, "not-allowed")
    BotAccess.objects.create(group=Group.objects.create(name="roads"), bot=BOT)
    assert problem(program().get(f"/cases/{case.id}/receipt", kind="pdf")) == (404, "not-there")
