"""Turns a file's bytes into a Reading, each page read by the engine that can be trusted with it."""

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
from extractors.engines.attached_files import listed
from extractors.engines.einvoice import not_an_einvoice, read_einvoice
from extractors.engines.ocr import pictures, scans
from extractors.engines.ocr.despeckle import dots_an_inch
from extractors.engines.ocr.scans import Sheet
from extractors.engines.ocr.tick_boxes import PER_POINT, find_tick_boxes
from extractors.engines.pdf import acroform
from extractors.engines.pdf.attachments import files_in_pdf
from extractors.engines.pdf.layers import has_layers
from extractors.engines.pdf.text_layer import ENGINE, Frame, Layer, read_layer
from extractors.engines.pdf.text_layer_trust import Doubt, doubt
from extractors.engines.pdf.visible_text import without_layers_that_are_off, without_the_unseen
from extractors.engines.refusals import refuse
from keywright.model.reading import Control, Page, Reading, Word

_AT_ONCE = 4  # pages being read; each takes some 100 MB of the one process's memory
_XFA_FORMS = (c.FORMTYPE_XFA_FULL, c.FORMTYPE_XFA_FOREGROUND)


@dataclass(frozen=True, slots=True)
class Fence:
    """How many pages and pixels a page are allowed, and how to ask for the time that reading scans takes.

    ``ticks``: tick boxes are to be looked for on digital pages too, which takes a tenth of a second each. ``only``: the
    first and the last page to be read, where not all are.
    """

    pages: int
    pixels: int
    time_for_scans: Callable[[], None]
    ticks: bool = False
    only: tuple[int, int] | None = None

    def wanted(self, count: int) -> range:
        """Return the indexes of the pages to be read of so many. Refer if the file is too long or lacks one of them."""
        if count > self.pages:
            raise refuse(refusals.TOO_LARGE, f"The file has {count} pages; {self.pages} are allowed.")
        first, last = self.only or (1, count)
        if not 1 <= first <= last <= count:
            raise refuse(refusals.DAMAGED, f"The file has no pages {first} to {last}.")
        return range(first - 1, last)


def read_xml(content: bytes) -> Reading:
    """Return the reading of a bare electronic invoice; Refer if the XML is something else."""
    invoice = read_einvoice(content)
    if invoice is None:
        raise not_an_einvoice(content)
    return Reading((), einvoice=invoice)


def read_picture(content: bytes, fence: Fence) -> Reading:
    """Return what Tesseract reads in a picture, or in each page of a TIFF."""
    wanted = fence.wanted(pictures.count(content))
    sheets = ThreadSafe(lambda index: pictures.sheet(content, index, fence.pixels))
    return _not_blank(Reading(tuple(_read_scans(sheets, wanted, fence))))


def read_pdf(content: bytes, fence: Fence) -> Reading:
    """Return all that the engines see on a PDF.

    1. Read every page's text layer, and what is filled into a form's fields.
    2. Have Tesseract read the pages whose text layer cannot be believed.
    3. Look for an electronic invoice and other files inside; they tell of the whole file, so that no part of one has
       them.
    """
    pdf = open_pdf(content)
    wanted = fence.wanted(len(pdf))
    pages: list[Page] = []
    layers: list[Layer] = []
    doubtful: dict[int, Doubt] = {}
    layers_there = cache(lambda: has_layers(content))
    for index in range(len(pdf)):
        layer, page, why = _text_of(pdf, index, layers_there)
        layers.append(layer)
        pages.append(page)
        if why and index in wanted:
            doubtful[index] = why
    controls = _controls(pdf, content, [layer.frame for layer in layers])
    if doubtful:
        sheets = ThreadSafe(lambda index: sheet_of(pdf, index, fence.pixels))
        scanned = _read_scans(sheets, list(doubtful), fence)
        for index, page in zip(doubtful, scanned, strict=True):
            pages[index] = _better(page, layers[index], doubtful[index])
    pages = [pages[index] for index in wanted]
    if len(wanted) < len(pdf):
        controls = tuple(one for one in controls if one.box and one.box.page - 1 in wanted)
    if fence.ticks and not controls:
        pages = [_with_ticks(pdf, page) for page in pages]
    return _not_blank(_with_files(Reading(tuple(pages), controls), pdf, content, whole=len(wanted) == len(pdf)))


def _with_files(reading: Reading, pdf: pdfium.PdfDocument, content: bytes, *, whole: bool) -> Reading:
    if not whole:
        return reading
    invoice, attached = files_in_pdf(pdf, content, reading.text())
    return replace(reading, einvoice=invoice, attached=attached)


def _with_ticks(pdf: pdfium.PdfDocument, page: Page) -> Page:
    """Return a digital page with the tick boxes drawn on it; a scan has them already."""
    if page.engine != ENGINE or not page.lines or max(page.width, page.height) > scans.LARGEST_FORM:
        return page
    picture = scans.turn(draw(pdf, pdf[page.number - 1], PER_POINT, grey=True), page.turned)
    return replace(page, tick_boxes=find_tick_boxes(picture, page.number, PER_POINT))


