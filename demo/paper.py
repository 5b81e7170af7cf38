"""A sheet of paper to print on, and what happens to paper afterwards: it is scanned, locked or torn.

Distances are points from the page's top left, as everywhere in the house. The only typeface is Bitstream Vera, which
comes with reportlab, so the same program writes the same bytes on every machine.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Literal

import pypdfium2
from PIL import Image, ImageChops, ImageFilter
from reportlab.lib.colors import HexColor
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader, simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

LETTER = (612.0, 792.0)
A4 = (595.2756, 841.8898)
INK = "#1a1a1a"
GREY = "#6b6b6b"
HAIR = "#b5b5b5"

Align = Literal["left", "right", "center"]
Face = Literal["Vera", "VeraBd", "VeraIt", "VeraBI"]


@cache
def _load_typeface() -> None:
    for face in ("Vera", "VeraBd", "VeraIt", "VeraBI"):
        pdfmetrics.registerFont(TTFont(face, f"{face}.ttf"))


def text_width(text: str, size: float, face: Face = "Vera") -> float:
    """How wide a text prints, in points."""
    _load_typeface()
    return float(pdfmetrics.stringWidth(text, face, size))


@dataclass(frozen=True, slots=True)
class PrintColumn:
    """One column of a table, between two distances from the page's left edge."""

    title: str
    start: float
    end: float
    align: Align = "right"

    def x(self, pad: float) -> float:
        """Where its texts are aligned."""
        if self.align == "center":
            return (self.start + self.end) / 2
        return self.start + pad if self.align == "left" else self.end - pad


@dataclass(frozen=True, slots=True)
class TableLook:
    """How a table is drawn; an empty colour means that there is none."""

    size: float = 8.0
    pad: float = 4.0
    lead: float = 11.0
    rules: Literal["grid", "rows", "none"] = "rows"
    head_fill: str = ""
    head_ink: str = INK
    zebra: str = ""
    line: str = HAIR


class PrintSheet:
    """A document being printed, page after page."""

    def __init__(self, size: tuple[float, float] = LETTER, password: str = "") -> None:
        """Start with an empty page; `password` locks the finished document.

        The lock is the old 40-bit one: newer ones take random numbers, and no two files would be the same.
        """
        _load_typeface()
        self.width, self.height = size
        self._buffer = BytesIO()
        lock = StandardEncryption(password, "town-hall-owner", strength=40) if password else None
        self.canvas = Canvas(self._buffer, pagesize=size, invariant=1, encrypt=lock)

    def write(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 9,
        face: Face = "Vera",
        align: Align = "left",
        ink: str = INK,
    ) -> None:
        """Print one line of text whose foot stands at `y`."""
        self.canvas.setFillColor(HexColor(ink))
        self.canvas.setFont(face, size)
        draw = {
            "left": self.canvas.drawString,
            "right": self.canvas.drawRightString,
            "center": self.canvas.drawCentredString,
        }
        draw[align](x, self.height - y, text)

    def lines(
        self,
        x: float,
        y: float,
        texts: Sequence[str],
        size: float = 9,
        lead: float = 12,
        face: Face = "Vera",
        align: Align = "left",
        ink: str = INK,
    ) -> float:
        """Print lines under one another; returns where the next would stand."""
        for text in texts:
            self.write(x, y, text, size, face, align, ink)
            y += lead
        return y

    def paragraph(self, x: float, y: float, width: float, text: str, size: float = 8) -> float:
        """Print a text broken to a width; returns where the next line would stand."""
        return self.lines(x, y, simpleSplit(text, "Vera", size, width), size, size * 1.35)

    def pairs(
        self,
        label_x: float,
        value_x: float,
        y: float,
        pairs: Sequence[tuple[str, str]],
        size: float = 8.5,
        lead: float = 14,
        align: Align = "left",
    ) -> float:
        """Print labels with their values to the right; returns where the next pair would stand."""
        for label, value in pairs:
            self.write(label_x, y, label, size, "VeraBd")
            self.write(value_x, y, value, size, align=align)
            y += lead
        return y

    def rule(self, x0: float, y: float, x1: float, ink: str = HAIR, thick: float = 0.6) -> None:
        """Draw a horizontal line."""
        self._pen(ink, thick)
        self.canvas.line(x0, self.height - y, x1, self.height - y)

    def upright(self, x: float, y0: float, y1: float, ink: str = HAIR, thick: float = 0.6) -> None:
        """Draw a vertical line."""
        self._pen(ink, thick)
        self.canvas.line(x, self.height - y0, x, self.height - y1)

    def _pen(self, ink: str, thick: float) -> None:
        self.canvas.setStrokeColor(HexColor(ink))
        self.canvas.setLineWidth(thick)

    def box(
        self, x0: float, y0: float, x1: float, y1: float, fill: str = "", ink: str = "", thick: float = 0.6
    ) -> None:
        """Draw a rectangle, filled, outlined or both."""
        if fill:
            self.canvas.setFillColor(HexColor(fill))
        self._pen(ink or INK, thick)
        self.canvas.rect(x0, self.height - y1, x1 - x0, y1 - y0, stroke=int(bool(ink)), fill=int(bool(fill)))

    def shape(self, points: Sequence[tuple[float, float]], fill: str) -> None:
        """Fill a polygon."""
        path = self.canvas.beginPath()
        for number, (x, y) in enumerate(points):
            (path.lineTo if number else path.moveTo)(x, self.height - y)
        path.close()
        self.canvas.setFillColor(HexColor(fill))
        self.canvas.drawPath(path, stroke=0, fill=1)

    def disc(self, x: float, y: float, radius: float, fill: str) -> None:
        """Fill a circle."""
        self.canvas.setFillColor(HexColor(fill))
        self.canvas.circle(x, self.height - y, radius, stroke=0, fill=1)

    def curve(self, points: Sequence[float], ink: str, thick: float) -> None:
        """Draw one Bézier curve through eight numbers x, y."""
        x0, y0, x1, y1, x2, y2, x3, y3 = points
        self._pen(ink, thick)
        self.canvas.bezier(x0, self.height - y0, x1, self.height - y1, x2, self.height - y2, x3, self.height - y3)

    def stamp(self, x: float, y: float, text: str, ink: str = "#c0392b") -> None:
        """Press a slanted rubber stamp next to the printed text."""
        self.canvas.saveState()
        self.canvas.translate(x, self.height - y)
        self.canvas.rotate(14)
        self._pen(ink, 2)
        width = text_width(text, 26, "VeraBd")
        self.canvas.roundRect(-8, -9, width + 16, 36, 5, stroke=1, fill=0)
        self.canvas.setFillColor(HexColor(ink))
        self.canvas.setFont("VeraBd", 26)
        self.canvas.drawString(0, 0, text)
        self.canvas.restoreState()

    def table(self, y: float, columns: Sequence[PrintColumn], rows: Sequence[Sequence[str]], look: TableLook) -> float:
        """Print a head and rows, long left-aligned texts wrapped; returns where the table ends."""
        top = y
        foot = self._head(y, columns, look)
        for number, row in enumerate(rows):
            foot = self._row(foot, columns, row, look, shaded=bool(look.zebra) and number % 2 == 1)
        if look.rules == "grid":
            for x in [*(column.start for column in columns), columns[-1].end]:
                self.upright(x, top, foot, look.line)
            self.rule(columns[0].start, top, columns[-1].end, look.line)
        return foot

    def _head(self, y: float, columns: Sequence[PrintColumn], look: TableLook) -> float:
        foot = y + look.lead + 7
        if look.head_fill:
            self.box(columns[0].start, y, columns[-1].end, foot, fill=look.head_fill)
        for column in columns:
            x = column.x(look.pad)
            self.write(x, foot - 6, column.title, look.size, "VeraBd", column.align, look.head_ink)
        if look.rules != "none":
            self.rule(columns[0].start, foot, columns[-1].end, look.line)
        return foot

    def _row(
        self, y: float, columns: Sequence[PrintColumn], row: Sequence[str], look: TableLook, *, shaded: bool
    ) -> float:
        cells = [_wrapped(column, text, look) for column, text in zip(columns, row, strict=True)]
        foot = y + max(len(cell) for cell in cells) * look.lead + 6
        if shaded:
            self.box(columns[0].start, y, columns[-1].end, foot, fill=look.zebra)
        for column, cell in zip(columns, cells, strict=True):
            self.lines(column.x(look.pad), y + look.lead, cell, look.size, look.lead, align=column.align)
        if look.rules != "none":
            self.rule(columns[0].start, foot, columns[-1].end, look.line)
        return foot

    def next_page(self) -> None:
        """Take a fresh page."""
        self.canvas.showPage()

    def finish(self, title: str, author: str) -> bytes:
        """The finished PDF file."""
        self.canvas.setTitle(title)
        self.canvas.setAuthor(author)
        self.canvas.save()
        return self._buffer.getvalue()


