"""Rules work on a stranger's words behind the fence: what goes wrong there costs one document, with a reason."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from extractors import alternatives
from extractors.engines import refusals
from extractors.engines.isolation.sandbox import Limits, read
from extractors.extraction import MOST_LINES, extract, read_as
from extractors.ontario_permit.form import OntarioPermitApplication
from extractors.supplier_invoice.document_type import SupplierInvoice
from keywright.errors import Refer
from keywright.model.fields import Extraction
from keywright.model.serialization import extraction_to_json
from tests.extractors.engines import papers, poison
from tests.extractors.supplier_invoice.einvoice.test_invoice import CII

QUICK = Limits(seconds=6, seconds_in_all=20)
KINDS = (SupplierInvoice, OntarioPermitApplication)


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "letter.pdf"
    path.write_bytes(papers.pdf(papers.letter))
    return path


def test_what_is_extracted_behind_the_fence_is_what_the_rules_extract_anywhere(letter: Path) -> None:
    extracted = read_as(letter, KINDS)

    reading = read(letter)
    assert extracted.reading == reading
    here = [extraction_to_json(extract(reading, kind)) for kind in KINDS]
    assert [extraction_to_json(extraction) for extraction in extracted.extractions] == here


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        (poison.KillsItself, refusals.DAMAGED),
        (poison.NeverEnds, refusals.TOO_SLOW),
        (poison.NeverEndsAndIgnoresItsTimer, refusals.TOO_SLOW),
        (poison.EatsMemory, refusals.TOO_LARGE),
        (poison.Recurses, refusals.DAMAGED),
        (poison.ReadsSecrets, refusals.DAMAGED),
        (poison.IsNotSureAtAll, refusals.DAMAGED),
        (poison.IsTooSure, refusals.DAMAGED),
        (poison.SaysWhatIsNoText, refusals.DAMAGED),
        (poison.SaysTooMuch, refusals.TOO_LARGE),
        (poison.FindsTooManyLines, refusals.TOO_LARGE),
        (poison.Floods, refusals.TOO_LARGE),
    ],
)
def test_rules_that_go_wrong_cost_the_document_and_nothing_else(
    letter: Path, kind: type[poison.Poison], rule: str
) -> None:
    with pytest.raises(Refer) as refused:
        read_as(letter, [kind], limits=QUICK)

    assert refused.value.finding.rule == rule
    assert read_as(letter, [poison.Poison]).extractions[0].fields["title"].text == "a"


def many_lines() -> bytes:
    """An e-invoice of 120,000 lines, in 19 MB."""
    start, end = CII.index("<ram:IncludedSupplyChainTradeLineItem>"), CII.index("<ram:ApplicableHeaderTradeAgreement>")
    line = (
        "<ram:IncludedSupplyChainTradeLineItem><ram:SpecifiedLineTradeDelivery><ram:BilledQuantity>1</ram:BilledQuantity>"
        "</ram:SpecifiedLineTradeDelivery></ram:IncludedSupplyChainTradeLineItem>"
    )
    short = line.replace("ram:", "")
    root = CII[:start].replace("<rsm:CrossIndustryInvoice ", '<rsm:CrossIndustryInvoice xmlns="urn:line" ', 1)
    return (root + short * 120_000 + CII[end:]).encode()


def nested() -> bytes:
    """An e-invoice whose lines stand in lines, as deep as parsers take, over and over: some 6 MB."""
    opened, closed = "<ram:IncludedSupplyChainTradeLineItem>" * 200, "</ram:IncludedSupplyChainTradeLineItem>" * 200
    place = CII.index("<ram:ApplicableHeaderTradeAgreement>")
    return (CII[:place] + (opened + closed) * 400 + CII[place:]).encode()


def dense() -> bytes:
    """A PDF of some ten kilobytes with 200 pages that show the same 20,000 numbers."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pageCompression=1)
    canvas.beginForm("all")
    canvas.setFont("Helvetica", 3)
    for row in range(200):
        canvas.drawString(10, 830 - 4 * row, "1.00 " * 100)
    canvas.endForm()
    for _ in range(200):
        canvas.doForm("all")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def workbook() -> bytes:
    """A workbook whose directory lists a million parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
    content = buffer.getvalue()
    start, end = content.index(b"PK\1\2"), content.index(b"PK\5\6")
    directory = content[start:end] + (struct.pack("<4s24xHHH12x", b"PK\1\2", 5, 0, 0) + b"a.txt") * 1_000_000
    tail = struct.pack("<4s4xHHIIH", b"PK\5\6", 0xFFFF, 0xFFFF, len(directory), start, 0)
    return content[:start] + directory + tail


def one_long_line() -> bytes:
    """A page with one line of 60,000 words."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(200_000, 300), pageCompression=1)
    canvas.setFont("Helvetica", 3)
    for place in range(60_000):
        canvas.drawString(3 * place, 100, "1.0")
    canvas.save()
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("made", "rules"),
    [
        (many_lines, {refusals.TOO_LARGE, refusals.TOO_SLOW, refusals.NOT_A_DOCUMENT}),
        (nested, {refusals.TOO_LARGE, refusals.TOO_SLOW}),
        (dense, {refusals.TOO_LARGE, refusals.TOO_SLOW}),
        (workbook, {refusals.NOT_A_DOCUMENT}),
        (one_long_line, {refusals.TOO_LARGE, refusals.TOO_SLOW, refusals.NO_TEXT, refusals.DAMAGED}),
    ],
)
def test_a_file_made_to_cost_much_is_bounded_with_a_reason(
    made: Callable[[], bytes], rules: set[str], tmp_path: Path
) -> None:
    path = tmp_path / "document"
    path.write_bytes(made())
    before = os.times()

    try:
        extracted = read_as(path, KINDS, limits=QUICK)
    except Refer as refused:
        assert refused.finding.rule in rules
        assert "." in refused.finding.message and not refused.finding.acceptable
    else:
        assert all(len(extraction.lines) <= MOST_LINES for extraction in extracted.extractions)
    after = os.times()
    assert after.user + after.system - before.user - before.system < 10, "the worker itself had little to do"


def test_choices_that_are_worked_out_without_end_are_not_offered(monkeypatch: pytest.MonkeyPatch, letter: Path) -> None:
    monkeypatch.setattr(alternatives, "PATIENCE", Limits(seconds=1.0, seconds_in_all=5.0))

    assert poison.OffersWithoutEnd.other_choices(read(letter), Extraction("poison", {})) == {}
