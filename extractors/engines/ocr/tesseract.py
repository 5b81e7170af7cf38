"""Reads the words in a picture of a page with Tesseract, one thread a page."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from PIL import Image

from extractors.engines.ocr.tesseract_loaded import orientation_of, word_table
from extractors.engines.print_lines import Run, lines_of
from keywright.model.reading import Box, Line, Word

ONE_LINE, SPARSE = 7, 11  # Tesseract's page segmentation modes; sparse: words anywhere, in no order
#: The signs that Tesseract reads in the lines of a table.
_RULES = frozenset("|¦_—–-=~‘’'`.,:;·•°^\\/")


@dataclass(frozen=True, slots=True)
class Print:
    """What Tesseract read in one picture: its lines as runs, and how much of it makes sense.

    ``sense`` is the mean confidence (0-1) of the words with three or more letters or digits, and ``weight`` the number
    of their characters: a page upside down has little of either.
    """

    runs: tuple[Run, ...]
    sense: float
    weight: int

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return the lines of print, from top to bottom."""
        return lines_of(self.runs)

    def joined_by(self, second_reading: Print, at_least: float = 0.3) -> Print:
        """Return this print with the confident words of another reading that do not overlap its own words."""
        taken = [word.box for run in self.runs for word in run.words]
        further = []
        for run in second_reading.runs:
            new = [w for w in run.words if _is_sure(w, at_least) and not any(_overlap(w.box, box) for box in taken)]
            if new:
                further.append(Run(new, run.baseline, run.height))
        return Print((*self.runs, *further), self.sense, self.weight)


NOTHING = Print((), 0.0, 0)


def read_words(picture: Image.Image, page: int, per_point: float, layout: int = 3) -> Print:
    """Return the print in a grey picture of a page that is upright and straight.

    ``per_point`` is the picture's pixels a point; boxes are in points from its top left corner. ``layout`` is
    Tesseract's page segmentation mode. Raises Stop if Tesseract is not installed.
    """
    table = word_table(picture, round(per_point * 72), layout)
    return _print(_rows(table), page, per_point) if table else NOTHING


def quarter_turns(picture: Image.Image, per_point: float) -> int | None:
    """Return by how many clockwise quarter turns the picture must be turned to be upright.

    None if Tesseract cannot detect it, as with too few letters.
    """
    degrees = orientation_of(picture, round(per_point * 72))
    return None if degrees is None else -round(degrees / 90) % 4


#: The columns of Tesseract's table of words.
_COLUMNS = (
    "level", "page_num", "block_num", "par_num", "line_num", "word_num",
    "left", "top", "width", "height", "conf", "text",
)  # fmt: skip
_Row = dict[str, str]


def _rows(table: str) -> list[_Row]:
    rows = (dict(zip(_COLUMNS, line.split("\t"), strict=False)) for line in table.split("\n") if line[:2] == "5\t")
    return [row for row in rows if row.get("text", "").strip()]


def _print(rows: list[_Row], page: int, per_point: float) -> Print:
    blocks: dict[tuple[str, str, str], list[Word]] = {}
    for row in rows:
        word = _word(row, page, per_point)
        if word:
            blocks.setdefault((row["block_num"], row["par_num"], row["line_num"]), []).append(word)
    runs = tuple(_as_run(words) for words in blocks.values())
    legible = [
        (word.confidence, len(word.text))
        for run in runs
        for word in run.words
        if sum(letter.isalnum() for letter in word.text) >= 3
    ]
    weight = sum(length for _, length in legible)
    sense = sum(sure * length for sure, length in legible) / weight if weight else 0.0
    return Print(runs, sense, weight)


def _word(row: _Row, page: int, per_point: float) -> Word | None:
    """Return the word of a row; None if it is only a speck or the line of a table."""
    text = row["text"].strip()
    x0, y0, width, height = (int(row[name]) for name in ("left", "top", "width", "height"))
    sure = max(0.0, min(1.0, float(row["conf"]) / 100))
    if "|" in text and len(text) > 1:
        text = text.strip("|")
    if set(text) <= _RULES and (sure < 0.5 or "|" in text or width > 12 * height):
        return None
    box = Box(
        page,
        x0 / per_point,
        y0 / per_point,
        (x0 + width) / per_point,
        (y0 + height) / per_point,
    )
    return Word(text, box, round(sure, 4)) if text else None


def _as_run(words: Iterable[Word]) -> Run:
    """Return one of Tesseract's lines with its baseline: the foot of most words, not of a comma or a g."""
    words = tuple(words)
    height = statistics.median(word.box.height for word in words)
    feet = [word.box.bottom - (0.2 * height if _hangs(word.text) else 0) for word in words]
    return Run(words, statistics.median(feet), height)


def _is_sure(word: Word, at_least: float) -> bool:
    return word.confidence >= at_least and any(letter.isalnum() for letter in word.text)


def _overlap(first: Box, second: Box) -> bool:
    across = min(first.right, second.right) - max(first.left, second.left)
    down = min(first.bottom, second.bottom) - max(first.top, second.top)
    narrow, low = min(first.width, second.width), min(first.height, second.height)
    return across > 0.3 * narrow and down > 0.3 * low


def _hangs(text: str) -> bool:
    return any(letter in "gjpqyQç,;()[]|" for letter in text)