def _wrapped(column: PrintColumn, text: str, look: TableLook) -> list[str]:
    if column.align != "left":
        return [text]
    return simpleSplit(text, "Vera", look.size, column.end - column.start - 2 * look.pad) or [""]


def scanned(pdf: bytes, *, dpi: int = 200, tilt: float = 2.0, seed: int = 1) -> bytes:
    """The same pages as an office scanner brings them back: grey pictures, `tilt` degrees askew, with noise."""
    document = pypdfium2.PdfDocument(pdf)
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=LETTER, invariant=1)
    for number in range(len(document)):
        page = document[number]
        picture = page.render(scale=dpi / 72, grayscale=True).to_pil().convert("L")
        paper = _through_the_scanner(picture, tilt, random.Random(seed + number))
        canvas.setPageSize(page.get_size())
        canvas.drawImage(_as_jpeg(paper), 0, 0, *page.get_size())
        canvas.showPage()
    document.close()
    canvas.save()
    return buffer.getvalue()


def _through_the_scanner(picture: Image.Image, tilt: float, chance: random.Random) -> Image.Image:
    tilted = picture.rotate(tilt, Image.Resampling.BICUBIC, fillcolor=250)
    soft = tilted.filter(ImageFilter.GaussianBlur(0.6)).point(lambda level: 18 + level * 0.9)
    grain = Image.frombytes("L", soft.size, chance.randbytes(soft.width * soft.height))
    grain = grain.filter(ImageFilter.GaussianBlur(0.9))
    grain = grain.point(lambda level: 128 + (level - 128) * 0.35)
    return ImageChops.add(soft, grain, scale=1, offset=-122)


def _as_jpeg(picture: Image.Image) -> ImageReader:
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=60)
    buffer.seek(0)
    return ImageReader(buffer)


def torn(pdf: bytes, share: float = 0.4) -> bytes:
    """The first part of a file whose transfer broke off: its catalogue, at the end, never arrived."""
    return pdf[: int(len(pdf) * share)]
