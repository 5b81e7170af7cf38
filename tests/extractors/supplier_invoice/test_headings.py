"""A paper that calls itself no bill in any heading is asked about, though a label gives it a number."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from extractors.engines.isolation.sandbox import read
from extractors.supplier_invoice.document_type import SupplierInvoice as Invoice
from keywright.model.fields import Extraction
from tests.extractors.engines import papers

SELLER = ("Quillmere Supply Ltd.", "4 Anvil Road", "Elora, Ontario N0B 1S0", "GST/HST No. 123456782 RT0001")
ROWS = (
    ("Bill to", ""),
    ("Town of Milton", ""),
    ("150 Mary Street", ""),
    ("", ""),
    ("Description", "Amount"),
    ("Traffic cones", "1,000.00"),
    ("", ""),
    ("Subtotal", "1,000.00"),
    ("HST 13%", "130.00"),
    ("Total", "1,130.00"),
)


def drawn(folder: Path, heading: str, number: str = "Document no.", size: int = 16) -> Extraction:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 14)
        canvas.drawString(50, 730, SELLER[0])
        canvas.setFont("Helvetica", size)
        canvas.drawString(330, 730, heading)
        canvas.setFont("Helvetica", 9)
        for place, line in enumerate(SELLER[1:]):
            canvas.drawString(50, 714 - 13 * place, line)
        for place, (label, value) in enumerate(((number, "QS-7071"), ("Date", "November 5, 2026"))):
            canvas.drawString(380, 708 - 14 * place, label)
            canvas.drawRightString(560, 708 - 14 * place, value)
        for place, (label, value) in enumerate(ROWS):
            canvas.drawString(50, 640 - 15 * place, label)
            canvas.drawRightString(560, 640 - 15 * place, value)

    file = folder / "paper.pdf"
    file.write_bytes(papers.pdf(draw))
    return Invoice.extract(read(file))


def asked(extraction: Extraction) -> bool:
    return "unnamed-paper" in [finding.rule for finding in extraction.findings if finding.asks]


@pytest.mark.parametrize(
    "heading",
    [
        "RETURN ALLOWANCE",
        "CREDIT ADJUSTMENT",
        "VENDOR CREDIT",
        "REFUND",
        "Receipt for payment",
        "BUDGET PROPOSAL",
        "TIMESHEET",
        "RENEWAL NOTICE",
        "Avis de cotisation",
    ],
)
def test_a_paper_that_is_headed_as_something_else_is_asked_about(tmp_path: Path, heading: str) -> None:
    for number in ("Document no.", "Invoice No."):
        assert asked(drawn(tmp_path, heading, number))


def test_capitals_in_ordinary_print_are_a_heading_too(tmp_path: Path) -> None:
    assert asked(drawn(tmp_path, "VENDOR CREDIT", size=9))


@pytest.mark.parametrize(
    "heading",
    ["INVOICE", "Invoice", "Invoice # 7071", "SERVICE INVOICE", "Water bill", "FACTURE", "Facture d’électricité"],
)
def test_a_paper_that_calls_itself_a_bill_is_not_asked_about(tmp_path: Path, heading: str) -> None:
    assert not asked(drawn(tmp_path, heading))


@pytest.mark.parametrize("heading", ["", "Quillmere", "Details", "www.quillmere.example", "Town of Milton"])
def test_a_name_or_an_address_in_large_print_is_no_heading(tmp_path: Path, heading: str) -> None:
    assert not asked(drawn(tmp_path, heading, "Invoice No."))
