"""The learned reader's own words: the print cut where a value is glued to its label, in rows by height on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from keywright.model.reading import Box, Page, Reading, Word

MOST_PAGES = 6
"""The pages that are read: the first four and the last two, where the totals stand."""
MOST_TOKENS = 4_000
"""The most words that are read on them, so that a hostile page costs no more than a dense one."""
LONGEST = 60
"""The most characters of a word that are looked at."""
_LABEL_AND_VALUE = re.compile(r"(.*?[^\W\d].*?[:#=°º])([^:/].*)|([^\W\d]{2,}[^\W\dA-Z])([A-Z]{0,4}[-/]?\d.*)")
_SAME_ROW = 0.45
"""How far the middles of words of one row may be apart, in heights of the lower word."""
_NEAR = 1.1
_SAME_BLOCK = 6.0
"""The widest blanks within a phrase, and within what is read as one row of print, in heights."""


@dataclass(slots=True)
class CutWord:
    """A word or a piece of a word, its place, and the word of the page it comes from.

    ``row`` counts rows through the document. ``phrase`` and ``block`` are the numbers of the first token of its phrase
    and of its part of the row. ``glued`` pieces have no blank before them.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    word: Word
    glued: bool = False
    row: int = 0
    phrase: int = 0
    block: int = 0
    middle: float = 0.0
    height: float = 0.0

    def __post_init__(self) -> None:
        self.middle = (self.top + self.bottom) / 2
        self.height = max(self.bottom - self.top, 4.0)


@dataclass(frozen=True, slots=True, eq=False)
class TokenSheet:
    """The tokens of a document in the order of reading, with the first and the last token of each row."""

    pages: tuple[Page, ...]
    tokens: tuple[CutWord, ...]
    rows: tuple[tuple[int, int], ...]


def sheet_of(reading: Reading) -> TokenSheet:
    """Return the tokens of a document in rows."""
    pages = reading.pages if len(reading.pages) <= MOST_PAGES else (*reading.pages[:4], *reading.pages[-2:])
    tokens: list[CutWord] = []
    rows: list[tuple[int, int]] = []
    for page in pages:
        for row in _rows(list(_tokens(page, MOST_TOKENS - len(tokens)))):
            _number(row, len(tokens), len(rows))
            rows.append((len(tokens), len(tokens) + len(row)))
            tokens += row
    return TokenSheet(pages, tuple(tokens), tuple(rows))


def _tokens(page: Page, most: int) -> Iterator[CutWord]:
    left = most
    for word in page.words():
        for token in _pieces(word):
            if left <= 0:
                return
            left -= 1
            yield token


def _pieces(word: Word) -> Iterator[CutWord]:
    """Yield a word, or its label and its value where the two are glued together."""
    text, box = word.text.strip()[:LONGEST], word.box
    if not text:
        return
    match = _LABEL_AND_VALUE.fullmatch(text) if len(text) > 4 else None
    if not match:
        yield CutWord(text, box.left, box.top, box.right, box.bottom, word)
        return
    label, value = (match[1], match[2]) if match[1] else (match[3], match[4])
    cut = box.left + box.width * len(label) / len(text)
    yield CutWord(label, box.left, box.top, cut, box.bottom, word)
    yield CutWord(value, cut, box.top, box.right, box.bottom, word, glued=True)


def _rows(tokens: list[CutWord]) -> Iterator[list[CutWord]]:
    """Yield the tokens of a page in rows from top to bottom, each from left to right."""
    tokens.sort(key=lambda token: token.middle)
    rows: list[list[CutWord]] = []
    for token in tokens:
        middle, height = token.middle, token.height
        for row in reversed(rows[-4:]):
            first = row[0]
            if middle - first.middle < _SAME_ROW * (height if height < first.height else first.height):
                row.append(token)
                break
        else:
            rows.append([token])
    for row in rows:
        row.sort(key=lambda token: token.left)
        yield row


def _number(row: list[CutWord], first: int, number: int) -> None:
    """Tell each token of a row its row, its phrase and its block."""
    phrase = block = first
    for place, token in enumerate(row):
        if place:
            gap = token.left - row[place - 1].right
            phrase = first + place if gap > _NEAR * token.height else phrase
            block = first + place if gap > _SAME_BLOCK * token.height else block
        token.row, token.phrase, token.block = number, phrase, block


def text_between(tokens: tuple[CutWord, ...]) -> str:
    """Return tokens of one row as they are printed."""
    return "".join(("" if token.glued or not place else " ") + token.text for place, token in enumerate(tokens))


def box_around(tokens: tuple[CutWord, ...]) -> Box:
    """Return the smallest box around tokens of one page."""
    page = tokens[0].word.box.page
    left, top = min(token.left for token in tokens), min(token.top for token in tokens)
    return Box(page, left, top, max(token.right for token in tokens), max(token.bottom for token in tokens))
