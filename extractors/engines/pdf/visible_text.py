"""Finds which of a page's words are visible, by the page's picture at the place of each word."""

from __future__ import annotations

import ctypes
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pypdfium2 as pdfium
import pypdfium2.raw as c
from PIL import Image, ImageChops, ImageOps
from rapidfuzz import fuzz

from extractors.engines.ocr.tesseract import ONE_LINE, read_words
from extractors.engines.pdf.text_layer import Layer
from keywright.model.reading import Box, Page, Word

PER_POINT = 200 / 72  # the pixels a point at which words that may be invisible are searched
VISIBLE = 24  # of 255; white on light grey is pale, but can be read
_ALIKE = 70  # of 100; the least similarity between a visible word and its reading in the picture
_EDGE = 0.15  # of a word's height, into which the lines above and below reach
_ROWS = 6.0  # points of height in which overlapping words are searched


def page_picture(page: pdfium.PdfPage, layer: Layer) -> Image.Image:
    """Return the page's picture in grey, turned as its text layer is."""
    turns = round(layer.page.turned / 90)
    picture: Image.Image = page.render(scale=PER_POINT, rotation=turns * 90, grayscale=True).to_pil()
    return picture.convert("L")


def shows(picture: Image.Image, word: Word) -> bool:
    """Return whether the page's picture shows the word, or nearly, at the word's place."""
    return fuzz.ratio(text_in_picture(picture, word).casefold(), word.text.casefold()) >= _ALIKE


def text_in_picture(picture: Image.Image, word: Word) -> str:
    """Return the text that the page's picture shows at the word's place."""
    lines = read_words(_around(picture, word.box), word.box.page, PER_POINT, ONE_LINE)
    return "".join(printed.text for run in lines.runs for printed in run.words)


def _around(picture: Image.Image, box: Box) -> Image.Image:
    edges = (box.left - 1, box.top - 1, box.right + 1, box.bottom + 1)
    x0, y0, x1, y1 = (round(edge * PER_POINT) for edge in edges)
    crop = picture.crop((x0, y0, x1, y1))
    return ImageOps.expand(crop, 12, 255)


def contrast(picture: Image.Image, box: Box) -> int:
    shades = _shades(picture, box)
    return max(shades, default=255) - min(shades, default=255)


def _shades(picture: Image.Image, box: Box) -> bytes:
    x0, y0, x1, y1 = (edge * PER_POINT for edge in (box.left, box.top, box.right, box.bottom))
    area = (int(x0), int(y0), int(x1) + 1, int(y1) + 1)
    return picture.crop(area).convert("L").tobytes()


def without_invisible_words(pdf_page: pdfium.PdfPage, layer: Layer) -> Page:
    """Return the page without the words that do not stand out from their paper, or that something covers."""
    if not (layer.pale or layer.beneath):
        return layer.page
    picture = page_picture(pdf_page, layer)
    doubtful = (*layer.pale, *layer.beneath)
    unseen = {(word.text, word.box) for word in doubtful if contrast(picture, word.box) < VISIBLE}
    visible_lines = (tuple(word for word in line if (word.text, word.box) not in unseen) for line in layer.page.lines)
    return replace(layer.page, lines=tuple(line for line in visible_lines if line))


def without_layers_that_are_off(page: pdfium.PdfPage, layer: Layer) -> Layer:
    """Return the text layer without the words of layers that are switched off: removing them changes nothing visible.

    Where words of layers overlap, as those of two languages do, they count as covered.
    """
    if not layer.layered:
        return layer
    picture = page_picture(page, layer)
    with _without_texts(layer.layer_texts):
        change = ImageChops.difference(picture, page_picture(page, layer))
    off = {_key(word) for word in layer.layered if _brightest(change, _middle(word.box)) < VISIBLE}
    lines = (tuple(word for word in line if _key(word) not in off) for line in layer.page.lines)
    visible_page = replace(layer.page, lines=tuple(line for line in lines if line))
    crowded = tuple(_overlapping([word for word in layer.layered if _key(word) not in off], visible_page))
    return replace(
        layer,
        page=visible_page,
        visible=layer.visible - sum(len(word.text) for word in layer.layered if _key(word) in off),
        pale=tuple(word for word in layer.pale if _key(word) not in off),
        beneath=tuple(dict.fromkeys(word for word in (*layer.beneath, *crowded) if _key(word) not in off)),
        misdrawn=tuple(tuple(word for word in group if _key(word) not in off) for group in layer.misdrawn),
        layered=(),
    )


@contextmanager
def _without_texts(texts: Collection[int]) -> Iterator[None]:
    """Draw the page without these text objects."""
    objects = [ctypes.cast(text, c.FPDF_PAGEOBJECT) for text in texts]
    for text in objects:
        c.FPDFPageObj_SetIsActive(text, False)
    try:
        yield
    finally:
        for text in objects:
            c.FPDFPageObj_SetIsActive(text, True)


def _key(word: Word) -> tuple[str, Box]:
    return word.text, word.box


def _middle(box: Box) -> Box:
    edge = _EDGE * box.height
    return replace(box, top=box.top + edge, bottom=box.bottom - edge)


def _brightest(picture: Image.Image, box: Box) -> int:
    return max(_shades(picture, box), default=0)


def _overlapping(words: Collection[Word], page: Page) -> Iterator[Word]:
    """Yield the words that overlap another word of the page."""
    rows = defaultdict[int, list[Word]](list)
    for word in page.words():
        rows[int(word.box.middle // _ROWS)].append(word)
    for word in words:
        row = int(word.box.middle // _ROWS)
        near = (neighbour for place in (row - 1, row, row + 1) for neighbour in rows[place])
        if any(neighbour.text != word.text and _overlap(word.box, neighbour.box) for neighbour in near):
            yield word


def _overlap(word: Box, near: Box) -> bool:
    across = min(word.right, near.right) - max(word.left, near.left)
    down = min(word.bottom, near.bottom) - max(word.top, near.top)
    smaller = min(word.width * word.height, near.width * near.height)
    return across > 0 and down > 0 and across * down > 0.5 * smaller
