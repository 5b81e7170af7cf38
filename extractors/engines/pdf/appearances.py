"""Reads the text that the fields of a PDF form show on the page, which may differ from their values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pypdfium2 as pdfium
import pypdfium2.raw as c

Rectangle = tuple[float, float, float, float]
"""Left, bottom, right and top of a widget, in PDF coordinates."""

_REACH = 1.0  # points by which print may reach over the edge of its widget
_FLATTENED = 1  # FLATTEN_SUCCESS of fpdf_flatten.h


Place = tuple[int, Rectangle]
"""The page of a widget, counted from 0, and its rectangle there."""


def drawn_texts_of(content: bytes, places: Iterable[Place]) -> dict[Place, str]:
    """Return the text that the fields of a form draw in each place.

    The appearances are merged into the page, as a printer does it (ISO 32000-2, 12.5.5), and everything that was
    printed there before is removed, so that only the fields' own drawing is left. Raises pdfium's PdfiumError if the
    file cannot be opened.
    """
    by_page: dict[int, list[Place]] = {}
    for place in places:
        by_page.setdefault(place[0], []).append(place)
    pdf = pdfium.PdfDocument(content)
    try:
        return {place: text for index in by_page for place, text in _texts_on(pdf, index, by_page[index])}
    finally:
        pdf.close()


def _texts_on(pdf: pdfium.PdfDocument, index: int, places: Iterable[Place]) -> Iterator[tuple[Place, str]]:
    page = _appearances_only(pdf, index)
    if page is None:
        return
    text = page.get_textpage()
    try:
        for place in places:
            x0, y0, x1, y1 = place[1]
            drawn_text = text.get_text_bounded(x0 - _REACH, y0 - _REACH, x1 + _REACH, y1 + _REACH)
            yield place, " ".join(drawn_text.split())
    finally:
        text.close()
        page.close()


def _appearances_only(pdf: pdfium.PdfDocument, index: int) -> pdfium.PdfPage | None:
    """Return the page with only what its annotations draw on it; None if they draw nothing at all."""
    page = pdf[index]
    printed = c.FPDFPage_CountObjects(page.raw)
    flattened = c.FPDFPage_Flatten(page.raw, c.FLAT_NORMALDISPLAY)
    page.close()
    if flattened != _FLATTENED:
        return None
    page = pdf[index]  # opened again: pdfium shows the merged page only then
    for _ in range(min(printed, c.FPDFPage_CountObjects(page.raw))):
        c.FPDFPage_RemoveObject(page.raw, c.FPDFPage_GetObject(page.raw, 0))
    return page
