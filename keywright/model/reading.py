"""What is printed where: the pages of a document, their words, and the data that its file carries in addition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce

EINVOICE = "einvoice"
"""The source of values that come from the XML of an electronic invoice."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on one page, in points (1/72 inch) from the page's top left corner."""

    page: int
    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """Return the height of the box's middle line on its page."""
        return (self.top + self.bottom) / 2

    def around(self, other: Box) -> Box:
        """Return the smallest box that holds both; they are on one page."""
        return Box(
            self.page,
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


@dataclass(frozen=True, slots=True)
class Word:
    """One printed word, and the engine's confidence in it (0-1).

    ``otherwise`` is the result of a second reading of a doubtful word, if it differs.
    """

    text: str
    box: Box
    confidence: float = 1.0
    otherwise: str = ""


Line = tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class TickBox:
    """A small square drawn on a page, whether it is ticked, and the confidence in that (0-1)."""

    box: Box
    ticked: bool
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the picture of a scanned page is; shares are 0-1.

    ``dpi``: the resolution at which it came. ``contrast``: how far the ink stands out from the paper. ``sharpness``:
    how much of that a letter's edge gains within a dot of a 300 dpi picture; print in focus has 0.5 and more.
    ``noise``: how much neighbouring dots of bare paper differ. ``unevenness``: how much the paper's shade varies across
    the page. ``doubtful``: the share of words with a low confidence.
    """

    dpi: int
    contrast: float
    sharpness: float
    noise: float
    unevenness: float
    doubtful: float


@dataclass(frozen=True, slots=True)
class Page:
    """One page in upright position: its size in points, its words line by line, its tick boxes.

    ``engine`` is the reader of the words: ``text-layer`` or ``tesseract 5.3.0``. ``turned`` says by how many degrees
    clockwise the page had to be turned from how its file shows it: quarter turns, and for a scan the skew. ``quality``
    is that of its picture, if it was read from one.
    """

    number: int
    width: float
    height: float
    engine: str
    lines: tuple[Line, ...]
    tick_boxes: tuple[TickBox, ...] = ()
    turned: float = 0.0
    quality: Quality | None = None

    def words(self) -> Iterator[Word]:
        return (word for line in self.lines for word in line)

    def phrases(self, gap: float = 1.2) -> Iterator[Line]:
        """Yield runs of words that stand close together on one line.

        ``gap`` is the widest blank inside a phrase, in heights of the line.
        """
        return (phrase for line in self.lines for phrase in phrases_of(line, gap))


@dataclass(frozen=True, slots=True)
class Control:
    """One AcroForm field: its full name, its value, and its box if it is shown.

    A tick box has its on-state as value while ticked and ``""`` while not. ``drawn`` is the text that the page shows in
    its place if that differs from the value; None if it does not differ, or cannot be determined.
    """

    name: str
    value: str
    kind: str
    box: Box | None = None
    drawn: str | None = None


@dataclass(frozen=True, slots=True)
class EInvoice:
    """The XML of an electronic invoice: ``syntax`` is ``cii`` (Factur-X, ZUGFeRD) or ``ubl``.

    ``xml`` is well-formed and has no XML declaration, so it can be parsed as a string. ``defect`` says what was wrong
    with the original (``""``: nothing); with a defect something is possibly missing from it.
    """

    syntax: str
    file_name: str
    xml: str
    defect: str = ""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file inside the document that was not read.

    ``may_be_a_document`` is False if it is known to be only a supplement to this one.
    """

    name: str
    may_be_a_document: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """All that the engines saw on one document."""

    pages: tuple[Page, ...]
    controls: tuple[Control, ...] = ()
    einvoice: EInvoice | None = None
    attached: tuple[Attached, ...] = ()

    def text(self) -> str:
        """Return the document's words as plain text, one printed line a line."""
        return "\n".join(text_of(line) for page in self.pages for line in page.lines)

    @property
    def engines(self) -> tuple[str, ...]:
        """Return the engines that read the document, in the order of trust."""
        engines = [EINVOICE] if self.einvoice else []
        engines += ["acroform"] if self.controls else []
        return tuple(dict.fromkeys([*engines, *(page.engine for page in self.pages)]))


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """The picture (PNG) of one page in upright position, and the page's size in points."""

    number: int
    width: float
    height: float
    png: bytes


def phrases_of(line: Line, gap: float = 1.2) -> Iterator[Line]:
    """Yield the runs of words of a line that stand close together (see ``Page.phrases``)."""
    run: list[Word] = []
    for word in line:
        if run and word.box.left - run[-1].box.right > gap * word.box.height:
            yield tuple(run)
            run = []
        run.append(word)
    if run:
        yield tuple(run)


def text_of(words: Iterable[Word]) -> str:
    """Return the words as they would be typed."""
    return " ".join(word.text for word in words)


def box_of(words: Iterable[Word]) -> Box:
    """Return the smallest box around words of one page."""
    return reduce(Box.around, (word.box for word in words))


def confidence_of(words: Iterable[Word]) -> float:
    """Return the engine's lowest confidence in any of the words; 0 without words."""
    return min((word.confidence for word in words), default=0.0)
