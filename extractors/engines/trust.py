"""Decides page by page whether a text layer can be believed, or the page's picture must be read instead."""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import pypdfium2 as pdfium
import pypdfium2.raw as c
from PIL import Image

from extractors.engines.text_layer import Layer
from keywright.readings import Box, Page

#: With fewer characters over a picture that covers the page, the text is but a stamp or a page number.
A_FEW_CHARACTERS = 100
_COVERS = 0.6  # of the page's area
_MOST_OBJECTS = 20_000
_VISIBLE = 24  # of 255; white on light grey is pale, but can be read
_LIKE_A_WORD = re.compile(r"(?=.*[aeiouyAEIOUYÀ-ÿ])['’(]*[^\W\d_]{2,}[.,:;!?)'’-]*")
_LIKE_A_NUMBER = re.compile(r"[-+(#$€£]*\d[\d.,:/ %€$£)-]*")


class Doubt(StrEnum):
    """Why a text layer is not believed."""

    MISSING = "missing"  #: something is drawn, but there is no text
    SPARSE = "sparse"  #: a picture covers the page, and a few words are not what it says
    HIDDEN = "hidden"  #: the text is drawn invisibly or beneath a picture: an older OCR's work
    UNMAPPED = "unmapped"  #: the glyphs have no meaning in Unicode
    NONSENSE = "nonsense"  #: there are letters, but they make no words


@dataclass(frozen=True, slots=True)
class _Cover:
    """A picture that covers the page, and how much of the text was drawn before it."""

    beneath: float


def doubt(page: pdfium.PdfPage, layer: Layer) -> Doubt | None:
    """Return why the page's picture must be read, None if its text layer can be believed.

    A page on which nothing at all is drawn is blank, and that can be believed.
    """
    if layer.seen == 0 and layer.hidden == 0:
        return Doubt.MISSING if _something_drawn(page) else None
    if layer.hidden >= layer.seen:
        return Doubt.HIDDEN
    if layer.unmapped > 0.15 * layer.seen:
        return Doubt.UNMAPPED
    cover = _cover(page)
    if cover and cover.beneath > 0.5:
        return Doubt.HIDDEN
    if cover and layer.seen < A_FEW_CHARACTERS:
        return Doubt.SPARSE
    return Doubt.NONSENSE if _nonsense(layer.page) else None


def _something_drawn(page: pdfium.PdfPage) -> bool:
    return bool(c.FPDFPage_CountObjects(page.raw) > 0 or c.FPDFPage_GetAnnotCount(page.raw) > 0)


def _cover(page: pdfium.PdfPage) -> _Cover | None:
    """Return the picture that covers the page, if one does."""
    objects = list(_objects(page))
    if not any(kind == c.FPDF_PAGEOBJ_IMAGE for kind, _ in objects):
        return None
    left, bottom, right, top = page.get_bbox()
    paper = max(1.0, (right - left) * (top - bottom))
    texts = sum(kind == c.FPDF_PAGEOBJ_TEXT for kind, _ in objects)
    before, covered = 0, 0.0
    for kind, area in objects:
        before += kind == c.FPDF_PAGEOBJ_TEXT
        covered += area
        if covered > _COVERS * paper:  # a scanner may write a page in strips
            return _Cover(before / texts if texts else 0.0)
    return None


def _objects(page: pdfium.PdfPage) -> Iterator[tuple[int, float]]:
    """Yield the kind of each thing drawn on the page, in order, and of pictures the area they hide."""
    left, bottom, right, top = page.get_bbox()
    edges = [ctypes.c_float() for _ in range(4)]
    for index in range(min(c.FPDFPage_CountObjects(page.raw), _MOST_OBJECTS)):
        drawn = c.FPDFPage_GetObject(page.raw, index)
        kind = c.FPDFPageObj_GetType(drawn)
        if kind == c.FPDF_PAGEOBJ_FORM and _holds_picture(drawn):
            kind = c.FPDF_PAGEOBJ_IMAGE
        area = 0.0
        opaque = not c.FPDFPageObj_HasTransparency(drawn)
        if kind == c.FPDF_PAGEOBJ_IMAGE and opaque and c.FPDFPageObj_GetBounds(drawn, *edges):
            x1, y1, x2, y2 = (edge.value for edge in edges)
            area = max(0.0, min(x2, right) - max(x1, left)) * max(0.0, min(y2, top) - max(y1, bottom))
        yield kind, area


def _holds_picture(form: c.FPDF_PAGEOBJECT) -> bool:
    """Tell whether a group of drawings is a picture and no text, as scanners' software writes it."""
    count = min(c.FPDFFormObj_CountObjects(form), 50)
    kinds = {c.FPDFPageObj_GetType(c.FPDFFormObj_GetObject(form, index)) for index in range(count)}
    return c.FPDF_PAGEOBJ_IMAGE in kinds and c.FPDF_PAGEOBJ_TEXT not in kinds


def _nonsense(page: Page) -> bool:
    """Tell whether hardly any of the page's words is like a word or a number; in Latin script only."""
    words = [word.text for word in page.words()]
    letters = [letter for word in words for letter in word if letter.isalpha()]
    latin = sum(letter.isascii() or "LATIN" in unicodedata.name(letter, "") for letter in letters)
    if latin < 0.7 * len(letters):
        return False
    likely = sum(bool(_LIKE_A_WORD.fullmatch(word) or _LIKE_A_NUMBER.fullmatch(word)) for word in words)
    return likely < 0.3 * len(words)


def without_the_unseen(pdf_page: pdfium.PdfPage, layer: Layer) -> Page:
    """Return the page without the pale words that do not stand out from the paper they stand on."""
    if not layer.pale:
        return layer.page
    turns = round(layer.page.turned / 90)
    picture = pdf_page.render(scale=1.0, rotation=turns * 90, grayscale=True).to_pil()
    unseen = {(word.text, word.box) for word in layer.pale if _contrast(picture, word.box) < _VISIBLE}
    kept = (tuple(word for word in line if (word.text, word.box) not in unseen) for line in layer.page.lines)
    return replace(layer.page, lines=tuple(line for line in kept if line))


def _contrast(picture: Image.Image, box: Box) -> int:
    area = (int(box.left), int(box.top), int(box.right) + 1, int(box.bottom) + 1)
    shades = picture.crop(area).convert("L").tobytes()
    return max(shades, default=255) - min(shades, default=255)