def open_pdf(content: bytes) -> pdfium.PdfDocument:
    """Return the PDF, opened; Refer if it wants a password or cannot be opened, or has no page."""
    try:
        pdf = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if error.err_code in (c.FPDF_ERR_PASSWORD, c.FPDF_ERR_SECURITY):
            raise refuse(refusals.ENCRYPTED) from error
        raise refuse(refusals.DAMAGED) from error
    if len(pdf) == 0:
        raise refuse(refusals.DAMAGED, "The file has no pages.")
    return pdf


def _not_blank(reading: Reading) -> Reading:
    filled = any(control.value for control in reading.controls)
    printed = any(_is_print(word) for page in reading.pages for word in page.words())
    if not (printed or filled or reading.einvoice):
        if reading.attached:
            raise refuse(refusals.PORTFOLIO, f"The pages are blank; attached are {listed(reading.attached)}.")
        raise refuse(refusals.NO_TEXT)
    return reading


def _is_print(word: Word) -> bool:
    """Tell whether the word is one, and not what Tesseract makes of a stain."""
    letters = sum(letter.isalnum() for letter in word.text)
    return letters >= 1 and (word.confidence == 1.0 or (letters >= 2 and word.confidence >= 0.4))


def _text_of(pdf: pdfium.PdfDocument, index: int, layers: Callable[[], bool]) -> tuple[Layer, Page, Doubt | None]:
    """Return a page's text layer, the page as it can be seen, and why not to believe it.

    A page that cannot be opened is taken for a blank one: its neighbours may be whole.
    """
    try:
        page = pdf[index]
    except pdfium.PdfiumError:
        blank = Page(index + 1, 612.0, 792.0, "text-layer", ())
        return Layer(blank, Frame(0, 0, 612, 792, 0), 0, 0, 0), blank, None
    try:
        layer = without_layers_that_are_off(page, read_layer(page, index + 1, layers))
        why = doubt(page, layer)
        return layer, layer.page if why else without_the_unseen(page, layer), why
    finally:
        page.close()


def _controls(pdf: pdfium.PdfDocument, content: bytes, frames: list[Frame]) -> tuple[Control, ...]:
    """Return the filled-in fields; Refer if they are an XFA form's that nobody but Adobe can show."""
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


def _better(scanned: Page, layer: Layer, why: Doubt) -> Page:
    """Return Tesseract's page, unless it saw next to nothing where the text layer was merely odd."""
    read = sum(len(word.text) for word in scanned.words())
    if why is Doubt.NONSENSE and read < 0.3 * layer.seen:
        return layer.page
    return scanned


class ThreadSafe:
    """Makes one picture at a time, since pdfium can serve one thread only."""

    def __init__(self, make: Callable[[int], Sheet]) -> None:
        self._make = make
        self._lock = threading.Lock()

    def __call__(self, index: int) -> Sheet:
        with self._lock:
            return self._make(index)


def _read_scans(sheets: ThreadSafe, indexes: Sequence[int], fence: Fence) -> Iterator[Page]:
    """Yield the pages that Tesseract reads, as many at a time as there are processors."""
    if indexes:
        fence.time_for_scans()
    workers = max(1, min(len(indexes), len(os.sched_getaffinity(0)), _AT_ONCE))
    with ThreadPoolExecutor(workers) as readers:
        yield from readers.map(lambda index: scans.read_scan(sheets(index)), indexes)


def sheet_of(pdf: pdfium.PdfDocument, index: int, pixels: int) -> Sheet:
    """Return the picture of a page, as its file shows it, at the size at which it is to be read."""
    page = pdf[index]
    try:
        width, height = page.get_size()
        scale = scans.resolution(width, height, pixels)
        return Sheet(index + 1, draw(pdf, page, scale, grey=True), scale, dots_an_inch(page))
    finally:
        page.close()


def draw(pdf: pdfium.PdfDocument, page: pdfium.PdfPage, scale: float, *, grey: bool) -> Image.Image:
    """Return the page as its file shows it, with what is filled into its form."""
    bitmap = page.render(scale=scale, grayscale=grey, may_draw_forms=pdf.formenv is not None)
    picture: Image.Image = bitmap.to_pil()
    return picture.convert("L" if grey else "RGB")


def turns_of(content: bytes, indexes: Sequence[int], fence: Fence, *, is_pdf: bool) -> list[float]:
    """Return by how many degrees clockwise reading turns each of these pages."""
    if not is_pdf:
        sheets = ThreadSafe(lambda index: pictures.sheet(content, index, fence.pixels))
        return [page.turned for page in _read_scans(sheets, indexes, fence)]
    pdf = open_pdf(content)
    layers_there = cache(lambda: has_layers(content))
    found = {index: _text_of(pdf, index, layers_there) for index in indexes}
    sheets = ThreadSafe(lambda index: sheet_of(pdf, index, fence.pixels))
    doubtful = [index for index, (_, _, why) in found.items() if why]
    scanned = dict(zip(doubtful, _read_scans(sheets, doubtful, fence), strict=True))
    return [scanned.get(index, found[index][1]).turned for index in indexes]
