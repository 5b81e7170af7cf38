"""A stack of several documents in one file is split at the pages on which another document begins."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.supplier_invoice.layout.batch_scan import first_pages_of_documents
from keywright.model.reading import Box, Page, Word

BRIGHTWATER = ["Brightwater Pumps Ltd.", "12 Quay Street, Milton", "INVOICE INV-4471"]
LAKESHORE = ["Lakeshore Uniforms Inc.", "800 Harbour Road, Oakville", "INVOICE 771"]


def _page(number: int, lines: Sequence[str]) -> Page:
    return Page(
        number,
        612,
        792,
        "text-layer",
        tuple(
            tuple(
                Word(word, Box(number, 72 + 60 * across, 40 + 14 * down, 130 + 60 * across, 50 + 14 * down))
                for across, word in enumerate(line.split())
            )
            for down, line in enumerate(lines)
        ),
    )


def _goods(name: str) -> list[str]:
    return [f"{name} {number} pieces at {number}5.00" for number in range(1, 12)]


def test_the_pages_of_one_invoice_are_one_document() -> None:
    pages = [_page(1, [*BRIGHTWATER, *_goods("valves")]), _page(2, _goods("seals")), _page(3, ["Terms of trade"])]
    assert first_pages_of_documents(pages, {1}, {1: "INV-4471"}) == (1,)


def test_another_letterhead_under_a_title_begins_a_document() -> None:
    pages = [_page(1, [*BRIGHTWATER, *_goods("valves")]), _page(2, [*LAKESHORE, *_goods("shirts")])]
    assert first_pages_of_documents(pages, {1, 2}, {}) == (1, 2)


def test_another_invoice_number_under_the_same_letterhead_begins_a_document() -> None:
    pages = [_page(1, [*BRIGHTWATER, *_goods("valves")]), _page(2, [*BRIGHTWATER, *_goods("seals")])]
    assert first_pages_of_documents(pages, {1, 2}, {1: "INV-4471", 2: "INV-4472"}) == (1, 2)


def test_the_same_number_written_otherwise_on_the_second_page_goes_on() -> None:
    pages = [_page(1, [*BRIGHTWATER, *_goods("valves")]), _page(2, [*BRIGHTWATER, *_goods("seals")])]
    assert first_pages_of_documents(pages, {1, 2}, {1: "INV-4471", 2: "inv 4471"}) == (1,)


def test_a_page_that_says_it_is_the_second_goes_on_whatever_its_head() -> None:
    pages = [_page(1, [*BRIGHTWATER, "Page 1 of 2"]), _page(2, [*LAKESHORE, "Page 2 of 2", *_goods("seals")])]
    assert first_pages_of_documents(pages, {1, 2}, {1: "INV-4471", 2: "771"}) == (1,)


def test_a_page_that_says_it_is_the_first_begins_a_document() -> None:
    pages = [
        _page(1, [*BRIGHTWATER, "Seite 1 von 1"]),
        _page(2, [*BRIGHTWATER, "Seite 1 von 2"]),
        _page(3, ["Seite 2/2"]),
    ]
    assert first_pages_of_documents(pages, {1, 2}, {}) == (1, 2)


def test_a_page_scanned_twice_is_two_documents() -> None:
    page = [*BRIGHTWATER, *_goods("valves")]
    assert first_pages_of_documents([_page(1, page), _page(2, page)], {1, 2}, {1: "INV-4471", 2: "INV-4471"}) == (1, 2)


def test_terms_printed_on_the_back_of_every_page_begin_nothing() -> None:
    back = ["General terms of trade", *_goods("clause")]
    pages = [_page(1, [*BRIGHTWATER, *_goods("valves")]), _page(2, back), _page(3, _goods("seals")), _page(4, back)]
    assert first_pages_of_documents(pages, {1}, {1: "INV-4471"}) == (1,)
