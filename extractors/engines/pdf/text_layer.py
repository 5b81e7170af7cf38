"""Reads the words of a PDF page's text layer with pdfium, and notices which of them are not visible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium

from extractors.engines.pdf.digit_shapes import misdrawn
from extractors.engines.pdf.glyphs import Glyphs, count_unmapped, glyphs_of
from extractors.engines.pdf.hidden_text import covered_texts
from extractors.engines.pdf.layers import texts_in_forms
from extractors.engines.print_lines import Run, lines_of
from keywright.model.reading import Box, Line, Page, Word

ENGINE = "text-layer"
TINY = 2.0  # points; print of 4 points is the smallest that people read


@dataclass(frozen=True, slots=True)
class Frame:
    """How a page is turned: its box in PDF coordinates and its clockwise quarter turns."""

    left: float
    bottom: float
    right: float
    top: float
    turns: int

    @property
    def size(self) -> tuple[float, float]:
        """Return the width and height of the turned page, in points."""
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.turns % 2 else (width, height)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point of the PDF is, from the top left of the turned page."""
        turns = self.turns % 4
        if turns == 0:
            return x - self.left, self.top - y
        if turns == 1:
            return y - self.bottom, x - self.left
        if turns == 2:
            return self.right - x, y - self.bottom
        return self.top - y, self.right - x

    def box(self, page: int, left: float, bottom: float, right: float, top: float) -> Box:
        """Return a rectangle of the PDF as a box of the turned page."""
        if self.turns == 0:  # as nearly all pages are
            return Box(page, left - self.left, self.top - top, right - self.left, self.top - bottom)
        (x1, y1), (x2, y2) = self.point(left, bottom), self.point(right, top)
        return Box(page, min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))


@dataclass(frozen=True, slots=True)
class Layer:
    """The text of one page: the page with its visible words, and the oddities of its text.

    Counts are of characters: ``unmapped`` have no meaning in Unicode, ``hidden`` are drawn invisibly, ``visible`` are
    on the page and large enough to read. Words: ``pale`` words may not stand out from the paper, ``beneath`` words lie
    under something drawn later, ``layered`` words are in a layer that can be switched off (``layer_texts`` are the
    addresses of their objects), ``misdrawn`` words may have a digit in the shape of another (in groups that are each
    right or wrong).
    """

    page: Page
    frame: Frame
    visible: int
    hidden: int
    unmapped: int
    pale: tuple[Word, ...] = ()
    beneath: tuple[Word, ...] = ()
    layered: tuple[Word, ...] = ()
    layer_texts: frozenset[int] = frozenset()
    misdrawn: tuple[tuple[Word, ...], ...] = ()


def read_layer(page: pdfium.PdfPage, number: int, layers: Callable[[], bool] = lambda: False) -> Layer:
    """Return the text layer of a page; it is turned so that most of its print is upright.

    ``layers`` returns whether the document has layers; it is called if a whole group of drawings could be in one.
    """
    text = page.get_textpage()
    try:
        runs = list(glyphs_of(text.raw))
        meaningless = count_unmapped(text.raw, runs)
        frame = frame_of(page, runs)
        visible = [run for run in runs if run.text and _can_be_seen(run, frame)]
        odd = misdrawn(text.raw, visible)
    finally:
        text.close()
    covered = covered_texts(page)
    in_forms = texts_in_forms(page)
    grouped = in_forms if in_forms and layers() else frozenset[int]()
    layered = [run for run in visible if run.look.layered or run.look.drawn in grouped]
    width, height = frame.size
    lines = tuple(_lines(visible, frame, number))
    turned = (frame.turns - page.get_rotation() // 90) % 4 * 90
    return Layer(
        page=Page(number, width, height, ENGINE, lines, turned=turned),
        frame=frame,
        visible=sum(len(run.codes) for run in visible),
        hidden=sum(len(run.codes) for run in runs if run.hidden),
        unmapped=meaningless,
        pale=tuple(_word(run, frame, number) for run in visible if run.pale),
        beneath=tuple(_word(run, frame, number) for run in visible if run.look.drawn in covered) if covered else (),
        layered=tuple(_word(run, frame, number) for run in layered),
        layer_texts=frozenset(run.look.drawn for run in layered),
        misdrawn=tuple(tuple(_word(run, frame, number) for run in group) for group in odd),
    )


def _can_be_seen(run: Glyphs, frame: Frame) -> bool:
    """Return whether a run is drawn visibly, on the page, and large enough to read."""
    if run.hidden:
        return False
    on_page = run.right > frame.left and run.left < frame.right and run.top > frame.bottom and run.bottom < frame.top
    return on_page and (run.right - run.left if run.turns % 2 else run.top - run.bottom) >= TINY


def frame_of(page: pdfium.PdfPage, runs: Iterable[Glyphs] = ()) -> Frame:
    """Return how to turn the page: as its print needs, or by its own setting if the print is undecided."""
    own = page.get_rotation() // 90
    counts = Counter[int]()
    for run in runs:
        if not run.tilted:
            counts[-run.turns % 4] += len(run.codes)
    best, most = max(counts.items(), key=lambda item: item[1], default=(own, 0))
    decided = most >= 12 and most > 0.6 * counts.total()
    x0, y0, x1, y1 = page.get_bbox()
    return Frame(x0, y0, x1, y1, best if decided else own)


def _lines(runs: list[Glyphs], frame: Frame, number: int) -> Iterator[Line]:
    """Yield the lines of upright print, then print that runs sideways, then slanted stamps."""
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
    """Arrange print that runs another way into lines as if the page were turned for it, and turn it back."""
    turned_frame = Frame(frame.left, frame.bottom, frame.right, frame.top, -turns % 4)
    back = (frame.turns - turned_frame.turns) % 4
    for line in lines_of(_as_run(run, turned_frame, number) for run in runs):
        yield tuple(Word(word.text, _turned(word.box, turned_frame.size, back), word.confidence) for word in line)


def _turned(box: Box, size: tuple[float, float], turns: int) -> Box:
    """Return the box after the page of this size was turned clockwise by 90 degrees, ``turns`` times."""
    for _ in range(turns):
        box = Box(box.page, size[1] - box.bottom, box.left, size[1] - box.top, box.right)
        size = (size[1], size[0])
    return box


def _as_run(run: Glyphs, frame: Frame, number: int) -> Run:
    word = _word(run, frame, number)
    return Run((word,), frame.point(run.x, run.y)[1], word.box.height)


def _word(run: Glyphs, frame: Frame, number: int) -> Word:
    return Word(run.text, frame.box(number, run.left, run.bottom, run.right, run.top))
