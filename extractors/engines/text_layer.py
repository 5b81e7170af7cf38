"""Reads the words a PDF page already carries, with pdfium, and notices which of them cannot be seen."""

from __future__ import annotations

import ctypes
import math
import struct
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as c

from extractors.engines.print_lines import Run, lines_of
from keywright.readings import Box, Line, Page, Word

ENGINE = "text-layer"

#: A blank wider than this, in heights of the print, ends a word even without a space (about 0.25 em).
WORD_GAP = 0.21
#: Where pdfium too took the blank for a space, less is enough.
SPACE_GAP = 0.1
_SOFT_HYPHEN = 0xAD
_LINE_END_HYPHEN = 2  # pdfium's mark for a hyphen at the end of a line
_BLANKS = frozenset([0, 9, 10, 11, 12, 13, 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200C), 0x2028, 0x2029, 0x202F]) | {
    0x205F,
    0x2060,
    0x3000,
    0xFEFF,
}


_Rectangle = tuple[float, float, float, float]


@dataclass(slots=True)
class Glyphs:
    """A run of glyphs drawn side by side: where it begins in the text page, and its box in page space.

    ``turns`` is how often its baseline is turned clockwise by 90 degrees; ``tilted`` that it is
    none of the four. The box is in PDF's own coordinates: y goes up, nothing is turned yet.
    """

    first: int
    codes: list[int]
    left: float
    bottom: float
    right: float
    top: float
    turns: int
    tilted: bool
    hidden: bool
    pale: bool
    x: float
    y: float
    last: _Rectangle

    @property
    def height(self) -> float:
        """Return how tall the print is, across its own baseline."""
        return self.right - self.left if self.turns % 2 else self.top - self.bottom

    def text(self) -> str:
        """Return what it says: ligatures taken apart, what cannot be written left out."""
        said = "".join([chr(code) for code in self.codes if code != _SOFT_HYPHEN and not _is_control(code)])
        return said if said.isascii() else unicodedata.normalize("NFKC", said).replace(" ", "")


