"""Finds tick boxes, the small squares on a page's picture; a box with ink inside is ticked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from PIL import Image

from keywright.model.reading import Box, TickBox

SMALLEST, LARGEST = 6.5, 24.0  # points; printed tick boxes are 7 to 20 points wide
DARK = 150  # of 255; grey fills (224) stay light, ink (0-120) becomes dark
PER_POINT = 150 / 72  # the pixels a point at which squares are searched
MARGIN = 0.24  # of the side; ink nearer to the edge belongs to the edge, drawn thick or slanted
EMPTY, TICKED = 0.02, 0.06  # share of dark pixels inside; between the two a person should look
#: A box with thick sides makes about sixteen squares; a page of bar codes or hatching makes tens of thousands.
_MOST_SQUARES = 6000


@dataclass(frozen=True, slots=True)
class _Run:
    """A straight piece of ink: where it begins and ends along its line, and the number of that line."""

    start: int
    end: int
    line: int


def find_tick_boxes(picture: Image.Image, page: int, per_point: float) -> tuple[TickBox, ...]:
    """Return the tick boxes of one page, from top to bottom; ``per_point`` is the picture's pixels a point.

    1. Make the picture black and white, at one known size.
    2. Find vertical strokes as long as a tick box is high, and pair strokes that are one side's length apart.
    3. Keep the pairs that a stroke joins at the top and at the bottom, and measure the ink inside.
    """
    scale = PER_POINT / per_point
    size = (round(picture.width * scale), round(picture.height * scale))
    grey = picture.convert("L").resize(size, Image.Resampling.BOX)
    ink = grey.point([0 if shade < DARK else 255 for shade in range(256)])
    squares = _without_overlaps(islice(_squares(ink), _MOST_SQUARES))
    return tuple(_measured(ink, square, page) for square in sorted(squares, key=lambda s: s[1]))


def _strokes(ink: Image.Image) -> Iterator[_Run]:
    """Yield the vertical strokes; the picture is transposed so that each is a run in a row of bytes."""
    turned = ink.transpose(Image.Transpose.TRANSPOSE)
    rows, length = turned.tobytes(), turned.width
    at_least = int(SMALLEST * PER_POINT)
    run = re.compile(b"\x00{%d,}" % at_least)
    for line in range(turned.height):
        for match in run.finditer(rows, line * length, (line + 1) * length):
            yield _Run(match.start() - line * length, match.end() - line * length, line)


def _squares(ink: Image.Image) -> Iterator[tuple[int, int, int, int]]:
    longest = LARGEST * PER_POINT
    strokes = [s for s in _strokes(ink) if s.end - s.start <= longest]
    by_start: dict[int, list[_Run]] = {}
    for stroke in strokes:
        by_start.setdefault(stroke.start, []).append(stroke)
    for first in strokes:
        side = first.end - first.start
        slack = max(2, round(side * 0.15))
        for start in range(first.start - slack, first.start + slack + 1):
            for second in by_start.get(start, ()):
                width = second.line - first.line + 1
                if abs(width - side) <= slack and abs(second.end - first.end) <= slack:
                    square = (first.line, first.start, second.line + 1, first.end)
                    if _closed(ink, square, slack):
                        yield square


def _closed(ink: Image.Image, square: tuple[int, int, int, int], slack: int) -> bool:
    x0, y0, x1, y1 = square
    return _cornered(ink, square) and all(
        _stroke_across(ink, x0, x1, range(edge - slack, edge + slack + 1)) for edge in (y0, y1 - 1)
    )


def _cornered(ink: Image.Image, square: tuple[int, int, int, int]) -> bool:
    """Return whether there is ink in all four corners, as there is not in a D, a B or an O."""
    x0, y0, x1, y1 = square
    size = max(2, round((x1 - x0) * 0.1))
    return all(
        0 in ink.crop((corner_x, corner_y, corner_x + size, corner_y + size)).tobytes()
        for corner_x in (x0, x1 - size)
        for corner_y in (y0, y1 - size)
    )


def _stroke_across(ink: Image.Image, x0: int, x1: int, rows: range) -> bool:
    """Return whether nearly every column between the two sides is dark in one of these rows."""
    top, bottom = max(rows.start, 0), min(rows.stop, ink.height)
    band = ink.crop((x0, top, x1, bottom))
    columns = list(zip(*_rows(band), strict=True))
    return sum(0 in column for column in columns) >= 0.9 * len(columns)


def _rows(picture: Image.Image) -> list[bytes]:
    data, width = picture.tobytes(), picture.width
    return [data[at : at + width] for at in range(0, len(data), width)]


def _without_overlaps(squares: Iterator[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Keep only the largest of the squares that overlap each other, since a thick edge gives several."""
    largest: list[tuple[int, int, int, int]] = []
    for square in sorted(set(squares), key=lambda s: (s[0] - s[2]) * (s[3] - s[1])):
        if not any(_overlap(square, larger) for larger in largest):
            largest.append(square)
    return largest


def _overlap(first: tuple[int, int, int, int], second: tuple[int, int, int, int]) -> bool:
    return first[0] < second[2] and second[0] < first[2] and first[1] < second[3] and second[1] < first[3]


def _measured(ink: Image.Image, square: tuple[int, int, int, int], page: int) -> TickBox:
    x0, y0, x1, y1 = square
    inset = max(3, round((x1 - x0) * MARGIN))
    inside = ink.crop((x0 + inset, y0 + inset, x1 - inset, y1 - inset))
    dark = inside.tobytes().count(0) / max(1, inside.width * inside.height)
    doubtful = EMPTY < dark < TICKED
    box = Box(page, x0 / PER_POINT, y0 / PER_POINT, x1 / PER_POINT, y1 / PER_POINT)
    return TickBox(box, dark >= (EMPTY + TICKED) / 2, 0.5 if doubtful else 0.97)
