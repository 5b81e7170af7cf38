"""Arranges a document's words in rows of print, phrases and plain tokens."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from statistics import median

from extractors.supplier_invoice.layout.ocr_repair import mended_line
from keywright.model.reading import Box, Line, Page, Reading, Word, box_of, confidence_of, text_of

#: Words that only mean "number" are one token, so that "Invoice No.", "Invoice #" and "Rechnungs-Nr" are one label.
NUMBER_WORDS = {"no", "nr", "nbr", "num", "numero", "number", "nummer", "nro", "nos", "numer", "cislo"}
#: The ends of German and Dutch compounds that are separate words in a label.
COMPOUND = re.compile(r"(nummer|nr|datum|betrag|summe|bedrag|termin)$")
TOKEN = re.compile(
    r"(?:[A-Z]\.){2}[A-Z]\b\.?|[Nn]\.\s?[°ºo](?![A-Za-z])|U[Ss]t(?![a-z])|M[Ww][Ss]t(?![a-z])|GmbH|IdNr|[Nn]\s?[°º]|№|#|%|[A-Z]+(?![a-z])|[A-Z]?[a-zß-ſ]+|\d+(?:[.,]\d+)*|[^\W\d_]+"
)
FRAME = "|[]{}¦"
MARKS = {"•", "·", "|", "●"}


@dataclass(frozen=True, slots=True)
class Token:
    """A plain spelling (lower case, no accents) of a part of one word: ``row.words[word].text[start:end]``."""

    text: str
    word: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class PrintedRow:
    """Words that are printed at one height of one page, from left to right.

    ``spacing`` is the usual gap between words on the page, in points; 0 if there are too few words to measure it.
    """

    index: int
    page: int
    words: tuple[Word, ...]
    tokens: tuple[Token, ...]
    height: float
    spacing: float = 0.0

    @property
    def box(self) -> Box:
        return box_of(self.words)

    @property
    def text(self) -> str:
        return text_of(self.words)


class InRow:
    """Print in one row: ``row.words[first:stop]``."""

    __slots__ = ()
    row: PrintedRow
    first: int
    stop: int

    @property
    def words(self) -> tuple[Word, ...]:
        return self.row.words[self.first : self.stop]

    @property
    def text(self) -> str:
        return text_of(self.words)

    @property
    def confidence(self) -> float:
        return confidence_of(self.words)


@dataclass(frozen=True, slots=True, eq=False)
class Phrase(InRow):
    """Words of one row that are close together."""

    row: PrintedRow
    first: int
    stop: int
    box: Box

    @property
    def tokens(self) -> tuple[str, ...]:
        return tuple(t.text for t in self.row.tokens if self.first <= t.word < self.stop)

    @property
    def valued(self) -> bool:
        """Return whether the next word in the row has a digit: then the phrase is the label of a value."""
        return self.stop < len(self.row.words) and any(c.isdigit() for c in self.row.words[self.stop].text)


@dataclass(frozen=True, slots=True, eq=False)
class InvoiceSheet:
    """All rows and phrases of a document, page by page from top to bottom."""

    pages: tuple[Page, ...]
    rows: tuple[PrintedRow, ...]
    phrases: tuple[Phrase, ...]
    by_row: tuple[tuple[Phrase, ...], ...]

    def width(self, page: int) -> float:
        return next((p.width for p in self.pages if p.number == page), 612.0)

    def depth(self, page: int) -> float:
        return next((p.height for p in self.pages if p.number == page), 792.0)

    def engine(self, page: int) -> str:
        return next((p.engine for p in self.pages if p.number == page), "text-layer")

    def beneath(self, box: Box, row: PrintedRow, reach: float) -> Iterator[Phrase]:
        """Yield the phrases under a box, nearest first, that overlap it sideways; ``reach`` is in points."""
        for later in self.rows[row.index + 1 :]:
            if later.page != row.page or later.words[0].box.top > box.bottom + reach:
                top = min(word.box.top for word in later.words)
                if later.page != row.page or top > box.bottom + reach:
                    return
            for phrase in self.by_row[later.index]:
                if overlap(phrase.box, box) > 0 and phrase.box.top > box.middle:
                    yield phrase

    def phrase_at(self, row: PrintedRow, word: int) -> Phrase:
        """Return the phrase that contains a word of a row."""
        return next(p for p in self.by_row[row.index] if p.first <= word < p.stop)


def overlap(first: Box, second: Box) -> float:
    """Return how far two boxes overlap sideways, in points; negative if they do not."""
    return min(first.right, second.right) - max(first.left, second.left)


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Return the text without accents, letter for letter, so that positions in it stay the same."""
    return "".join(c if c in "№ß" else unicodedata.normalize("NFKD", c)[0] for c in text)


