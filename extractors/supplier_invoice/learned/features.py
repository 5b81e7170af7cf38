"""Candidates as numbers: where they stand, how they look, how often they are printed, and what stands around them."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extractors.supplier_invoice.learned.grams import (
    PAIR,
    SURROUNDINGS,
    Around,
    Floats,
    Numbers,
    Places,
    pieces_of_sheet,
)
from extractors.supplier_invoice.learned.spans import AMOUNT, DATE, WordSpan, spans_of
from extractors.supplier_invoice.learned.tokens import TokenSheet, sheet_of
from extractors.supplier_invoice.learned.values import ORDERS
from keywright.model.reading import Reading

_SIGNS = "$€£¥"
_COLUMN = 3.0
"""How far the right edges of one column may be apart, in points."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """All candidates of one type in a document, and where the print around each is."""

    kind: str
    spans: tuple[WordSpan, ...]
    around: Around
    numbers: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """A document as the learned reader sees it: ``pieces`` has the buckets of all tokens, from ``starts`` on."""

    sheet: TokenSheet
    pieces: Numbers
    starts: Numbers
    pairs: Numbers
    candidates: tuple[Candidates, ...]


def described(reading: Reading) -> Described:
    """Return the candidates of a document, with their numbers and their surroundings."""
    sheet = sheet_of(reading)
    pieces, starts, pairs = pieces_of_sheet(sheet.tokens)
    places = Places(sheet)
    candidates = []
    for kind, spans in spans_of(sheet).items():
        if spans:
            around = Around(places, spans)
            candidates.append(Candidates(kind, tuple(spans), around, _numbers(kind, spans, around, places, sheet)))
    return Described(sheet, pieces, starts, pairs, tuple(candidates))


def word_scores(document: Described, weights: Floats) -> tuple[Floats, Floats]:
    """Return running sums of what the tokens, and the pairs of tokens, say by weights (buckets × columns)."""
    sizes = np.diff(document.starts)
    scale = (1.0 / np.sqrt(sizes)).astype(np.float32)
    words = np.add.reduceat(weights[document.pieces], document.starts[:-1], axis=0) * scale[:, None]
    pairs = weights[document.pairs] * np.float32(PAIR)
    zero = np.zeros((1, weights.shape[1]), np.float32)
    return (
        np.concatenate([zero, np.cumsum(words, axis=0, dtype=np.float32)]),
        np.concatenate([zero, np.cumsum(pairs, axis=0, dtype=np.float32)]),
    )


def surroundings_say(candidates: Candidates, sums: tuple[Floats, Floats]) -> Floats:
    """Return what the surroundings of candidates say: (candidates, surroundings × fields).

    The columns of ``sums`` are ordered by surroundings, then by field.
    """
    words, pairs = sums
    fields = words.shape[1] // len(SURROUNDINGS)
    parts = []
    for number, (first, stop) in enumerate(candidates.around.ranges.transpose(0, 2, 1)):
        columns = slice(number * fields, (number + 1) * fields)
        paired = np.minimum(first + 1, stop)
        parts.append(words[stop, columns] - words[first, columns] + pairs[stop, columns] - pairs[paired, columns])
    return np.concatenate(parts, axis=1)


def _numbers(kind: str, spans: Sequence[WordSpan], around: Around, places: Places, sheet: TokenSheet) -> Floats:
    """Return the plain figures of candidates of one type, a row each."""
    groups = [
        *_place(around, places, sheet),
        *_look(spans, sheet),
        *_company(kind, spans, around, places),
        *(_money(spans) if kind == AMOUNT else _calendar(spans) if kind == DATE else ()),
    ]
    return np.stack(groups, axis=1).astype(np.float32)


Column = NDArray[np.float64]


def _place(around: Around, places: Places, sheet: TokenSheet) -> list[Column]:
    numbers = {page.number: at for at, page in enumerate(sheet.pages)}
    page = np.array([numbers[number] for number in places.page[around.first].tolist()])
    width = np.array([max(p.width, 1.0) for p in sheet.pages])[page]
    height = np.array([max(p.height, 1.0) for p in sheet.pages])[page]
    tops = np.array([places.top[places.page == p.number].min(initial=p.height) for p in sheet.pages])[page]
    ends = np.array([places.bottom[places.page == p.number].max(initial=0.0) for p in sheet.pages])[page]
    tall = np.sort(places.bottom - places.top)
    first, last = around.first, around.stop - 1
    row = places.row[first]
    return [
        page, np.full(len(page), len(sheet.pages)), len(sheet.pages) - page,
        places.left[first] / width, places.right[last] / width,
        places.top[first] / height, (ends - places.bottom[last]) / height, (places.top[first] - tops) / height,
        around.height / max(tall[len(tall) // 2], 1.0), around.height / max(tall[int(0.98 * (len(tall) - 1))], 1.0),
        (places.right[last] - places.left[first]) / width,
        places.row_end[row] - places.row_start[row], first - places.row_start[row], places.row_end[row] - around.stop,
        around.stop - first, *around.gaps.T, np.full(len(page), len(sheet.tokens)),
    ]  # fmt: skip


def _look(spans: Sequence[WordSpan], sheet: TokenSheet) -> list[Column]:
    texts = [span.text for span in spans]
    counts = [
        (
            len(text), sum(map(str.isdigit, text)), sum(map(str.isalpha, text)), sum(map(str.isupper, text)),
            text.count("-"), text.count("/"), text.count("."), text.count(" "), text.isupper(),
        )
        for text in texts
    ]  # fmt: skip
    legible = [min(t.word.confidence for t in sheet.tokens[span.first : span.stop]) for span in spans]
    glued = [sheet.tokens[span.first].glued for span in spans]
    second = [span.second for span in spans]
    return [*np.array(counts, np.float64).T, np.array(legible), np.array(glued, float), np.array(second, float)]


def _company(kind: str, spans: Sequence[WordSpan], around: Around, places: Places) -> list[Column]:
    """Return how often the value is printed, its rank, and what other candidates stand in its column and row."""
    values = [span.value for span in spans]
    times, before = Counter(values), Counter[str]()
    earlier = []
    for value in values:
        earlier.append(before[value])
        before[value] += 1
    ranked = sorted(times, key=(lambda value: -float(value)) if kind == AMOUNT else str)
    ranks = {value: rank for rank, value in enumerate(ranked)}
    first, last = around.first, around.stop - 1
    right, top, page = places.right[last], places.top[first], places.page[first]
    row, left = places.row[first], places.left[first]
    column = (np.abs(right[:, None] - right[None]) < _COLUMN) & (page[:, None] == page[None])
    beside = row[:, None] == row[None]
    return [
        np.array([times[value] for value in values]), np.array(earlier), np.full(len(values), len(values)),
        np.array([ranks[value] for value in values]), np.full(len(values), len(ranks)),
        column.sum(1), (column & (top[None] < top[:, None])).sum(1), (column & (top[None] > top[:, None])).sum(1),
        beside.sum(1), (beside & (left[None] < left[:, None])).sum(1), (row[None] > row[:, None]).sum(1),
    ]  # fmt: skip


def _money(spans: Sequence[WordSpan]) -> list[Column]:
    value = np.array([float(span.value) for span in spans])
    largest = max(float(np.abs(value).max()), 0.01)
    signs = np.array([float(any(sign in _SIGNS for sign in span.text)) for span in spans])
    return [value, np.log1p(np.abs(value)), value / largest, signs]


def _calendar(spans: Sequence[WordSpan]) -> list[Column]:
    day = np.array([dt.date.fromisoformat(span.value).toordinal() for span in spans], np.float64)
    meanings = Counter((span.first, span.stop) for span in spans)
    alone = np.array([meanings[span.first, span.stop] == 1 for span in spans])
    orders = [span.order for span in spans]
    habits = Counter(order for order, sure in zip(orders, alone, strict=True) if sure)
    return [
        day - day.min(), day.max() - day, np.full(len(day), len(set(day.tolist()))),
        np.array([ORDERS.index(order) for order in orders]), alone.astype(float),
        np.array([math.log1p(habits[order]) for order in orders]),
        np.full(len(day), float(habits["dmy"])), np.full(len(day), float(habits["mdy"])),
    ]  # fmt: skip
