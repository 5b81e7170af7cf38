"""Words as hashed pieces of three to five letters, and the print around a candidate as ranges of words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, pairwise
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from extractors.supplier_invoice.learned.spans import WordSpan
from extractors.supplier_invoice.learned.tokens import CutWord, TokenSheet

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]
BUCKETS = 1 << 14
PAIR = 0.7
"""How much two words that follow each other weigh, next to a word alone."""
SURROUNDINGS = ("near", "left", "above", "head", "right", "own", "below")
"""The print around a candidate: the phrase left of it, what else stands left, the phrase above it, the first phrase
above it with letters, what stands right of it, its own words, and the phrase below it."""
_REACH = 8
_FAR = 99.0
_NOWHERE = np.float32(-1e9)
_SHAPES = str.maketrans({**dict.fromkeys("0123456789", "9")})


@lru_cache(maxsize=30_000)
def plain(text: str) -> str:
    """Return a word without case and accents, each digit as 9."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return text.casefold().translate(_SHAPES)


@lru_cache(maxsize=30_000)
def pieces_of(text: str) -> tuple[int, ...]:
    """Return the buckets of a word's pieces of three to five letters, of the whole word and of its shape."""
    word = f"<{plain(text)}>"
    pieces = {word[at : at + size] for size in (3, 4, 5) for at in range(max(1, len(word) - size + 1))}
    shape = re.sub(r"[a-z]+", "x", re.sub(r"[A-Z]+", "X", re.sub(r"\d", "9", text)))
    pieces |= {"W" + word, "S" + shape}
    return tuple(sorted({crc32(piece.encode()) % BUCKETS for piece in pieces}))


def pair_of(first: CutWord, second: CutWord) -> int:
    """Return the bucket of two words that follow each other."""
    return crc32(f"{plain(first.text)}_{plain(second.text)}".encode()) % BUCKETS


def pieces_of_sheet(tokens: Sequence[CutWord]) -> tuple[Numbers, Numbers, Numbers]:
    """Return the buckets of all tokens in one row, where each token's begin, and each token's pair with the one before.

    Equal words are looked up once by the caches; a page repeats few.
    """
    pieces = [pieces_of(token.text) for token in tokens]
    starts = np.cumsum([0, *map(len, pieces)])
    pairs = [0, *(pair_of(first, second) for first, second in pairwise(tokens))]
    return (
        np.fromiter(chain.from_iterable(pieces), np.int64, int(starts[-1])),
        starts,
        np.array(pairs[: len(tokens)], np.int64),
    )


class Places:
    """Where the tokens of a document stand, as arrays."""

    def __init__(self, sheet: TokenSheet) -> None:
        tokens = sheet.tokens
        columns: Any = [(t.left, t.top, t.right, t.bottom, t.word.box.page, t.row, t.phrase, t.block) for t in tokens]
        table = np.array(columns, np.float64).reshape(len(tokens), 8)
        self.left, self.top, self.right, self.bottom = table[:, :4].T
        self.page, self.row, self.phrase, self.block = table[:, 4:].T.astype(np.int64)
        self.rank = np.cumsum(np.diff(self.page, prepend=self.page[:1]) != 0)
        self.letters = np.array([sum(map(str.isalpha, t.text)) >= 3 for t in tokens], bool)
        bounds = np.array(sheet.rows, np.int64).reshape(-1, 2)
        self.row_start, self.row_end = bounds[:, 0], bounds[:, 1]
        ends = np.append(np.flatnonzero(np.diff(self.phrase)) + 1, len(tokens))
        self.phrase_end = ends[np.searchsorted(ends, np.arange(len(tokens)), side="right")] if len(tokens) else ends


