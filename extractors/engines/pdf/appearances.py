"""Reads what the fields of a PDF form show on the page, which need not be what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pypdfium2 as pdfium
import pypdfium2.raw as c

Rectangle = tuple[float, float, float, float]
"""Left, bottom, right and top of a widget, in PDF coordinates."""

_REACH = 1.0  # points by which print may stand over the edge of its widget
_FLATTENED = 1  # FLATTEN_SUCCESS of fpdf_flatten.h


Place = tuple[int, Rectangle]
"""The page of a widget, counted from 0, and its rectangle there."""


def shown_texts(content: bytes, places: Iterable[Place]) -> dict[Place, str]:
    """Return the text that is drawn in each place by the fields of a form.

    The appearances are merged into the page, as a printer does it (ISO 32000-2, 12.5.5), and what was printed there
    before is taken away; what is left is drawn by the fields alone. Raises pdfium's PdfiumError if the file cannot
    be opened.
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
            left, bottom, right, top = place[1]
            shown = text.get_text_bounded(left - _REACH, bottom - _REACH, right + _REACH, top + _REACH)
            yield place, " ".join(shown.split())
    finally:
        text.close()
        page.close()


def _appearances_only(pdf: pdfium.PdfDocument, index: int) -> pdfium.PdfPage | None:
    """Return the page with nothing on it but what its annotations draw; None where they draw nothing at all."""
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
