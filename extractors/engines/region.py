"""Reads one place of a page again, enlarged and alone, while a person waits for it."""

from __future__ import annotations

from dataclasses import replace

from PIL import Image, ImageOps

from extractors.engines import refusals
from extractors.engines.document_reader import Fence, open_pdf, sheet_of
from extractors.engines.ocr import pictures, scans, tesseract
from extractors.engines.ocr.scans import Sheet
from extractors.engines.refusals import refuse
from keywright.messages import Message
from keywright.model.reading import Box, Line, Word

AROUND = 3.0  # points of the page around the place, since people draw close to the print or through it
WHITE = 12  # pixels of paper that Tesseract wants around print
ONE_LINE_HIGH = 22.0  # points; a place that is no higher holds one line
BLOCK = 6  # Tesseract's page segmentation mode for lines of one block


def read_place(content: bytes, place: Box, turned: float, fence: Fence, *, is_pdf: bool) -> tuple[Line, ...]:
    """Return the lines that Tesseract reads in one place of an upright page, in points of that page.

    Refer if the file cannot be opened or lacks the page.
    """
    sheet = _sheet(content, place.page, fence, is_pdf=is_pdf)
    picture = scans.turn(sheet.picture, turned)
    edges = _edges(place, sheet.per_point, picture)
    if edges[2] - edges[0] < 4 or edges[3] - edges[1] < 4:
        return ()
    piece = ImageOps.expand(ImageOps.autocontrast(picture.crop(edges)), WHITE, 255)
    layout = tesseract.ONE_LINE if place.height <= ONE_LINE_HIGH else BLOCK
    printed = tesseract.read_words(piece, place.page, sheet.per_point, layout)
    x_offset, y_offset = (edges[0] - WHITE) / sheet.per_point, (edges[1] - WHITE) / sheet.per_point
    return tuple(tuple(_moved(word, x_offset, y_offset) for word in line) for line in printed.lines)


def _sheet(content: bytes, number: int, fence: Fence, *, is_pdf: bool) -> Sheet:
    pdf = open_pdf(content) if is_pdf else None
    if not 1 <= number <= (len(pdf) if pdf else pictures.count(content)):
        raise refuse(refusals.DAMAGED, Message("It has no page {number}.", number=number))
    return sheet_of(pdf, number - 1, fence.pixels) if pdf else pictures.sheet(content, number - 1, fence.pixels)


def _edges(place: Box, per_point: float, picture: Image.Image) -> tuple[int, int, int, int]:
    """Return the place in pixels, within the picture."""
    x0, y0 = (max(0, round((edge - AROUND) * per_point)) for edge in (place.left, place.top))
    x1, y1 = round((place.right + AROUND) * per_point), round((place.bottom + AROUND) * per_point)
    return x0, y0, min(x1, picture.width), min(y1, picture.height)


def _moved(word: Word, x_offset: float, y_offset: float) -> Word:
    box = word.box
    return replace(
        word, box=Box(box.page, box.left + x_offset, box.top + y_offset, box.right + x_offset, box.bottom + y_offset)
    )
