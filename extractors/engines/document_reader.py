"""Turns a file's bytes into a Reading; each page is read from its text layer or by Tesseract, whichever is reliable."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache

import pypdfium2 as pdfium
import pypdfium2.raw as c
from PIL import Image

from extractors.engines import refusals
from extractors.engines.attached_files import names_of
from extractors.engines.einvoice import not_an_einvoice, read_einvoice
from extractors.engines.ocr import pictures, scans
from extractors.engines.ocr.picture_resolution import dots_an_inch
from extractors.engines.ocr.scans import Sheet
from extractors.engines.ocr.tick_boxes import PER_POINT, find_tick_boxes
from extractors.engines.pdf import acroform
from extractors.engines.pdf.attachments import files_in_pdf
from extractors.engines.pdf.layers import has_layers
from extractors.engines.pdf.text_layer import ENGINE, Frame, Layer, read_layer
from extractors.engines.pdf.text_layer_trust import Doubt, doubt
from extractors.engines.pdf.visible_text import without_invisible_words, without_layers_that_are_off
from extractors.engines.refusals import refuse
from keywright.messages import Message
from keywright.model.reading import Control, Page, Reading, Word

_AT_ONCE = 4  # pages read at the same time; each takes about 100 MB of the memory of this process
_XFA_FORMS = (c.FORMTYPE_XFA_FULL, c.FORMTYPE_XFA_FOREGROUND)


@dataclass(frozen=True, slots=True)
class Fence:
    """The limits on pages and on pixels a page, and the call that asks for the extra time that reading scans takes.

    ``ticks``: look for tick boxes on digital pages too, which takes a tenth of a second a page. ``only``: the first and
    the last page to read, if not all pages are read.
    """

    pages: int
    pixels: int
    time_for_scans: Callable[[], None]
    ticks: bool = False
    only: tuple[int, int] | None = None

    def indexes_to_read(self, count: int) -> range:
        """Return the indexes of the pages to read in a file of ``count`` pages. Refer if there are too many, or one is
        missing.
        """
        if count > self.pages:
            raise refuse(
                refusals.TOO_LARGE,
                Message("It has {count} pages; {allowed} are allowed.", count=count, allowed=self.pages),
            )
        first, last = self.only or (1, count)
        if not 1 <= first <= last <= count:
            raise refuse(refusals.DAMAGED, Message("It has no pages {first} to {last}.", first=first, last=last))
        return range(first - 1, last)


def read_xml(content: bytes) -> Reading:
    """Return the reading of a bare electronic invoice; Refer if the XML is something else."""
    invoice = read_einvoice(content)
    if invoice is None:
        raise not_an_einvoice(content)
    return Reading((), einvoice=invoice)


def read_picture(content: bytes, fence: Fence) -> Reading:
    """Return what Tesseract reads in a picture, or in each page of a TIFF."""
    indexes_to_read = fence.indexes_to_read(pictures.count(content))
    sheets = ThreadSafe(lambda index: pictures.sheet(content, index, fence.pixels))
    return _not_blank(Reading(tuple(_read_scans(sheets, indexes_to_read, fence))))


def read_pdf(content: bytes, fence: Fence) -> Reading:
    """Return everything that the engines read in a PDF.

    1. Read every page's text layer, and the values of the form's fields.
    2. Have Tesseract read the pages whose text layer cannot be trusted.
    3. Look for an electronic invoice and other files inside. They belong to the whole file, so they are left out if
       only some of its pages are read.
    """
    pdf = open_pdf(content)
    indexes = fence.indexes_to_read(len(pdf))
    pages: list[Page] = []
    layers: list[Layer] = []
    doubtful: dict[int, Doubt] = {}
    layers_there = cache(lambda: has_layers(content))
    for index in range(len(pdf)):
        layer, page, why = _text_of(pdf, index, layers_there)
        layers.append(layer)
        pages.append(page)
        if why and index in indexes:
            doubtful[index] = why
    controls = _controls(pdf, content, [layer.frame for layer in layers])
    if doubtful:
        sheets = ThreadSafe(lambda index: sheet_of(pdf, index, fence.pixels))
        scanned = _read_scans(sheets, list(doubtful), fence)
        for index, page in zip(doubtful, scanned, strict=True):
            pages[index] = _page_to_use(page, layers[index], doubtful[index])
    pages = [pages[index] for index in indexes]
    if len(indexes) < len(pdf):
        controls = tuple(control for control in controls if control.box and control.box.page - 1 in indexes)
    if fence.ticks and not controls:
        pages = [_with_ticks(pdf, page) for page in pages]
    return _not_blank(_with_files(Reading(tuple(pages), controls), pdf, content, whole=len(indexes) == len(pdf)))


def _with_files(reading: Reading, pdf: pdfium.PdfDocument, content: bytes, *, whole: bool) -> Reading:
    if not whole:
        return reading
    invoice, attached = files_in_pdf(pdf, content, reading.text())
    return replace(reading, einvoice=invoice, attached=attached)


def _with_ticks(pdf: pdfium.PdfDocument, page: Page) -> Page:
    """Return a digital page with the tick boxes that are drawn on it; a scanned page has them already."""
    if page.engine != ENGINE or not page.lines or max(page.width, page.height) > scans.LARGEST_FORM:
        return page
    picture = scans.turn(draw(pdf, pdf[page.number - 1], PER_POINT, grey=True), page.turned)
    return replace(page, tick_boxes=find_tick_boxes(picture, page.number, PER_POINT))


def open_pdf(content: bytes) -> pdfium.PdfDocument:
    """Return the opened PDF; Refer if it has a password, cannot be opened, or has no pages."""
    try:
        pdf = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if error.err_code in (c.FPDF_ERR_PASSWORD, c.FPDF_ERR_SECURITY):
            raise refuse(refusals.ENCRYPTED) from error
        raise refuse(refusals.DAMAGED) from error
    if len(pdf) == 0:
        raise refuse(refusals.DAMAGED, Message("It has no pages."))
    return pdf


def _not_blank(reading: Reading) -> Reading:
    filled = any(control.value for control in reading.controls)
    printed = any(_is_print(word) for page in reading.pages for word in page.words())
    if not (printed or filled or reading.einvoice):
        if reading.attached:
            raise refuse(
                refusals.PORTFOLIO,
                Message("The pages are blank; attached are {files}.", files=names_of(reading.attached)),
            )
        raise refuse(refusals.NO_TEXT)
    return reading


def _is_print(word: Word) -> bool:
    """Return whether this is a word, and not what Tesseract makes of a stain."""
    letters = sum(letter.isalnum() for letter in word.text)
    return letters >= 1 and (word.confidence == 1.0 or (letters >= 2 and word.confidence >= 0.4))


def _text_of(pdf: pdfium.PdfDocument, index: int, layers: Callable[[], bool]) -> tuple[Layer, Page, Doubt | None]:
    """Return a page's text layer, the page as a reader sees it, and the reason not to trust the text layer.

    A page that cannot be opened counts as blank, since the other pages can still be intact.
    """
    try:
        page = pdf[index]
    except pdfium.PdfiumError:
        blank = Page(index + 1, 612.0, 792.0, "text-layer", ())
        return Layer(blank, Frame(0, 0, 612, 792, 0), 0, 0, 0), blank, None
    try:
        layer = without_layers_that_are_off(page, read_layer(page, index + 1, layers))
        why = doubt(page, layer)
        return layer, layer.page if why else without_invisible_words(page, layer), why
    finally:
        page.close()


def _controls(pdf: pdfium.PdfDocument, content: bytes, frames: list[Frame]) -> tuple[Control, ...]:
    """Return the filled-in fields; Refer if this is an XFA form that only Adobe's reader can show."""
    kind = pdf.get_formtype()
    if kind == c.FORMTYPE_NONE:
        return ()
    try:
        filled = acroform.read_form(content, frames)
    except acroform.FAULTS as error:
        if kind in _XFA_FORMS:
            raise refuse(refusals.XFA) from error
        return ()
    if filled.dynamic or filled.unread:
        raise refuse(refusals.XFA)
    return filled.controls


