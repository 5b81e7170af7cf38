"""Tick boxes are small squares on a page's picture; a box with ink inside is ticked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from PIL import Image

from keywright.model.reading import Box, TickBox

SMALLEST, LARGEST = 6.5, 24.0  # points; printed tick boxes are 7 to 20 points wide
DARK = 150  # of 255; grey fills (224) stay light, ink (0-120) becomes dark
PER_POINT = 150 / 72  # the pixels a point at which squares are looked for
MARGIN = 0.24  # of the side; what lies nearer to the edge is the edge, drawn thick or askew
EMPTY, TICKED = 0.02, 0.06  # share of dark pixels inside; between the two a person should look
#: A box's thick sides make some sixteen squares; a page of bar codes or hatching makes tens of thousands.
_MOST_SQUARES = 6000


@dataclass(frozen=True, slots=True)
class _Run:
    """A straight piece of ink: where it begins and ends along its line, and which line that is."""

    start: int
    end: int
    line: int


def find_tick_boxes(picture: Image.Image, page: int, per_point: float) -> tuple[TickBox, ...]:
    """Return the tick boxes of one page, top to bottom; ``per_point`` is the picture's pixels a point.

    1. Make the picture black and white, at one known size.
    2. Find upright strokes as long as a tick box is high, and pair those that stand a side apart.
    3. Keep the pairs that a stroke joins at the top and at the bottom, and weigh the ink inside.
    """
    scale = PER_POINT / per_point
    size = (round(picture.width * scale), round(picture.height * scale))
    grey = picture.convert("L").resize(size, Image.Resampling.BOX)
    ink = grey.point([0 if shade < DARK else 255 for shade in range(256)])
    squares = _apart(islice(_squares(ink), _MOST_SQUARES))
    return tuple(_weighed(ink, square, page) for square in sorted(squares, key=lambda s: s[1]))


def _strokes(ink: Image.Image) -> Iterator[_Run]:
    """Yield the upright strokes; the picture is turned so that each is a run in a row of bytes."""
    turned = ink.transpose(Image.Transpose.TRANSPOSE)
    rows, length = turned.tobytes(), turned.width
    at_least = int(SMALLEST * PER_POINT)
    run = re.compile(b"\x00{%d,}" % at_least)
    for line in range(turned.height):
        for found in run.finditer(rows, line * length, (line + 1) * length):
            yield _Run(found.start() - line * length, found.end() - line * length, line)


def _squares(ink: Image.Image) -> Iterator[tuple[int, int, int, int]]:
    longest = LARGEST * PER_POINT
    strokes = [s for s in _strokes(ink) if s.end - s.start <= longest]
    by_start: dict[int, list[_Run]] = {}
    for stroke in strokes:
        by_start.setdefault(stroke.start, []).append(stroke)
    for left in strokes:
        side = left.end - left.start
        slack = max(2, round(side * 0.15))
        for start in range(left.start - slack, left.start + slack + 1):
            for right in by_start.get(start, ()):
                width = right.line - left.line + 1
                if abs(width - side) <= slack and abs(right.end - left.end) <= slack:
                    square = (left.line, left.start, right.line + 1, left.end)
                    if _closed(ink, square, slack):
                        yield square


def _closed(ink: Image.Image, square: tuple[int, int, int, int], slack: int) -> bool:
    left, top, right, bottom = square
    return _cornered(ink, square) and all(
        _stroke_across(ink, left, right, range(edge - slack, edge + slack + 1)) for edge in (top, bottom - 1)
    )


def _cornered(ink: Image.Image, square: tuple[int, int, int, int]) -> bool:
    """Is there ink in all four corners? In a D, a B or an O there is not."""
    left, top, right, bottom = square
    size = max(2, round((right - left) * 0.1))
    return all(
        0 in ink.crop((x, y, x + size, y + size)).tobytes() for x in (left, right - size) for y in (top, bottom - size)
    )


def _stroke_across(ink: Image.Image, left: int, right: int, rows: range) -> bool:
    """Is nearly every column between the two sides dark in one of these rows?"""
    top, bottom = max(rows.start, 0), min(rows.stop, ink.height)
    band = ink.crop((left, top, right, bottom))
    columns = list(zip(*_rows(band), strict=True))
    return sum(0 in column for column in columns) >= 0.9 * len(columns)


def _rows(picture: Image.Image) -> list[bytes]:
    data, width = picture.tobytes(), picture.width
    return [data[at : at + width] for at in range(0, len(data), width)]


def _apart(squares: Iterator[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Keep one, the largest, of squares that lie over each other: a thick edge gives several."""
    kept: list[tuple[int, int, int, int]] = []
    for square in sorted(set(squares), key=lambda s: (s[0] - s[2]) * (s[3] - s[1])):
        if not any(_over(square, other) for other in kept):
            kept.append(square)
    return kept


def _over(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _weighed(ink: Image.Image, square: tuple[int, int, int, int], page: int) -> TickBox:
    left, top, right, bottom = square
    inset = max(3, round((right - left) * MARGIN))
    inside = ink.crop((left + inset, top + inset, right - inset, bottom - inset))
    dark = inside.tobytes().count(0) / max(1, inside.width * inside.height)
    doubtful = EMPTY < dark < TICKED
    box = Box(page, left / PER_POINT, top / PER_POINT, right / PER_POINT, bottom / PER_POINT)
    return TickBox(box, dark >= (EMPTY + TICKED) / 2, 0.5 if doubtful else 0.97)
