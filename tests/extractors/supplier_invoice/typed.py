"""Pages as a typewriter makes them: what a test draws in a text block becomes a reading."""

from __future__ import annotations

import re
from textwrap import dedent

from keywright.model.reading import Box, EInvoice, Page, Reading, Word

PITCH, HEIGHT, SPACING = 5.0, 10.0, 12.0


def typed(
    text: str,
    *,
    engine: str = "text-layer",
    confidence: float = 1.0,
    einvoice: EInvoice | None = None,
) -> Reading:
    """Return the reading of pages typed at five points a letter; ``%%`` on a line of its own turns the page.

    One blank parts words, two and more part columns; an empty line moves the paper on.
    """
    sheets = dedent(text).strip("\n").split("\n%%\n")
    pages = (_page(number, sheet, engine, confidence) for number, sheet in enumerate(sheets, 1))
    return Reading(tuple(pages), einvoice=einvoice)


def _page(number: int, sheet: str, engine: str, confidence: float) -> Page:
    lines = []
    for place, row in enumerate(sheet.split("\n")):
        top = 40 + place * SPACING
        words = tuple(
            Word(
                match.group(),
                Box(number, 36 + PITCH * match.start(), top, 36 + PITCH * match.end(), top + HEIGHT),
                confidence,
            )
            for match in re.finditer(r"\S+", row)
        )
        if words:
            lines.append(words)
    return Page(number, 612.0, 792.0, engine, tuple(lines))
