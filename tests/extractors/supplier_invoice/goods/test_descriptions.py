"""Descriptions of several rows, beside amounts that are printed halfway down."""

from __future__ import annotations

from extractors.supplier_invoice.document_type import SupplierInvoice as Invoice
from keywright.model.reading import Box, Page, Reading, Word

HEAD = ((50, "Description"), (300, "Qty"), (360, "Price"), (440, "Amount"))


def words(top: float, *cells: tuple[float, str]) -> tuple[Word, ...]:
    """Set the words of cells side by side from their left edges, five points a letter, ten points high."""
    row = []
    for left, text in cells:
        for word in text.split():
            row.append(Word(word, Box(1, left, top, left + 5 * len(word), top + 10), 1.0))
            left += 5 * len(word) + 3
    return tuple(row)


def described(*rows: tuple[Word, ...]) -> list[str]:
    page = Page(1, 612.0, 792.0, "text-layer", (words(100, (50, "INVOICE")), words(200, *HEAD), *rows))
    return [line.description for line in Invoice.extract(Reading((page,))).lines]


def test_each_amount_takes_the_rows_of_text_that_it_is_in_the_middle_of() -> None:
    assert described(
        words(220, (50, "Packing and shipping as quoted, with small parts and")),
        words(227, (300, "8"), (360, "10.00"), (440, "80.00")),
        words(234, (50, "supervision on site")),
        words(248, (50, "Planting advice"), (300, "2"), (360, "20.00"), (440, "40.00")),
        words(262, (50, "Insect hotel, large, with")),
        words(269, (300, "1"), (360, "30.00"), (440, "30.00")),
        words(276, (50, "posts of oak")),
        words(300, (360, "Total"), (440, "150.00")),
    ) == [
        "Packing and shipping as quoted, with small parts and supervision on site",
        "Planting advice",
        "Insect hotel, large, with posts of oak",
    ]


def test_three_rows_of_text_have_their_amount_beside_the_middle_one() -> None:
    assert described(
        words(220, (50, "Crack sealing, rubber")),
        words(227, (300, "8"), (360, "10.00"), (440, "80.00")),
        words(234, (50, "as quoted")),
        words(250, (50, "Tree pruning,")),
        words(264, (50, "crew of three,"), (300, "2"), (360, "20.00"), (440, "40.00")),
        words(278, (50, "with chipper")),
        words(310, (360, "Total"), (440, "120.00")),
    ) == ["Crack sealing, rubber as quoted", "Tree pruning, crew of three, with chipper"]
