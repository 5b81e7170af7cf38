"""Decides page by page whether a text layer can be trusted, or the page's picture must be read instead."""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import pypdfium2 as pdfium
import pypdfium2.raw as c
from PIL import Image, ImageDraw

from extractors.engines.ocr.tesseract import read_words
from extractors.engines.pdf.text_layer import Layer
from extractors.engines.pdf.visible_text import PER_POINT, VISIBLE, contrast, page_picture, shows, text_in_picture
from keywright.model.reading import Page, Word

#: With fewer characters over a picture that covers the page, the text is only a stamp or a page number.
A_FEW_CHARACTERS = 100
_COVERS = 0.6  # of the page's area
_STRIP, _SOME_INK = 130.0, 0.0015  # points; the share of a strip that a few words blacken
_SURE, _SOME_WORDS = 0.8, 5  # text read in it counts as print from this many confident words on
_FEW_BENEATH = 12  # words whose places are checked one by one; if there are more, the whole page is read
_MOST_OBJECTS = 20_000
_FEW_WORDS, _WORDS_TESTED = 12, 6
_MOST_GROUPS = 20
#: Words; a page of English, French, German, Dutch, Spanish, Italian or Portuguese has at least one of them.
_EVERYWHERE = frozenset(
    re.findall(
        r"\w+",
        """the of and to in for is on by your no date total page name address tax number phone tel invoice amount order
        from de la le les des du et un une pour en est nous votre montant facture der die das und von zu mit bei für
        den dem rechnung datum seite betrag nr ist een het van op te met voor factuur el los las por con del fecha su
        número il di che per con fattura importo numero totale data o os da do em não com fatura valor www com http
        gmbh ltd inc co sa ab og för och att som til""",
    )
)
_LIKE_A_WORD = re.compile(r"(?=.*[aeiouyAEIOUYÀ-ÿ])['’(]*[^\W\d_]{2,}[.,:;!?)'’-]*")
_LIKE_A_NUMBER = re.compile(r"[-+(#$€£]*\d[\d.,:/ %€$£)-]*")


class Doubt(StrEnum):
    """Why a text layer is not trusted."""

    MISSING = "missing"  #: something is drawn, but there is no text
    SPARSE = "sparse"  #: a picture covers the page, and a few words are not what it says
    HIDDEN = "hidden"  #: the text is drawn invisibly or beneath a picture: an older OCR's work
    MIXED = "mixed"  #: a picture covers the page and says more than the text: a scan under another's text
    MISDRAWN = "misdrawn"  #: a font draws its digits in the shapes of other digits
    UNMAPPED = "unmapped"  #: the glyphs have no meaning in Unicode
    NONSENSE = "nonsense"  #: there are letters, but they make no words


@dataclass(frozen=True, slots=True)
class _Cover:
    """A picture that covers the page, and the share of the text that was drawn before it."""

    beneath: float


def doubt(page: pdfium.PdfPage, layer: Layer) -> Doubt | None:
    """Return why the page's picture must be read, None if its text layer can be trusted.

    A page on which nothing at all is drawn is blank, and its text layer is right.
    """
    if layer.visible == 0 and layer.hidden == 0:
        return Doubt.MISSING if _something_drawn(page) else None
    beneath = sum(len(word.text) for word in layer.beneath)
    if layer.hidden >= layer.visible or beneath > 0.5 * layer.visible or len(layer.beneath) > _FEW_BENEATH:
        return Doubt.HIDDEN
    if layer.beneath and _other_text_under_patch(page, layer):
        return Doubt.HIDDEN
    if layer.misdrawn and _digits_contradicted(page, layer):
        return Doubt.MISDRAWN
    if layer.unmapped > 0.15 * layer.visible:
        return Doubt.UNMAPPED
    cover = _cover(page)
    if cover and cover.beneath > 0.5:
        return Doubt.HIDDEN
    if cover and layer.visible < A_FEW_CHARACTERS:
        return Doubt.SPARSE
    if cover and _more_in_the_picture(page, layer):
        return Doubt.MIXED
    if _nonsense(layer.page) or (_unknown_language(layer.page) and _contradicted(page, layer)):
        return Doubt.NONSENSE
    return None


def _more_in_the_picture(page: pdfium.PdfPage, layer: Layer) -> bool:
    """Return whether there is print on the page that is not in its text layer.

    1. Draw the page, and whiten everything that the text layer has.
    2. Read the strip with the most ink left; a plain background or a logo gives no words.
    """
    picture = page_picture(page, layer)
    pen = ImageDraw.Draw(picture)
    for box in (word.box for word in layer.page.words()):
        edges = (box.left - 2, box.top - 2, box.right + 2, box.bottom + 2)
        pen.rectangle([edge * PER_POINT for edge in edges], fill=255)
    high = round(_STRIP * PER_POINT)
    tops = range(0, picture.height, high)
    strips = [picture.crop((0, top, picture.width, min(top + high, picture.height))) for top in tops]
    fullest = max(strips, key=_ink)
    if _ink(fullest) < _SOME_INK * fullest.width * fullest.height:
        return False
    words = [word for run in read_words(fullest, 1, PER_POINT).runs for word in run.words]
    return sum(word.confidence > _SURE and len(word.text) > 2 for word in words) >= _SOME_WORDS