@dataclass(frozen=True, slots=True)
class Frame:
    """How a page is held: its box in PDF coordinates and its clockwise quarter turns."""

    left: float
    bottom: float
    right: float
    top: float
    turns: int

    @property
    def size(self) -> tuple[float, float]:
        """Return the width and height of the page as it is held, in points."""
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.turns % 2 else (width, height)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point of the PDF is, from the top left of the page as it is held."""
        return (
            (x - self.left, self.top - y),
            (y - self.bottom, x - self.left),
            (self.right - x, y - self.bottom),
            (self.top - y, self.right - x),
        )[self.turns % 4]

    def box(self, page: int, left: float, bottom: float, right: float, top: float) -> Box:
        """Return a rectangle of the PDF as a box of the page as it is held."""
        (x1, y1), (x2, y2) = self.point(left, bottom), self.point(right, top)
        return Box(page, min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))


@dataclass(frozen=True, slots=True)
class Layer:
    """What one page carries as text: the page with the words that can be seen, and what was odd.

    Counts are of characters: ``unmapped`` have no meaning in Unicode, ``hidden`` are drawn
    invisibly, ``seen`` are the others.
    """

    page: Page
    frame: Frame
    seen: int
    hidden: int
    unmapped: int
    pale: tuple[Word, ...] = ()
    unseen: tuple[Line, ...] = ()


def read_layer(page: pdfium.PdfPage, number: int) -> Layer:
    """Return the text layer of a page; it is held so that most of its print stands upright."""
    text = page.get_textpage()
    try:
        runs = list(_runs(text.raw))
        unmapped = _unmapped(text.raw, runs)
    finally:
        text.close()
    frame = frame_of(page, runs)
    shown = [run for run in runs if not run.hidden and run.text()]
    width, height = frame.size
    lines = tuple(_lines(shown, frame, number))
    turned = (frame.turns - page.get_rotation() // 90) % 4 * 90
    return Layer(
        page=Page(number, width, height, ENGINE, lines, turned=turned),
        frame=frame,
        seen=sum(len(run.codes) for run in shown),
        hidden=sum(len(run.codes) for run in runs if run.hidden),
        unmapped=unmapped,
        pale=tuple(_word(run, frame, number) for run in shown if run.pale),
        unseen=tuple(_lines([run for run in runs if run.hidden], frame, number)),
    )


def frame_of(page: pdfium.PdfPage, runs: Iterable[Glyphs] = ()) -> Frame:
    """Return how the page is to be held: by its print, or where that is undecided by its own mark."""
    own = page.get_rotation() // 90
    counts = Counter[int]()
    for run in runs:
        if not run.tilted:
            counts[-run.turns % 4] += len(run.codes)
    best, most = max(counts.items(), key=lambda item: item[1], default=(own, 0))
    decided = most >= 12 and most > 0.6 * counts.total()
    left, bottom, right, top = page.get_bbox()
    return Frame(left, bottom, right, top, best if decided else own)


def _lines(runs: list[Glyphs], frame: Frame, number: int) -> Iterator[Line]:
    """Yield the lines of upright print, then what is printed sideways, then stamps on the slant."""
    level = -frame.turns % 4
    for turns in (level, *((level + more) % 4 for more in (1, 2, 3))):
        there = [run for run in runs if run.turns == turns and not run.tilted]
        if turns == level:
            yield from lines_of(_as_run(run, frame, number) for run in there)
        elif there:
            yield from _sideways(there, frame, number, turns)
    for run in runs:
        if run.tilted:
            yield (_word(run, frame, number),)


def _sideways(runs: list[Glyphs], frame: Frame, number: int, turns: int) -> Iterator[Line]:
    """Set print that runs another way into lines as if the page were held for it, and turn it back."""
    held = Frame(frame.left, frame.bottom, frame.right, frame.top, -turns % 4)
    back = (frame.turns - held.turns) % 4
    for line in lines_of(_as_run(run, held, number) for run in runs):
        yield tuple(Word(word.text, _turned(word.box, held.size, back), word.confidence) for word in line)


def _turned(box: Box, size: tuple[float, float], turns: int) -> Box:
    """Return the box after the page of this size was turned clockwise by 90 degrees, so many times."""
    for _ in range(turns):
        box = Box(box.page, size[1] - box.bottom, box.left, size[1] - box.top, box.right)
        size = (size[1], size[0])
    return box


def _as_run(run: Glyphs, frame: Frame, number: int) -> Run:
    word = _word(run, frame, number)
    return Run((word,), frame.point(run.x, run.y)[1], word.box.height)


def _word(run: Glyphs, frame: Frame, number: int) -> Word:
    return Word(run.text(), frame.box(number, run.left, run.bottom, run.right, run.top))


def _runs(text: c.FPDF_TEXTPAGE) -> Iterator[Glyphs]:
    """Yield the runs of glyphs without a blank inside, in the order in which they were drawn."""
    run: Glyphs | None = None
    blank = False
    for index, code, box in _glyphs(text):
        if code in _BLANKS:
            blank = True
            if run and not c.FPDFText_IsGenerated(text, index):
                yield run
                run = None
            continue
        if run and _goes_on(run, box, SPACE_GAP if blank else WORD_GAP):
            _extend(run, code, box)
        else:
            if run:
                yield run
            run = _begun(text, index, code, box)
        blank = False
    if run:
        yield run


def _glyphs(text: c.FPDF_TEXTPAGE) -> Iterator[tuple[int, int, _Rectangle]]:
    """Yield index, character and box (left, bottom, right, top) of each glyph with a meaning.

    The boxes are as wide as the glyph's advance and as tall as its font, so that gaps and heights
    do not depend on the shape of a letter. They are read from one block of memory, since
    a call and an attribute for each number would cost more than pdfium itself.
    """
    count = c.FPDFText_CountChars(text)
    if count <= 0:
        return
    boxes = (c.FS_RECTF * count)()
    unicode, loose = c.FPDFText_GetUnicode, c.FPDFText_GetLooseCharBox
    codes = [unicode(text, index) for index in range(count)]
    for index in range(count):
        loose(text, index, boxes[index])
    rectangles = struct.iter_unpack("4f", boxes)  # left, top, right, bottom
    for index, (code, (left, top, right, bottom)) in enumerate(zip(codes, rectangles, strict=True)):
        if code >= 0x110000 or 0xD800 <= code < 0xE000:
            continue
        if code == _LINE_END_HYPHEN:
            code = 0x2D
        if left > right:
            left, right = right, left
        if bottom > top:
            bottom, top = top, bottom
        yield index, code, (left, bottom, right, top)


def _goes_on(run: Glyphs, box: _Rectangle, widest: float) -> bool:
    """Tell whether a glyph is the next one of the run: on its baseline, and close behind it."""
    if box == run.last:  # another letter of the same ligature
        return True
    left, bottom, right, top = box
    if run.tilted:
        reach = 1.2 * max(run.top - run.bottom, run.right - run.left)
        return math.dist((run.x, run.y), (left, bottom)) < reach + 4 * len(run.codes)
    if run.turns % 2:
        low, high, size = max(run.left, left), min(run.right, right), run.right - run.left
        thick = right - left
        gap = bottom - run.top if run.turns == 3 else run.bottom - top
    else:
        low, high, size = max(run.bottom, bottom), min(run.top, top), run.top - run.bottom
        thick = top - bottom
        gap = left - run.right if run.turns == 0 else run.left - right
    em = max(size, thick)
    return high - low > 0.5 * min(size, thick) and -0.6 * em < gap <= widest * em


def _extend(run: Glyphs, code: int, box: _Rectangle) -> None:
    run.codes.append(code)
    run.last = box
    left, bottom, right, top = box
    if left < run.left:
        run.left = left
    if bottom < run.bottom:
        run.bottom = bottom
    if right > run.right:
        run.right = right
    if top > run.top:
        run.top = top


def _begun(text: c.FPDF_TEXTPAGE, index: int, code: int, box: _Rectangle) -> Glyphs:
    quarters = c.FPDFText_GetCharAngle(text, index) / (math.pi / 2)
    turns = round(quarters)
    x, y = ctypes.c_double(), ctypes.c_double()
    c.FPDFText_GetCharOrigin(text, index, x, y)
    drawn = c.FPDFText_GetTextObject(text, index)
    mode = c.FPDFTextObj_GetTextRenderMode(drawn) if drawn else c.FPDF_TEXTRENDERMODE_FILL
    hidden, pale = _ink(text, index, mode)
    return Glyphs(index, [code], *box, turns % 4, abs(quarters - turns) > 0.06, hidden, pale, x.value, y.value, box)


def _ink(text: c.FPDF_TEXTPAGE, index: int, mode: int) -> tuple[bool, bool]:
    """Tell whether the glyph is drawn invisibly, and whether its colour is close to white."""
    if mode in (c.FPDF_TEXTRENDERMODE_INVISIBLE, c.FPDF_TEXTRENDERMODE_CLIP):
        return True, False
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not c.FPDFText_GetFillColor(text, index, red, green, blue, alpha):
        return False, False
    return alpha.value < 8, min(red.value, green.value, blue.value) > 235


def _unmapped(text: c.FPDF_TEXTPAGE, runs: list[Glyphs]) -> int:
    """Return about how many glyphs have no meaning: pdfium has no mapping, or a private one."""
    total = sum(len(run.codes) for run in runs)
    step = max(1, total // 300)
    meaningless = asked = 0
    for run in runs:
        for offset in range(0, len(run.codes), step):
            asked += 1
            private = _is_meaningless(run.codes[offset])
            error = offset == 0 and c.FPDFText_HasUnicodeMapError(text, run.first) == 1
            meaningless += private or error
    return round(meaningless * total / asked) if asked else 0


def _is_meaningless(code: int) -> bool:
    return 0xE000 <= code < 0xF900 or code in (0xFFFD, 0xFFFE, 0xFFFF) or code >= 0xF0000 or _is_control(code)


def _is_control(code: int) -> bool:
    return code < 0x20 or 0x7F <= code < 0xA0
