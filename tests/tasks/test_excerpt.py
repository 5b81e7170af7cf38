"""A case that is a part of a file is read from its own pages, and its evidence stands on the file's pages."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest
from django.utils import timezone
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from bots.supplier_invoices import bot
from extractors.engines.isolation import sandbox
from extractors.engines.isolation.sandbox import read
from extractors.supplier_invoice.document_type import SupplierInvoice as Invoice
from keywright.archive import content_of
from keywright.cases import casebook
from keywright.cases.work_queue import claim
from keywright.cases.worker import Office
from keywright.errors import Refer
from keywright.findings import Finding
from keywright.model.document import Document
from keywright.review import split
from keywright.settings.settings import load
from tasks.attachment import enclosure_of
from tasks.pipeline import has_read
from tasks.refer import refer
from tests.keywright.clerks import clerk
from tests.keywright.papers import BOT, LEASE

INVOICES = (("A-17", "1,130.00", "1,000.00", "130.00"), ("B-2042", "226.00", "200.00", "26.00"))


def scan_batch(blank: bool = True) -> bytes:
    """Return a file of two invoices of one page each, with a blank page between them."""
    paper = io.BytesIO()
    canvas = Canvas(paper, pagesize=A4, invariant=True)
    for number, total, net, tax in INVOICES:
        top = A4[1]
        canvas.setFont("Helvetica-Bold", 20)
        canvas.drawString(60, top - 80, "INVOICE")
        canvas.setFont("Helvetica", 11)
        canvas.drawString(60, top - 110, "Bruce Trail Gravel Ltd.")
        for row, (label, value) in enumerate(
            (("Invoice number:", number), ("Invoice date:", "2026-11-02"), ("Currency:", "CAD"))
        ):
            canvas.drawString(330, top - 110 - 18 * row, f"{label} {value}")
        canvas.drawString(60, top - 150, "Bill to: Town of Millbrook Falls")
        for row, (label, value) in enumerate((("Subtotal", net), ("HST 13%", tax), ("Total", total))):
            canvas.drawString(330, top - 420 - 18 * row, label)
            canvas.drawRightString(520, top - 420 - 18 * row, value)
        canvas.showPage()
        if blank and number == INVOICES[0][0]:
            canvas.showPage()
    canvas.save()
    return paper.getvalue()


@pytest.fixture
def office(db: None, tmp_path: Path) -> Office:
    return Office.of(load({"KEYWRIGHT_HOME": str(tmp_path)}))


def test_each_part_of_a_split_file_is_read_from_its_own_pages(office: Office) -> None:
    content = scan_batch()
    document = Document(
        office.documents.put(content), "application/pdf", "scan.pdf", len(content), timezone.now(), "inbox"
    )
    casebook.open_case(document, BOT, actor="robot")
    whole = claim(BOT, "robot", LEASE)
    assert whole is not None
    refer(whole, [Finding("several", "It holds several invoices.")], office)

    numbers = split.split(int(whole.id), [(1, 1), (3, 3)], person=clerk("maria"))

    for number, page, (printed, total, _net, _tax) in zip(numbers, (1, 3), INVOICES, strict=True):
        case = claim(BOT, "robot", LEASE)
        assert case is not None
        assert int(case.id) == number
        extraction = has_read(case, bot, office).extraction
        assert extraction is not None
        assert extraction[Invoice.invoice_number].value == printed
        assert extraction[Invoice.grand_total].value == Decimal(total.replace(",", ""))
        boxes = {field.box.page for field in extraction.fields.values() if field.box}
        assert boxes == {page}, "a crop is cut from the page of the file"


def test_a_record_of_a_split_case_encloses_its_own_pages_and_nothing_of_the_others(office: Office) -> None:
    content = scan_batch()
    stored = office.documents.put(content)
    document = Document(stored, "application/pdf", "scan.pdf", len(content), timezone.now(), "inbox")
    whole = casebook.open_case(document, BOT, actor="robot").case
    part = replace(whole, pages=(3, 3))

    enclosed = enclosure_of(part, office)

    assert (enclosed.file_name, enclosed.sha256 == stored) == ("scan-p3-3.pdf", False)
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content_of(enclosed))]
    assert len(pages) == 1
    assert "B-2042" in pages[0]
    assert "A-17" not in str(pages)
    assert enclosure_of(part, office) == enclosed, "whoever looks for it again compares the same bytes"
    assert content_of(enclosure_of(whole, office)) == content
    with pytest.raises(Refer):
        enclosure_of(replace(whole, pages=(3, 4)), office)


def test_a_part_of_a_tiff_is_a_tiff(tmp_path: Path) -> None:
    pages = [page.render(scale=1.0).to_pil() for page in pypdfium2.PdfDocument(scan_batch(blank=False))]
    path = tmp_path / "scan.tiff"
    pages[0].save(path, save_all=True, append_images=pages[1:], dpi=(72, 72))
    with Image.open(io.BytesIO(sandbox.cut(path, 2, 2))) as part:
        assert (part.format, part.n_frames, part.size) == ("TIFF", 1, pages[1].size)  # type: ignore[attr-defined]
        assert part.convert("RGB").tobytes() == pages[1].convert("RGB").tobytes()


def test_pages_keep_their_numbers_and_only_those_asked_for_are_read(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(scan_batch())

    assert [page.number for page in read(path, only=(3, 3)).pages] == [3]
    assert [page.number for page in read(path, only=(1, 2)).pages] == [1, 2]
    assert "B-2042" not in read(path, only=(1, 2)).text()


def test_a_blank_excerpt_and_pages_that_are_not_there_are_referred(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(scan_batch())

    with pytest.raises(Refer) as blank:
        read(path, only=(2, 2))
    assert blank.value.finding.rule == "no-text"
    with pytest.raises(Refer) as beyond:
        read(path, only=(3, 4))
    assert beyond.value.finding.rule == "damaged"


def test_a_picture_of_several_pages_is_read_in_part(tmp_path: Path) -> None:
    pages = [page.render(scale=2.0).to_pil() for page in pypdfium2.PdfDocument(scan_batch(blank=False))]
    path = tmp_path / "scan.tiff"
    pages[0].save(path, save_all=True, append_images=pages[1:], dpi=(144, 144))

    reading = read(path, only=(2, 2))

    assert [page.number for page in reading.pages] == [2]
    assert "226.00" in reading.text()
