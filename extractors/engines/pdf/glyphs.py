"""Gathers the glyphs of a PDF page into runs without a gap inside, and finds which of them are visible."""

from __future__ import annotations

import ctypes
import math
import re
import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import pypdfium2.raw as c

from extractors.engines.pdf.layers import in_a_layer

#: A gap wider than this, in heights of the print, ends a word even without a space (about 0.25 em).
WORD_GAP = 0.21
#: If pdfium too took the gap for a space, a narrower gap is enough.
SPACE_GAP = 0.1
_IN_A_WORD = re.compile("(?<=[^\\W\\d_])\u00ad(?=[^\\W\\d_])")
_HYPHEN = 0x2D
_LINE_END_HYPHENS = (2, 0xFFFE)  # pdfium's marks for a hyphen at the end of a line
_UNREADABLE = 0xFFFD
_BLANKS = frozenset([0, 9, 10, 11, 12, 13, 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200C), 0x2028, 0x2029, 0x202F]) | {
    0x205F,
    0x2060,
    0x3000,
    0xFEFF,
}

_Rectangle = tuple[float, float, float, float]  # left, top, right, bottom; y goes up


@dataclass
class Glyphs:
    """A run of glyphs drawn side by side: where it begins in the text page, and its box in page space.

    ``turns`` is how often its baseline is turned clockwise by 90 degrees; ``tilted`` means that it is none of the four.
    The box is in PDF's own coordinates: y goes up, nothing is turned yet. ``x``, ``y`` is where its baseline begins,
    ``last`` the box of its last glyph.
    """

    first: int
    codes: list[int]
    left: float
    top: float
    right: float
    bottom: float
    look: Look
    x: float
    y: float
    last: _Rectangle

    @property
    def turns(self) -> int:
        return self.look.turns

    @property
    def tilted(self) -> bool:
        return self.look.tilted

    @property
    def hidden(self) -> bool:
        return self.look.hidden

    @property
    def pale(self) -> bool:
        return self.look.pale

    @cached_property
    def text(self) -> str:
        """Return the text: ligatures are resolved, control characters are left out.

        A soft hyphen within a word only marks where it can be broken, and is removed; elsewhere it is a hyphen or a
        minus.
        """
        characters = "".join(map(chr, self.codes))
        if characters.isascii() and characters.isprintable():
            return characters
        characters = _IN_A_WORD.sub("", characters).replace("\u00ad", "-")
        printable = "".join(letter for letter in characters if not _is_control(ord(letter)))
        return unicodedata.normalize("NFKC", printable).replace(" ", "")


@dataclass(frozen=True, slots=True)
class Look:
    """How one text object is drawn: which way it runs, and whether it is invisible or nearly white.

    ``layered``: it belongs to a layer, which can be switched off. ``drawn`` is the object's address, ``font`` the
    address of its font; 0 if unknown.
    """

    turns: int
    tilted: bool
    hidden: bool
    pale: bool
    layered: bool = False
    drawn: int = 0
    font: int = 0


def glyphs_of(text: c.FPDF_TEXTPAGE) -> Iterator[Glyphs]:
    """Yield the runs of glyphs without a blank inside, in the order in which they were drawn."""
    looks = _LookTable(text)
    run: Glyphs | None = None
    blank, level = False, False  # whether the run is printed level, as nearly all are
    for index, (code, box) in enumerate(_glyphs(text)):
        if code in _BLANKS:
            blank = True
            if run and not c.FPDFText_IsGenerated(text, index):
                yield run
                run = None
            continue
        gap = SPACE_GAP if blank else WORD_GAP
        blank = False
        if run and level and box[1] == run.top and box[3] == run.bottom:
            em = box[1] - box[3]
            if -0.6 * em < box[0] - run.right <= gap * em:
                run.codes.append(code)
                run.last = box
                if box[2] > run.right:
                    run.right = box[2]
                continue
        if run and _continues(run, box, gap):
            _extend(run, code, box)
            continue
        if run:
            yield run
        run = _new_run(looks, index, code, box)
        level = not run.look.turns and not run.look.tilted
    if run:
        yield run


def _glyphs(text: c.FPDF_TEXTPAGE) -> Iterator[tuple[int, _Rectangle]]:
    """Yield character and box of each glyph.

    The boxes are as wide as the glyph's advance and as tall as its font, so that gaps and heights do not depend on the
    shape of a letter. They are read from one block of memory, since a call and an attribute for each number would cost
    more than pdfium itself.
    """
    count = max(0, c.FPDFText_CountChars(text))
    boxes = (c.FS_RECTF * count)()
    loose = c.FPDFText_GetLooseCharBox
    for index, box in enumerate(boxes):
        loose(text, index, box)
    rectangles: Iterator[_Rectangle] = struct.iter_unpack("4f", boxes)
    for index, (code, box) in enumerate(zip(_codes(text, count), rectangles, strict=True)):
        x0, top, x1, bottom = box
        if 0x20 < code < 0xD800 and x0 <= x1 and bottom <= top:  # as nearly all are
            yield code, box
            continue
        if code in _LINE_END_HYPHENS and c.FPDFText_IsHyphen(text, index) == 1:
            code = _HYPHEN
        elif 0xD800 <= code < 0xE000 or code >= 0x110000 or (code == 0 and x1 - x0 > 0.5):
            code = _UNREADABLE
        if x0 > x1 or bottom > top:
            box = min(x0, x1), max(top, bottom), max(x0, x1), min(top, bottom)
        yield code, box