@lru_cache(maxsize=8192)
def plain(text: str) -> tuple[tuple[str, int, int], ...]:
    """Return the plain tokens of a word with their positions in it."""
    return tuple(_tokens(text))


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    for match in TOKEN.finditer(fold(text)):
        token = match.group().lower()
        if token.count(".") > 1 and token[0].isalpha():  # T.P.S., H.S.T., C.I.F. are TPS, HST, CIF
            yield token.replace(".", ""), match.start(), match.end()
            continue
        short = token.startswith("n") and len(token) == 1
        dotted = short and re.fullmatch(r"[.°º][^A-Za-z]*", text[match.end() :]) is not None
        if token in NUMBER_WORDS or token.startswith("n.") or token[-1] in "°º№" or dotted:
            yield "#", match.start(), match.end()
            continue
        tail = COMPOUND.search(token)
        if tail and tail.start() > 2:
            cut = match.start() + tail.start()
            yield token[: tail.start()], match.start(), cut
            end = "#" if tail.group() in NUMBER_WORDS else tail.group()
            yield end, cut, match.end()
        else:
            yield token, match.start(), match.end()


def tokens_of(text: str) -> tuple[str, ...]:
    """Return the plain tokens of a text, as labels are compared."""
    return tuple(token for word in text.split() for token, _, _ in plain(word))


def lay_out(reading: Reading, mend: Callable[[str], str] = lambda token: token) -> InvoiceSheet:
    """Arrange a reading's words in rows and phrases. ``mend`` corrects a token that an engine misread."""
    rows: list[PrintedRow] = []
    for page in reading.pages:
        spacing = _spacing(page)
        for words in _rows(page):
            rows.append(_row(len(rows), page.number, words, mend, spacing))
    exact = {page.number for page in reading.pages if page.engine == "text-layer"}
    by_row = tuple(tuple(_phrases(row, row.page in exact)) for row in rows)
    return InvoiceSheet(reading.pages, tuple(rows), tuple(p for ps in by_row for p in ps), by_row)


def _row(index: int, page: int, words: list[Word], mend: Callable[[str], str], spacing: float) -> PrintedRow:
    tokens = tuple(
        Token(mend(token), place, start, end)
        for place, word in enumerate(words)
        for token, start, end in plain(word.text)
    )
    return PrintedRow(index, page, tuple(words), tokens, median(word.box.height for word in words), spacing)


def _rows(page: Page) -> Iterator[list[Word]]:
    """Yield the words of each line of print, without rules and frames that an engine took for letters."""
    for line in page.lines:
        if page.engine == "text-layer":
            marks = _parted(line)
            cleaned = [w for n, word in enumerate(line) for w in ([word] if n in marks else _cleaned([word]))]
        else:
            cleaned = list(_cleaned(mended_line(line)))
        words = sorted(cleaned, key=lambda word: word.box.left)
        if words:
            yield words


def _parted(line: Line) -> set[int]:
    """Return the positions of marks between two close words, as in "Name • Street • Town", which separate them."""
    separators = set()
    for place in range(1, len(line) - 1):
        before, mark, after = line[place - 1 : place + 2]
        near = max(mark.box.left - before.box.right, after.box.left - mark.box.right) < mark.box.height
        if mark.text in MARKS and near and before.text[-1:].strip(FRAME) and after.text[:1].strip(FRAME):
            separators.add(place)
    return separators


def _cleaned(words: Iterable[Word]) -> Iterator[Word]:
    for word in words:
        text = word.text.strip(FRAME).strip()
        if text and not re.fullmatch(r"[_=~·•.]+|[-—–_]{2,}", text):
            yield word if text == word.text else replace(word, text=text)


def _spacing(page: Page) -> float:
    """Return the usual gap between words of a page, in points; it is wide if all letters have one width."""
    gaps = [
        gap
        for line in page.lines
        for word, next_word in pairwise(line)
        if 0 < (gap := next_word.box.left - word.box.right) < 2 * next_word.box.height
    ]
    return median(gaps) if len(gaps) > 12 else 0.0


def _phrases(row: PrintedRow, exact: bool) -> Iterator[Phrase]:
    """Yield the runs of words of a row; a gap slightly wider than the page's usual one separates none.

    ``exact`` means that the gaps are the page's own: then a gap of twice the usual width separates two columns.
    """
    first, least = 0, 1.5 * row.spacing
    most = max(2.0 * row.spacing, 0.5 * row.height) if exact and row.spacing else 1e9
    for place in range(1, len(row.words) + 1):
        end = place == len(row.words)
        gap = 0.0 if end else row.words[place].box.left - row.words[place - 1].box.right
        if end or gap > max(least, min(most, _blank(row, place))):
            yield Phrase(row, first, place, box_of(row.words[first:place]))
            first = place


def _blank(row: PrintedRow, place: int) -> float:
    height = max(row.words[place - 1].box.height, row.words[place].box.height)
    wide = 0.6 if row.words[place - 1].text.endswith(":") else 0.95
    return wide * min(height, 1.6 * row.height)
