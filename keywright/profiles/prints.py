"""The print of a document as profiles see it: words in rows, where each stands, and which are labels."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from keywright.model.reading import Box, Page, Word

MOST_PAGES = 8
MOST_WORDS = 6_000
"""Longer documents are looked at up to here: a profile is learned from the first pages of a bill."""
_GLUED = re.compile(r"^(.*[^\W\d]\S*?[:#])(\S*\d\S*)$")
"""A label and its value without a blank between them, like "No:4711"."""
_SPOILT = 0.85  # how much of a name must be legible in a scan

LONG_NUMBER = 7  # digits
MISREAD = 90.0  # how alike (0-100) a value and its misreading are
_LOOKS = str.maketrans("oqilsbzg", "00115826")


@lru_cache(maxsize=65_536)
def plain(text: str) -> str:
    """Return the Latin letters and digits of a text, in lower case and without accents."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return re.sub(r"[^0-9a-z]+", "", "".join(c for c in decomposed if not unicodedata.combining(c)))


@dataclass(frozen=True, slots=True)
class PrintToken:
    """One word: its text, its plain text, its label (the plain text, "" if it has a digit), its box and confidence."""

    text: str
    plain: str
    label: str
    box: Box
    confidence: float


Row = tuple[PrintToken, ...]


@dataclass(frozen=True)
class PagePrint:
    """The words of a document, row by row. ``scanned`` says that an engine read them from a picture."""

    rows: tuple[Row, ...]
    scanned: bool

    @classmethod
    def of(cls, pages: Sequence[Page]) -> PagePrint:
        """Return the print of the first pages of a document."""
        rows: list[Row] = []
        budget = MOST_WORDS
        for page in pages[:MOST_PAGES]:
            for line in page.lines:
                budget -= len(line)
                if budget >= 0 and line:
                    parts = (token for word in line for token in _tokens(word))
                    rows.append(tuple(sorted(parts, key=lambda token: token.box.left)))
        return cls(tuple(rows), any(page.engine != "text-layer" for page in pages[:MOST_PAGES]))

    @cached_property
    def tokens(self) -> tuple[PrintToken, ...]:
        return tuple(token for row in self.rows for token in row)

    @cached_property
    def places(self) -> Mapping[str, tuple[PrintToken, ...]]:
        """Return the words by their plain text."""
        places: dict[str, list[PrintToken]] = defaultdict(list)
        for token in self.tokens:
            if token.plain:
                places[token.plain].append(token)
        return {text: tuple(tokens) for text, tokens in places.items()}

    @cached_property
    def on_page(self) -> Mapping[int, tuple[PrintToken, ...]]:
        """Return the words by page."""
        pages: dict[int, list[PrintToken]] = defaultdict(list)
        for token in self.tokens:
            pages[token.box.page].append(token)
        return {page: tuple(tokens) for page, tokens in pages.items()}

    @cached_property
    def text(self) -> str:
        """Return the plain text of all words, without blanks."""
        return "".join(token.plain for token in self.tokens)

    def shows(self, value: str, least: float = _SPOILT) -> bool:
        """Return whether a name or number is printed; a scan may spoil some of its letters (``least``, 0-1)."""
        wanted = plain(value)
        if not wanted or self._is_in_a_row(wanted) or self._over_lines(value):
            return bool(wanted)
        is_name = not any(c.isdigit() for c in wanted)  # a number with another digit is another number
        return self.scanned and is_name and len(wanted) > 7 and fuzz.partial_ratio(wanted, self.text) >= 100 * least

    def shows_misread(self, value: str) -> bool:
        """Return whether a scan shows a number of which only letters and digits that look alike were confused."""
        wanted = plain(value).translate(_LOOKS)
        return self.scanned and len(wanted) >= LONG_NUMBER and wanted in self.text.translate(_LOOKS)

    def resembles(self, value: str) -> bool:
        """Return whether a scan shows a value of which a few letters were misread."""
        wanted = plain(value)
        return self.scanned and len(wanted) >= LONG_NUMBER and fuzz.partial_ratio(wanted, self.text) >= MISREAD

    def _is_in_a_row(self, wanted: str) -> bool:
        """Return whether a plain text is printed in a row, from the beginning of a word to the end of one.

        A long number may be glued to its label.
        """
        is_number = sum(c.isdigit() for c in wanted) >= LONG_NUMBER
        return any(
            (start in starts and start + len(wanted) in ends) or is_number
            for joined, starts, ends in self._joined_rows
            for start in _occurrences(wanted, joined)
        )

    @cached_property
    def _joined_rows(self) -> tuple[tuple[str, frozenset[int], frozenset[int]], ...]:
        """Return each row's plain text, and where in it a word begins and ends."""
        rows = []
        for row in self.rows:
            words = [token.plain for token in row if token.plain]
            ends = list(accumulate(map(len, words)))
            rows.append(("".join(words), frozenset((0, *ends)), frozenset(ends)))
        return tuple(rows)

    def box_of(self, value: str) -> Box | None:
        """Return where a name or number is printed in one row, or None if it is not found there."""
        wanted = plain(value)
        for row in self.rows if wanted else ():
            joined = "".join(token.plain for token in row)
            if (start := joined.find(wanted)) >= 0:
                return _box_within(row, start, start + len(wanted))
        return None

    def _over_lines(self, value: str) -> bool:
        """Return whether the words of a name stand near each other in a few rows, beside another column."""
        words = [self.places.get(plain(part), ()) for part in value.split() if plain(part)]
        if len(words) < 2 or not all(words):
            return False
        return any(all(any(_near(first, other) for other in spots) for spots in words[1:]) for first in words[0])

    def mended(self, vocabulary: Iterable[str]) -> PagePrint:
        """Return the print with label words that a scan misread replaced by the nearest word of a vocabulary."""
        known = frozenset(word for word in vocabulary if len(word) > 3)
        if not self.scanned or not known:
            return self
        choices = sorted(known)
        strange = {token.label for token in self.tokens if len(token.label) > 3} - known
        mended = {word: near for word in strange if (near := _nearest(word, choices))}
        if not mended:
            return self
        rows = tuple(
            tuple(
                PrintToken(token.text, mended[token.label], mended[token.label], token.box, token.confidence)
                if token.label in mended
                else token
                for token in row
            )
            for row in self.rows
        )
        return PagePrint(rows, self.scanned)