def _codes(text: c.FPDF_TEXTPAGE, count: int) -> list[int]:
    """Return the characters' codes, in one call where each character is one code of UTF-16."""
    buffer = (ctypes.c_ushort * (count + 1))()
    if c.FPDFText_GetText(text, 0, count, buffer) == count + 1:
        codes = list(buffer)[:count]
        if not any(0xD800 <= code < 0xE000 or code == 0 for code in codes):
            return codes
    return [c.FPDFText_GetUnicode(text, index) for index in range(count)]


def _continues(run: Glyphs, box: _Rectangle, widest: float) -> bool:
    """Return whether a glyph is the next one of the run: on its baseline, and close behind it."""
    x0, top, x1, bottom = box
    look = run.look
    if not look.turns and not look.tilted:
        low, high = max(run.bottom, bottom), min(run.top, top)
        size, thick, gap = run.top - run.bottom, top - bottom, x0 - run.right
    elif box == run.last:  # another letter of the same ligature
        return True
    elif look.tilted:
        reach = 1.2 * max(run.top - run.bottom, run.right - run.left)
        return math.dist((run.x, run.y), (x0, bottom)) < reach + 4 * len(run.codes)
    elif look.turns % 2:
        low, high, size = max(run.left, x0), min(run.right, x1), run.right - run.left
        thick = x1 - x0
        gap = bottom - run.top if look.turns == 3 else run.bottom - top
    else:
        low, high, size = max(run.bottom, bottom), min(run.top, top), run.top - run.bottom
        thick, gap = top - bottom, run.left - x1
    small, em = (size, thick) if size < thick else (thick, size)
    if high - low <= 0.5 * small:
        return False
    return -0.6 * em < gap <= widest * em or box == run.last


def _extend(run: Glyphs, code: int, box: _Rectangle) -> None:
    run.codes.append(code)
    run.last = box
    x0, top, x1, bottom = box
    if x1 > run.right:
        run.right = x1
    if x0 < run.left:
        run.left = x0
    if bottom < run.bottom:
        run.bottom = bottom
    if top > run.top:
        run.top = top


def _new_run(looks: _LookTable, index: int, code: int, box: _Rectangle) -> Glyphs:
    x0, top, x1, bottom = box
    x, y = looks.origin(index)
    return Glyphs(index, [code], x0, top, x1, bottom, looks.of(index), x, y, box)


class _LookTable:
    """The looks of a page's text objects; each is looked up once, since a line may hold many words."""

    def __init__(self, text: c.FPDF_TEXTPAGE) -> None:
        self._text = text
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._known: dict[int, Look] = {}

    def origin(self, index: int) -> tuple[float, float]:
        """Return where a glyph's baseline begins."""
        c.FPDFText_GetCharOrigin(self._text, index, self._x, self._y)
        return self._x.value, self._y.value

    def of(self, index: int) -> Look:
        """Return how the text object of a glyph is drawn."""
        drawn = c.FPDFText_GetTextObject(self._text, index)
        if not drawn:
            return self._look(index, c.FPDF_TEXTRENDERMODE_FILL)
        where = ctypes.addressof(drawn.contents)
        if where not in self._known:
            look = self._look(index, c.FPDFTextObj_GetTextRenderMode(drawn))
            font = c.FPDFTextObj_GetFont(drawn)
            self._known[where] = replace(
                look, layered=in_a_layer(drawn), drawn=where, font=ctypes.addressof(font.contents) if font else 0
            )
        return self._known[where]

    def _look(self, index: int, mode: int) -> Look:
        quarters = c.FPDFText_GetCharAngle(self._text, index) / (math.pi / 2)
        turns = round(quarters)
        hidden, pale = self._ink(index, mode)
        return Look(turns % 4, abs(quarters - turns) > 0.06, hidden, pale)

    def _ink(self, index: int, mode: int) -> tuple[bool, bool]:
        """Return whether the glyph is drawn invisibly, and whether its colour is close to white."""
        if mode in (c.FPDF_TEXTRENDERMODE_INVISIBLE, c.FPDF_TEXTRENDERMODE_CLIP):
            return True, False
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        if not c.FPDFText_GetFillColor(self._text, index, red, green, blue, alpha):
            return False, False
        return alpha.value < 8, min(red.value, green.value, blue.value) > 235


def count_unmapped(text: c.FPDF_TEXTPAGE, runs: list[Glyphs]) -> int:
    """Return about how many glyphs have no meaning: pdfium has no mapping for them, or a private one.

    On a page of many words only a sample is checked.
    """
    sample = runs[:: max(1, len(runs) // 150)]
    total = sum(len(run.codes) for run in runs)
    checked = sum(len(run.codes) for run in sample)
    meaningless = 0
    for run in sample:
        if c.FPDFText_HasUnicodeMapError(text, run.first) == 1:
            meaningless += len(run.codes)
        elif not run.text.isascii() or len(run.text) != len(run.codes):
            meaningless += sum(map(_is_meaningless, run.codes))
    return round(meaningless * total / checked) if checked else 0


def _is_meaningless(code: int) -> bool:
    return 0xE000 <= code < 0xF900 or code in (_UNREADABLE, 0xFFFE, 0xFFFF) or code >= 0xF0000 or _is_control(code)


def _is_control(code: int) -> bool:
    return code < 0x20 or 0x7F <= code < 0xA0
