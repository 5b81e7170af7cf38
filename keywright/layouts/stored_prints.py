"""The print of confirmed documents as it is stored: compressed, so that a layout can be learned again at any time."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence

from keywright.database.layouts import LayoutDocument
from keywright.model.reading import Box, Page, Word
from keywright.profiles.prints import PagePrint
from keywright.profiles.profile import Confirmed


def packed(pages: Sequence[Page]) -> bytes:
    """Return the words of some pages as compressed JSON."""
    content = [
        [page.number, page.engine, [[_word(word) for word in line] for line in page.lines if line]] for page in pages
    ]
    return gzip.compress(json.dumps(content, ensure_ascii=False).encode(), 6)


def unpacked(stored: bytes) -> PagePrint:
    """Return the print that was stored as compressed JSON."""
    pages = tuple(
        Page(number, 0.0, 0.0, engine, tuple(tuple(_read_word(word, number) for word in line) for line in lines))
        for number, engine, lines in json.loads(gzip.decompress(stored))
    )
    return PagePrint.of(pages)


def confirmed(row: LayoutDocument) -> Confirmed:
    """Return a confirmed document as profiles learn from it."""
    return Confirmed(unpacked(bytes(row.words)), row.values, row.read, frozenset(row.corrected), row.accepted)


def _word(word: Word) -> list[object]:
    box = word.box
    edges = (round(box.left, 1), round(box.top, 1), round(box.right, 1), round(box.bottom, 1))
    return [word.text, round(word.confidence, 3), *edges]


def _read_word(stored: Sequence[object], page: int) -> Word:
    text, confidence, *edges = stored
    left, top, right, bottom = map(float, edges)  # type: ignore[arg-type]
    return Word(str(text), Box(page, left, top, right, bottom), float(confidence))  # type: ignore[arg-type]
