"""Draws pages for people to look at, turned the same way as in their reading."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as c
from PIL import Image

from extractors.engines import refusals
from extractors.engines.document_reader import Fence, draw, open_pdf, turns_of
from extractors.engines.ocr import pictures, scans
from extractors.engines.refusals import refuse
from keywright.messages import Message
from keywright.model.reading import DrawnPage


@dataclass(frozen=True, slots=True)
class PagesToDraw:
    """The pages to draw (None: all), at what resolution, and by how many degrees each is turned, if that is known.

    Pages are counted from 1; the keys of ``turned`` are strings, as in JSON.
    """

    pages: list[int] | None
    dpi: int
    turned: dict[str, float]


def draw_pages(content: bytes, order: PagesToDraw, fence: Fence, *, is_pdf: bool) -> Iterator[DrawnPage]:
    """Yield the requested pages. Refer if the file cannot be opened or lacks the page."""
    pdf = open_pdf(content) if is_pdf else None
    count = len(pdf) if pdf else pictures.count(content)
    numbers = order.pages or list(range(1, min(count, fence.pages) + 1))
    for number in numbers:
        if not 1 <= number <= count:
            raise refuse(refusals.DAMAGED, Message("It has no page {number}.", number=number))
    turned = {int(number): degrees for number, degrees in order.turned.items()}
    unknown = [number for number in numbers if number not in turned]
    turns = turns_of(content, [number - 1 for number in unknown], fence, is_pdf=is_pdf)
    turned |= dict(zip(unknown, turns, strict=True))
    if pdf and pdf.get_formtype() != c.FORMTYPE_NONE:
        pdf.init_forms()
    for number in numbers:
        picture, per_point = (
            _of_pdf(pdf, number - 1, order.dpi, fence.pixels)
            if pdf
            else _of_file(content, number - 1, order.dpi, fence.pixels)
        )
        yield _page(number, scans.turn(picture, turned[number]), per_point)


def _page(number: int, picture: Image.Image, per_point: float) -> DrawnPage:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=3)
    return DrawnPage(number, picture.width / per_point, picture.height / per_point, buffer.getvalue())


def _of_pdf(pdf: pdfium.PdfDocument, index: int, dpi: int, pixels: int) -> tuple[Image.Image, float]:
    """Return the page's picture and its pixels a point; a page that cannot be opened is white."""
    try:
        page = pdf[index]
    except pdfium.PdfiumError:
        return Image.new("RGB", (612, 792), "white"), 1.0
    width, height = page.get_size()
    scale = min(dpi / 72, (pixels / max(1.0, width * height)) ** 0.5)
    return draw(pdf, page, scale, grey=False), scale


def _of_file(content: bytes, index: int, dpi: int, pixels: int) -> tuple[Image.Image, float]:
    sheet = pictures.sheet(content, index, pixels, grey=False)
    per_point = min(dpi / 72, sheet.per_point)
    return pictures.scaled(sheet.picture, per_point / sheet.per_point), per_point
