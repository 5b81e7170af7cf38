"""Pictures and documents: shown or handed out to those who may look, and harmless to their browsers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from keywright.database.models import LedgerEntry, PagePicture
from keywright.model.values.media_types import ending_of
from tests.keywright.console.desk import office, opened, pdf, referred


def test_a_picture_is_kept_by_the_browser_that_asked_for_it(maria: Client) -> None:
    case = referred()
    picture = PagePicture.objects.get(document=case.document)

    response = maria.get(f"/pictures/{picture.sha256}/")

    assert response.content.startswith(b"\x89PNG")
    assert response["Content-Type"] == "image/png"
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_picture_that_is_not_kept_or_was_changed_is_not_shown(maria: Client) -> None:
    sha256 = office().pictures.put(b"\x89PNG a picture")
    office().pictures.path(sha256).write_bytes(b"\x89PNG another")
    assert maria.get(f"/pictures/{sha256}/").status_code == 404
    assert maria.get(f"/pictures/{'0' * 64}/").status_code == 404


@pytest.mark.parametrize("name", ["../../secret_key", "0" * 63, "G" * 64])
def test_what_is_no_hash_is_no_picture(maria: Client, name: str) -> None:
    assert maria.get(f"/pictures/{name}/").status_code == 404


def test_the_document_is_handed_out_to_be_kept_and_not_to_be_opened(maria: Client) -> None:
    case = opened("gravel.pdf", pdf())

    response = maria.get(f"/cases/{case.id}/document/")

    assert b"".join(response) == pdf()
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == f'attachment; filename="case-{case.id}.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]


@pytest.mark.parametrize("name", ['../a"b\r\nSet-Cookie: x=1;.html', "invoice\u202efdp.exe", "bill.pdf.lnk"])
def test_a_strangers_file_name_goes_into_no_header(maria: Client, name: str) -> None:
    case = opened(name, b"<html><script>alert(1)</script>")

    response = maria.get(f"/cases/{case.id}/document/")

    assert "Set-Cookie" not in response.headers
    assert response["Content-Disposition"] == f'attachment; filename="case-{case.id}.pdf"'
    assert response["Content-Type"] == "application/octet-stream"


def test_what_a_program_might_run_is_handed_out_under_no_name_of_such_a_file() -> None:
    assert [ending_of(kind) for kind in ("text/html", "image/svg+xml", "application/x-sh")] == ["bin"] * 3


def test_a_document_that_was_changed_is_not_handed_out_and_the_ledger_tells_so_once(maria: Client) -> None:
    case = opened("gravel.pdf", pdf())
    office().document(case).write_bytes(b"another bill")

    responses = [maria.get(f"/cases/{case.id}/document/") for _ in range(2)]

    assert [response.status_code for response in responses] == [409, 409]
    assert "The stored file is not the one received." in responses[0].content.decode()
    assert b"another bill" not in responses[0].content
    entry = LedgerEntry.objects.get(event="document-changed")
    assert (entry.case_id, entry.actor, entry.body) == (int(case.id), "maria", {"document": case.document})


def test_a_document_that_is_gone_is_told_and_no_error(maria: Client) -> None:
    case = opened("gravel.pdf")
    office().document(case).unlink()
    assert maria.get(f"/cases/{case.id}/document/").status_code == 404
    assert maria.get("/cases/999999/document/").status_code == 404


def test_files_are_for_those_who_may_look(client: Client, signed_in: Callable[..., Client], db: None) -> None:
    case = referred()
    picture = f"/pictures/{PagePicture.objects.get(document=case.document).sha256}/"
    nobody = signed_in("nobody")
    for address in (picture, f"/cases/{case.id}/document/"):
        assert client.get(address).status_code == 302
        assert nobody.get(address).status_code == 403