def _page_to_use(scanned: Page, layer: Layer, why: Doubt) -> Page:
    """Return Tesseract's page, or the text layer if it was merely odd and Tesseract read next to nothing."""
    letters = sum(len(word.text) for word in scanned.words())
    if why is Doubt.NONSENSE and letters < 0.3 * layer.visible:
        return layer.page
    return scanned


class ThreadSafe:
    """Draws one picture at a time, since pdfium can serve only one thread."""

    def __init__(self, make: Callable[[int], Sheet]) -> None:
        self._make = make
        self._lock = threading.Lock()

    def __call__(self, index: int) -> Sheet:
        with self._lock:
            return self._make(index)


def _read_scans(sheets: ThreadSafe, indexes: Sequence[int], fence: Fence) -> Iterator[Page]:
    """Yield the pages that Tesseract reads, as many at the same time as there are processors."""
    if indexes:
        fence.time_for_scans()
    workers = max(1, min(len(indexes), len(os.sched_getaffinity(0)), _AT_ONCE))
    with ThreadPoolExecutor(workers) as readers:
        yield from readers.map(lambda index: scans.read_scan(sheets(index)), indexes)


def sheet_of(pdf: pdfium.PdfDocument, index: int, pixels: int) -> Sheet:
    """Return the picture of a page as its file shows it, at the size at which it is read."""
    page = pdf[index]
    try:
        width, height = page.get_size()
        scale = scans.resolution(width, height, pixels)
        return Sheet(index + 1, draw(pdf, page, scale, grey=True), scale, dots_an_inch(page))
    finally:
        page.close()


def draw(pdf: pdfium.PdfDocument, page: pdfium.PdfPage, scale: float, *, grey: bool) -> Image.Image:
    """Return the page as its file shows it, with the values of its form."""
    bitmap = page.render(scale=scale, grayscale=grey, may_draw_forms=pdf.formenv is not None)
    picture: Image.Image = bitmap.to_pil()
    return picture.convert("L" if grey else "RGB")


def turns_of(content: bytes, indexes: Sequence[int], fence: Fence, *, is_pdf: bool) -> list[float]:
    """Return by how many degrees clockwise each of these pages is turned when it is read."""
    if not is_pdf:
        sheets = ThreadSafe(lambda index: pictures.sheet(content, index, fence.pixels))
        return [page.turned for page in _read_scans(sheets, indexes, fence)]
    pdf = open_pdf(content)
    layers_there = cache(lambda: has_layers(content))
    readings = {index: _text_of(pdf, index, layers_there) for index in indexes}
    sheets = ThreadSafe(lambda index: sheet_of(pdf, index, fence.pixels))
    doubtful = [index for index, (_, _, why) in readings.items() if why]
    scanned = dict(zip(doubtful, _read_scans(sheets, doubtful, fence), strict=True))
    return [scanned.get(index, readings[index][1]).turned for index in indexes]