def _occurrences(wanted: str, text: str) -> Iterator[int]:
    start = text.find(wanted)
    while start >= 0:
        yield start
        start = text.find(wanted, start + 1)


def _near(first: PrintToken, other: PrintToken) -> bool:
    across, down = abs(other.box.left - first.box.left), other.box.top - first.box.top
    return first.box.page == other.box.page and across < 250 and -3 < down < 30


def _nearest(word: str, choices: Sequence[str]) -> str:
    near = process.extractOne(word, choices, scorer=OSA.distance, score_cutoff=1 if len(word) < 8 else 2)
    return str(near[0]) if near else ""


def _tokens(word: Word) -> Iterator[PrintToken]:
    """Yield a word, or the label and the value in it if no blank stands between them."""
    cut = _GLUED.match(word.text)
    if not cut:
        yield _token(word.text, word.box, word.confidence)
        return
    box, middle = word.box, word.box.left + word.box.width * len(cut[1]) / len(word.text)
    yield _token(cut[1], Box(box.page, box.left, box.top, middle, box.bottom), word.confidence)
    yield _token(cut[2], Box(box.page, middle, box.top, box.right, box.bottom), word.confidence)


def _token(text: str, box: Box, confidence: float) -> PrintToken:
    bare = plain(text)
    return PrintToken(text, bare, "" if any(c.isdigit() for c in text) else bare, box, confidence)


def _box_within(row: Row, start: int, end: int) -> Box:
    """Return the box of the words that hold a stretch of a row's plain text."""
    at, box = 0, None
    for token in row:
        if at < end and at + len(token.plain) > start and token.plain:
            box = token.box if box is None else box.around(token.box)
        at += len(token.plain)
    assert box is not None, "the stretch lies within the row"
    return box
