"""Intervals of 95 % for shares: of single values (Wilson 1927), and over layouts, whose values go wrong together."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Sequence

Interval = tuple[float, float]
_Z = 1.96
_DRAWS = 2000


def wilson(count: int, total: int) -> Interval:
    """Return the interval for a share of independent values."""
    if not total:
        return 0.0, 1.0
    share, square = count / total, _Z * _Z
    middle = share + square / (2 * total)
    reach = _Z * math.sqrt(share * (1 - share) / total + square / (4 * total * total))
    low, high = ((middle + sign * reach) / (1 + square / total) for sign in (-1, 1))
    return max(0.0, low), min(1.0, high)


def over_layouts(layouts: Sequence[str], hits: Sequence[bool]) -> Interval:
    """Return the interval for a share of values when whole layouts are drawn again, each with all its values.

    A layout's values are wrong for the same reason, so that a few layouts say less than many values seem to.
    """
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for layout, hit in zip(layouts, hits, strict=True):
        counts[layout][0] += hit
        counts[layout][1] += 1
    if not counts:
        return 0.0, 1.0
    chance, drawn = random.Random(95), []  # noqa: S311 - the same draw every time
    for _ in range(_DRAWS):
        picks = chance.choices(list(counts.values()), k=len(counts))
        drawn.append(sum(hit for hit, _ in picks) / sum(total for _, total in picks))
    drawn.sort()
    return drawn[round(0.025 * (_DRAWS - 1))], drawn[round(0.975 * (_DRAWS - 1))]
