"""Where the lines that are read do not add up, those of drawn cells are taken if they do."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import LETTER
from reportlab.pdfgen.canvas import Canvas

from extractors.engines.isolation import sandbox
from extractors.engines.pdf import ruled_tables
from extractors.extraction import extract, read_as
from extractors.supplier_invoice.document_type import SupplierInvoice
from keywright.model.fields import Extraction

COLUMNS = (50, 220, 470, 560)
HEADS = ("Description", "Amount", "Code")
GOODS = (
    (("Culvert pipe, 600 mm", "1,240.00", "4410"), ("Coupling band", "273.00", "4420")),
    (("Geotextile", "300.00", "4430"),),
)
TOTALS = (("Subtotal", "1,813.00"), ("HST 13 %", "235.69"), ("Total", "2,048.69"))


def bill(path: Path, *, rules: bool = True, goods: Sequence[Sequence[Sequence[str]]] = GOODS) -> Path:
    """Draw a bill whose table goes on over the page without its heads; its amounts are far from their head, and nearer
    to that of the column after them.
    """
    canvas = Canvas(str(path), pagesize=LETTER)
    for number, rows in enumerate(goods):
        canvas.setFont("Helvetica", 9)
        for place, text in enumerate(("Fernhill Supply Ltd.", "Invoice No. 55120", "Invoice Date: 2026-11-03", "CAD")):
            canvas.drawString(50, 740 - 14 * place, text)
        cells = rows if number else (HEADS, *rows)
        for place, row in enumerate(cells):
            for column, text in zip(COLUMNS, row, strict=False):
                canvas.drawString(column + 4 + (200 if "." in text else 0), 584 - 24 * place, text)
        if rules:
            canvas.grid(COLUMNS, [600 - 24 * place for place in range(len(cells) + 1)])
        if number + 1 < len(goods):
            canvas.showPage()
    for place, (label, amount) in enumerate(TOTALS):
        canvas.drawString(350, 480 - 14 * place, label)
        canvas.drawRightString(456, 480 - 14 * place, amount)
    canvas.save()
    return path


def behind_the_fence(path: Path) -> Extraction:
    return read_as(path, [SupplierInvoice]).extractions[0]


def by_print_alone(path: Path) -> Extraction:
    return extract(sandbox.read(path), SupplierInvoice)


def test_lines_in_drawn_cells_are_taken_where_they_alone_add_up(tmp_path: Path) -> None:
    path = bill(tmp_path / "bill.pdf")
    assert by_print_alone(path).lines == ()
    lines = behind_the_fence(path).lines
    assert [(line.description, line.net_amount) for line in lines] == [
        ("Culvert pipe, 600 mm", Decimal("1240.00")),
        ("Coupling band", Decimal("273.00")),
        ("Geotextile", Decimal("300.00")),
    ]


def test_cells_that_prove_nothing_change_nothing(tmp_path: Path) -> None:
    wrong = bill(tmp_path / "wrong.pdf", goods=(*GOODS, GOODS[1]))
    assert behind_the_fence(wrong).lines == by_print_alone(wrong).lines
    bare = bill(tmp_path / "bare.pdf", rules=False)
    assert behind_the_fence(bare).lines == by_print_alone(bare).lines


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\nnothing of it is true\n%%EOF", b"\x89PNG\r\n\x1a\n"])
def test_what_cannot_be_searched_has_no_tables(content: bytes) -> None:
    with ruled_tables.at_hand(content):
        assert ruled_tables.ruled_tables([1]) == ()


def test_the_search_ends_when_its_time_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = bill(tmp_path / "long.pdf", goods=GOODS[:1] * 5)
    with ruled_tables.at_hand(path.read_bytes()):
        assert len(ruled_tables.ruled_tables(range(1, 6))) == 5
        monkeypatch.setattr(ruled_tables, "SECONDS", 0.01)
        assert ruled_tables.ruled_tables(range(1, 6)) == ()
