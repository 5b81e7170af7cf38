"""Writes out the receipt of a keyed case, with a crop of the page for each value, once the case is closed."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from PIL import Image, ImageDraw

from extractors.engines.isolation import sandbox
from keywright.archive import Archive, Damage
from keywright.bot import AnyBot, bot_named
from keywright.cases.worker import Office, note_changed
from keywright.disk import remedy
from keywright.errors import Refer, Stop
from keywright.ledger import checkpoints
from keywright.model.case import Case, State
from keywright.model.reading import Box
from keywright.receipts import store
from keywright.receipts.audit_trail import AuditTrail, audit_trail_of
from keywright.receipts.html import Pictures, ReceiptCrop, write_page
from keywright.receipts.pdf import html_of, pdf_of

DPI = 110
AROUND = (60.0, 4.0)  #: points of the page left and right, above and below a print, so that its label can be seen
CLOSE = (3.0, 3.0)  #: the same where values are masked: the surrounding print could contain one of them
FRAME = (31, 95, 168)
CAUGHT_UP = 50  #: so many missing receipts are written at the end of a run

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page's picture, and its pixels a point."""

    picture: Image.Image
    scale: float


def prove(case: Case, bot: AnyBot, office: Office) -> None:
    """Write the receipt of a case that was closed. A failure here undoes nothing: a later run writes the receipt."""
    if case.state is not State.KEYED:
        return
    try:
        write_receipt(int(case.id), bot, office)
    except Exception as fault:  # a step's door: the case stays closed after any fault here
        log.exception("the receipt of case %s is written in a later run. %s", case.id, remedy(fault))


def catch_up(bot: AnyBot, office: Office) -> None:
    """At the end of a run, write the receipts that are missing."""
    try:
        for number in store.without_receipt(bot.name, CAUGHT_UP):
            write_receipt(number, bot, office)
    except Exception as fault:  # the same door: the next run tries again
        log.exception("receipts of %s are written in a later run. %s", bot.name, remedy(fault))


def sign_ledger(office: Office) -> str:
    """At the end of a run, sign the ledger's head; return in words why it was not signed, or ""."""
    try:
        checkpoints.sign(office.settings, actor=office.worker, whole=False)
    except Stop as stop:
        return str(stop)
    except Exception as fault:  # the same door: the cases are worked, and the next run signs them too
        log.exception("the ledger's head was not signed")
        return f"The ledger's head was not signed: {fault}. {remedy(fault) or 'The next run tries again.'}"
    return ""


def write_receipt(number: int, bot: AnyBot, office: Office) -> Mapping[str, str]:
    """Write and keep the receipt of a keyed case if it has none; return its hashes by language.

    Raises Stop if the case was not keyed, or if the disk does not take the receipt.
    """
    if earlier := store.kept(number):
        return earlier
    trail = audit_trail_of(number)
    pictures = Pictures(_crops(trail, office), office.pictures.get(trail.picture))
    pages = {language: write_page(trail, bot, pictures, language) for language in store.LANGUAGES}
    return store.keep(trail, pages, Archive(office.settings.receipts), actor=office.worker)


def hand_out(number: int, language: str, office: Office, actor: str, *, pdf: bool) -> bytes:
    """Return the receipt of a case as HTML or PDF; a missing one is written now.

    Raises Stop if the case was not keyed, or if the receipt cannot be written or printed.
    """
    write_receipt(number, bot_named(audit_trail_of(number).bot), office)
    place = Archive(office.settings.receipts)
    return pdf_of(number, language, place, actor=actor) if pdf else html_of(number, language, place)


def _crops(trail: AuditTrail, office: Office) -> dict[str, ReceiptCrop]:
    """Return a crop of the page for each printed value; none if the document cannot be drawn.

    Raises Stop if the document is gone or this machine cannot draw: the receipt is written after that is repaired.
    """
    boxes = {field.name: field.box for field in trail.fields if field.box}
    boxes |= {f"lines[{entry.number}]": entry.line.box for entry in trail.lines if entry.line and entry.line.box}
    try:
        images = dict(_page_images(trail, office, {box.page for box in boxes.values()}))
    except Refer as gone:
        log.warning("case %d: its pages cannot be drawn for the receipt: %s", trail.case, gone)
        return {}
    return {name: _crop(images[box.page], box, trail) for name, box in boxes.items() if box.page in images}


def _page_images(trail: AuditTrail, office: Office, pages: set[int]) -> Iterator[tuple[int, PageImage]]:
    """Yield the pages upright, from the pictures that were drawn for a person if there are any."""
    path = office.documents.path(trail.document.sha256)
    drawn_before = {page: (office.pictures.path(sha256), width) for page, (sha256, width) in trail.drawn.items()}
    if all(page in drawn_before and drawn_before[page][0].exists() for page in pages):
        for page in pages:
            sha256, width = trail.drawn[page]
            yield page, _page_image(office.pictures.get(sha256), width)
        return
    fault = office.documents.fault_of(trail.document.sha256) if pages else None
    if fault and fault.damage is Damage.CHANGED:
        note_changed(trail.case, trail.document.sha256, actor=office.worker)
        raise Stop(f"The document {trail.document.sha256} was changed. Restore it from the backup.")
    if trail.document.media_type == "application/pdf":
        for page in pages:
            yield page, _page_image(sandbox.picture(path, page, DPI), None)
    elif pages:
        for drawn in sandbox.pictures(path, DPI):
            yield drawn.number, _page_image(drawn.png, drawn.width)


def _page_image(png: bytes, width: float | None) -> PageImage:
    """Open a page's picture; ``width`` is that of the page in points, None if it was drawn at ``DPI`` from a PDF."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    return PageImage(image, image.width / width if width else DPI / 72)


def _crop(image: PageImage, box: Box, trail: AuditTrail) -> ReceiptCrop:
    """Cut a print out of its page, framed, with a black box over all that is masked."""
    x0, y0, x1, y1 = _pixels(box, image.scale, CLOSE if trail.mask else AROUND)
    x0, y0 = min(max(0, x0), image.picture.width - 1), min(max(0, y0), image.picture.height - 1)
    x1, y1 = min(max(x1, x0 + 1), image.picture.width), min(max(y1, y0 + 1), image.picture.height)
    piece = image.picture.crop((x0, y0, x1, y1))
    pen = ImageDraw.Draw(piece)
    for hidden in (area for area in trail.hidden if area.page == box.page):
        pen.rectangle(_moved(_pixels(hidden, image.scale, CLOSE), x0, y0), fill="black")
    pen.rectangle(_moved(_pixels(box, image.scale, (2.0, 2.0)), x0, y0), outline=FRAME, width=1)
    cut = io.BytesIO()
    piece.quantize(32, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(cut, "PNG")
    return ReceiptCrop(box.page, cut.getvalue(), piece.width / image.scale, piece.height / image.scale)


def _pixels(box: Box, scale: float, around: tuple[float, float]) -> tuple[int, int, int, int]:
    wide, high = around
    edges = (box.left - wide, box.top - high, box.right + wide, box.bottom + high)
    x0, y0, x1, y1 = (round(edge * scale) for edge in edges)
    return x0, y0, x1, y1


def _moved(edges: tuple[int, int, int, int], x: int, y: int) -> tuple[int, int, int, int]:
    return edges[0] - x, edges[1] - y, edges[2] - x, edges[3] - y
