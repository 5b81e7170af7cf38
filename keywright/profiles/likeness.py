"""How much the print of a document is like a layout's, and how far it is shifted against it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

from keywright.profiles.finding_values import Shift
from keywright.profiles.prints import PagePrint

LIKE = 0.35
"""The least likeness of a document to its own layout; as measured, another is at most 0.24 alike, its own 0.41."""
IN_PLACE = 9.0  # points
FURTHEST = 40.0  # points that a print may be shifted
HEAD = 300.0  # points from the top in which the vertical shift is measured: below, tables grow
_WORTH = (1.0, 0.7, 0.2, 0.2)
"""What a word is worth at its place, in its column, in its row, and elsewhere."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much of a layout's print is on a document (0-1), and by how much that is shifted."""

    share: float
    shift: Shift


def likeness(
    anchors: Mapping[str, tuple[float, float]], paper: PagePrint, weight: Callable[[str], float] = lambda _: 1.0
) -> Likeness:
    """Return how like a document is to the layout with these fixed words.

    ``weight`` says how much a word tells: rare words tell more, see ``rarity``.
    """
    common = [(word, place, paper.places[word]) for word, place in anchors.items() if word in paper.places]
    dx = median([tokens[0].box.left - x for _, (x, _), tokens in common] or [0.0])
    dy = median([tokens[0].box.top - y for _, (_, y), tokens in common if tokens[0].box.top < HEAD] or [0.0])
    shift = (dx, dy) if abs(dx) < FURTHEST and abs(dy) < FURTHEST else (0.0, 0.0)
    gained = 0.0
    for word, (x, y), tokens in common:
        off = min(
            (abs(token.box.left - x - shift[0]) > IN_PLACE) * 2 + (abs(token.box.top - y - shift[1]) > IN_PLACE)
            for token in tokens
        )
        gained += weight(word) * _WORTH[off]
    whole = sum(map(weight, anchors))
    return Likeness(gained / whole if whole else 0.0, shift)


def rarity(layouts: int, with_word: int) -> float:
    """Return how much a word tells that is on ``with_word`` of so many layouts (inverse document frequency)."""
    return math.log(1 + (layouts + 1) / (1 + with_word))