class Around:
    """The surroundings of candidates: for each a range of tokens (``first`` to before ``stop``), and the distance.

    ``ranges`` has the shape (surroundings, candidates, 2); ``gaps`` is the distance to the near, right, above, head and
    below print in heights of the candidate.
    """

    def __init__(self, places: Places, spans: Sequence[WordSpan]) -> None:
        first = np.array([span.first for span in spans], np.int64)
        stop = np.array([span.stop for span in spans], np.int64)
        self.first, self.stop = first, stop
        row = places.row[first]
        row_start, row_end = places.row_start[row], places.row_end[row]
        last = stop - 1
        self.height = np.maximum(places.bottom[first] - places.top[first], 4.0)
        before = np.maximum(first - 1, row_start)
        has_left = first > row_start
        near = np.where(has_left, places.phrase[before], first)
        far = np.where(has_left, np.maximum(first - _REACH, np.minimum(places.block[before], near)), first)
        vertical = _vertical(places, first, last, self.height)
        self.ranges = np.stack(
            [
                np.stack([near, first], 1),
                np.stack([far, np.maximum(near, far)], 1),
                vertical["above"][0],
                vertical["head"][0],
                np.stack([stop, np.minimum(stop + _REACH, row_end)], 1),
                np.stack([first, stop], 1),
                vertical["below"][0],
            ]
        )
        after = np.minimum(stop, row_end - 1)
        left_gap = np.where(has_left, (places.left[first] - places.right[before]) / self.height, _FAR)
        right_gap = np.where(stop < row_end, (places.left[after] - places.right[last]) / self.height, _FAR)
        self.gaps = np.stack([left_gap, right_gap, *(vertical[side][1] for side in ("above", "head", "below"))], 1)


def _vertical(
    places: Places, first: Numbers, last: Numbers, height: NDArray[np.float64]
) -> dict[str, tuple[Numbers, NDArray[np.float64]]]:
    """Return the phrase above, the first phrase above with letters, and the phrase below each candidate.

    Candidates and tokens are in the order of reading, so that those of a page follow each other.
    """
    pages = places.page[first]
    cuts = [0, *(np.flatnonzero(np.diff(pages)) + 1).tolist(), len(pages)]
    parts = []
    for start, end in pairwise(cuts):
        here = slice(*np.searchsorted(places.rank, (places.rank[first[start]], places.rank[first[start]] + 1)))
        parts.append(_on_page(places, here, first[start:end], last[start:end], height[start:end]))
    return {
        side: (np.concatenate([part[n][0] for part in parts]), np.concatenate([part[n][1] for part in parts]))
        for n, side in enumerate(("above", "head", "below"))
    }


def _on_page(
    places: Places, here: slice, first: Numbers, last: Numbers, height: NDArray[np.float64]
) -> list[tuple[Numbers, NDArray[np.float64]]]:
    """Return the same for the candidates of one page, whose tokens are ``here``."""
    top, bottom = places.top[first], places.bottom[last]
    over = places.right[here] > (places.left[first] - 0.5 * height)[:, None]
    over &= places.left[here] < (places.right[last] + 0.5 * height)[:, None]
    tops, bottoms = places.top[here].astype(np.float32), places.bottom[here].astype(np.float32)
    up = np.where(over & (bottoms <= (top + 0.3 * height)[:, None]), bottoms, _NOWHERE)
    down = np.where(over & (tops >= (bottom - 0.3 * height)[:, None]), -tops, _NOWHERE)
    lettered = np.where(places.letters[here], up, _NOWHERE)
    return [
        _phrase_at(places, here.start, up, (top - up.max(1)) / height),
        _phrase_at(places, here.start, lettered, (top - lettered.max(1)) / height),
        _phrase_at(places, here.start, down, (-down.max(1) - bottom) / height),
    ]


def _phrase_at(
    places: Places, offset: int, heights: Floats, gap: NDArray[np.float64]
) -> tuple[Numbers, NDArray[np.float64]]:
    nearest = heights.argmax(1)
    exists = heights[np.arange(len(nearest)), nearest] > _NOWHERE
    at = nearest + offset
    ranges = np.stack([np.where(exists, places.phrase[at], 0), np.where(exists, places.phrase_end[at], 0)], 1)
    return ranges, np.where(exists, np.minimum(gap, _FAR), _FAR)