def _ink(picture: Image.Image) -> int:
    return sum(picture.histogram()[:128])


def _something_drawn(page: pdfium.PdfPage) -> bool:
    return bool(c.FPDFPage_CountObjects(page.raw) > 0 or c.FPDFPage_GetAnnotCount(page.raw) > 0)


def _cover(page: pdfium.PdfPage) -> _Cover | None:
    """Return the picture that covers the page, None if there is none."""
    objects = list(_objects(page))
    if not any(kind == c.FPDF_PAGEOBJ_IMAGE for kind, _ in objects):
        return None
    x0, y0, x1, y1 = page.get_bbox()
    paper = max(1.0, (x1 - x0) * (y1 - y0))
    texts = sum(kind == c.FPDF_PAGEOBJ_TEXT for kind, _ in objects)
    before, covered = 0, 0.0
    for kind, area in objects:
        before += kind == c.FPDF_PAGEOBJ_TEXT
        covered += area
        if covered > _COVERS * paper:  # a scanner may write a page in strips
            return _Cover(before / texts if texts else 0.0)
    return None


def _objects(page: pdfium.PdfPage) -> Iterator[tuple[int, float]]:
    """Yield the kind of each object drawn on the page, in order, and the area that pictures hide."""
    page_left, page_bottom, page_right, page_top = page.get_bbox()
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
            area = max(0.0, min(x2, page_right) - max(x1, page_left)) * max(
                0.0, min(y2, page_top) - max(y1, page_bottom)
            )
        yield kind, area


def _holds_picture(form: c.FPDF_PAGEOBJECT) -> bool:
    """Return whether a group of drawings is a picture without text, as scanner software writes it."""
    count = min(c.FPDFFormObj_CountObjects(form), 50)
    kinds = {c.FPDFPageObj_GetType(c.FPDFFormObj_GetObject(form, index)) for index in range(count)}
    return c.FPDF_PAGEOBJ_IMAGE in kinds and c.FPDF_PAGEOBJ_TEXT not in kinds


def _nonsense(page: Page) -> bool:
    """Return whether hardly any of the page's words looks like a word or a number; in Latin script only."""
    words = [word.text for word in page.words()]
    letters = [letter for word in words for letter in word if letter.isalpha()]
    latin = sum(letter.isascii() or "LATIN" in unicodedata.name(letter, "") for letter in letters)
    if latin < 0.7 * len(letters):
        return False
    likely = sum(bool(_LIKE_A_WORD.fullmatch(word) or _LIKE_A_NUMBER.fullmatch(word)) for word in words)
    return likely < 0.3 * len(words)


def _unknown_language(page: Page) -> bool:
    """Return whether a page of some text has none of the words that every page has, in the languages that we know."""
    words = [word.text.casefold().strip(".,:;()#'’") for word in page.words()]
    spelled = [word for word in words if len(word) > 1 and word.isalpha()]
    return len(spelled) >= _FEW_WORDS and not any(word in _EVERYWHERE for word in spelled)


def _contradicted(page: pdfium.PdfPage, layer: Layer) -> bool:
    """Return whether most of the page's longest words read differently in its picture."""
    longest = sorted(layer.page.words(), key=lambda word: -len(word.text))[:_WORDS_TESTED]
    picture = page_picture(page, layer)
    return sum(shows(picture, word) for word in longest) < 0.5 * len(longest)


def _digits_contradicted(page: pdfium.PdfPage, layer: Layer) -> bool:
    """Return whether most words of a doubtful group show other digits in the page's picture."""
    picture = page_picture(page, layer)
    return any(_contradicted_in(picture, group) for group in layer.misdrawn[:_MOST_GROUPS])


def _contradicted_in(picture: Image.Image, group: Sequence[Word]) -> bool:
    longest = sorted(set(group), key=lambda word: -len(_digits(word.text)))[:_WORDS_TESTED]
    return sum(_digits(text_in_picture(picture, word)) != _digits(word.text) for word in longest) > 0.5 * len(longest)


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def _other_text_under_patch(page: pdfium.PdfPage, layer: Layer) -> bool:
    """Return whether other text is read where words lie under a patch; under a plain bar there is none."""
    picture = page_picture(page, layer)
    inked = [word for word in layer.beneath if contrast(picture, word.box) >= VISIBLE]
    return not all(shows(picture, word) for word in inked)
