"""Printing pages of ours: tagged PDFs that are the same for the same page, and pictures that show no masked value."""

from __future__ import annotations

import io
from typing import Any

import pytesseract
from PIL import Image
from playwright.sync_api import Page
from pypdf import PdfReader

from keywright.model.document import fingerprint
from keywright.receipts.pdf import print_html
from keywright.redaction import masking
from systems.web.browser.browser import picture

PAGE = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Reçu no 17</title>
<meta name="keywright-case" content="17"><script>document.title = 'run'</script></head>
<body><h1>Reçu</h1><table><thead><tr><th scope="col">Champ</th></tr></thead><tbody><tr><td>BTG-2041</td></tr></tbody>
</table><img alt="le tampon" src="data:image/png;base64,
iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="></body></html>"""

FORM = """<style>* { font: 28px DejaVu Sans, sans-serif }</style>
<p>Applicant: Rosalind Inkwell</p><p>Telephone: <span>(905) 555 0128</span></p><p>Address: 31 Chalk Lane</p>
<input value="Inkwell"><input type="password" value="clerk-pw"><textarea>905-555-0128</textarea>
<select><option>Other</option><option selected>Inkwell</option></select><iframe srcdoc="<b>INKWELL</b>"></iframe>"""


def test_a_page_is_printed_tagged_in_its_language_and_twice_the_same() -> None:
    first, second = print_html(PAGE.encode()), print_html(PAGE.encode())

    pdf = PdfReader(io.BytesIO(first))
    root: Any = pdf.trailer["/Root"].get_object()
    assert first == second
    assert "BTG-2041" in pdf.pages[0].extract_text()
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "fr"
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Reçu no 17", "no script ran"
    assert fingerprint(PAGE.encode()) in str(pdf.metadata.subject)
    assert "/CreationDate" not in pdf.metadata
    assert b"keywright case 17" in first


def test_a_picture_has_a_black_box_over_what_is_masked_and_over_passwords(page: Page) -> None:
    page.set_content(FORM)
    plain = pytesseract.image_to_string(Image.open(io.BytesIO(picture(page))))
    assert "Inkwell" in plain
    assert "0128" in plain

    with masking({"Inkwell": "[masked]", "905-555-0128": "[masked]"}):
        text = pytesseract.image_to_string(Image.open(io.BytesIO(picture(page))))

    assert "31 Chalk Lane" in text
    assert "nkwell" not in text.casefold()
    assert "0128" not in text
    black = [control.get_attribute("data-masked-by-keywright") for control in page.locator("input, textarea").all()]
    assert black == ["", "", ""]
