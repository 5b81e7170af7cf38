"""Removes the ruled lines of a table from a page's picture, since Tesseract loses the words between them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PIL import Image, ImageDraw

LONG = 40.0  # points; no stroke of a letter is as long, and no side of a tick box
DARK = 150  # of 255
#: A line that is slightly slanted consists of several shorter runs, a row apart; together they are removed.
BESIDE, BEYOND = 1, 3  # pixels that are whitened next to a run of ink, and beyond its ends


def without_rules(picture: Image.Image, per_point: float) -> Image.Image:
    """Return a grey copy of the picture without its long horizontal and vertical strokes.

    ``per_point`` is the picture's pixels a point. The picture must be straight already.
    """
    grey = picture.convert("L")
    ink = grey.point([0 if shade < DARK else 255 for shade in range(256)])
    longest = round(LONG * per_point)
    clean = grey.copy()
    draw = ImageDraw.Draw(clean)
    for start, end, row in _runs(ink, longest):
        draw.rectangle((start - BEYOND, row - BESIDE, end + BEYOND, row + BESIDE), fill=255)
    for start, end, column in _runs(ink.transpose(Image.Transpose.TRANSPOSE), longest):
        draw.rectangle((column - BESIDE, start - BEYOND, column + BESIDE, end + BEYOND), fill=255)
    return clean


def _runs(ink: Image.Image, at_least: int) -> Iterator[tuple[int, int, int]]:
    """Yield (first pixel, last pixel, row) of the long runs of ink along the rows."""
    data, width = ink.tobytes(), ink.width
    run = re.compile(b"\x00{%d,}" % max(at_least, 2))
    for row in range(ink.height):
        for match in run.finditer(data, row * width, (row + 1) * width):
            yield match.start() - row * width, match.end() - 1 - row * width, row
