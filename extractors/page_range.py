"""Counts the pages of an excerpt from one, as document types expect them, and back as its document counts them."""

from __future__ import annotations

from dataclasses import replace

from keywright.model.fields import Extraction
from keywright.model.reading import Box, Line, Page, Reading, Word


def before(reading: Reading) -> int:
    """Return how many pages of the document come before those of a reading."""
    return reading.pages[0].number - 1 if reading.pages else 0


def counted_from_one(reading: Reading) -> Reading:
    """Return a reading as if its first page were the document's first."""
    offset = -before(reading)
    if not offset:
        return reading
    controls = tuple(replace(control, box=_box(control.box, offset)) for control in reading.controls)
    return replace(reading, pages=tuple(_page(page, offset) for page in reading.pages), controls=controls)


def counted_as_in_document(extraction: Extraction, by: int) -> Extraction:
    """Return the extraction of an excerpt, with its places on the pages of the document, ``by`` pages later."""
    if not by:
        return extraction
    fields = {name: replace(field, box=_box(field.box, by)) for name, field in extraction.fields.items()}
    lines = tuple(replace(line, box=_box(line.box, by)) for line in extraction.lines)
    return replace(extraction, fields=fields, lines=lines)


def _page(page: Page, by: int) -> Page:
    ticks = tuple(replace(tick, box=_moved(tick.box, by)) for tick in page.tick_boxes)
    return replace(page, number=page.number + by, lines=tuple(_line(line, by) for line in page.lines), tick_boxes=ticks)


def _line(line: Line, by: int) -> Line:
    return tuple(_word(word, by) for word in line)


def _word(word: Word, by: int) -> Word:
    return replace(word, box=_moved(word.box, by))


def _box(box: Box | None, by: int) -> Box | None:
    return _moved(box, by) if box else None


def _moved(box: Box, by: int) -> Box:
    return replace(box, page=box.page + by)
