"""Measures how fast a layout is found among many: ``./run bench layouts [--layouts 100000]``.

It fills an office of its own with invented layouts - words that all share, and a few rare ones each - and looks up 200
documents of them, each with as many strange words and amounts. Printed are the median and the longest time of a look-up
and how many were found; the filling takes a few minutes.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from collections import Counter

from keywright.arguments import positive
from keywright.model.reading import Box, Page, Word
from keywright.terminal import SafeConsole

SHARED, COMMON, RARE = 600, 60, 6
"""Words that all layouts draw from, how many of them each has, and how many words of its own."""
LOOKED_UP = 200
AT_ONCE = 2_000
Anchors = dict[str, list[int]]


def main() -> int:
    """Fill an office, look up, print; return 1 if a document was not found."""
    parser = argparse.ArgumentParser(prog="bench layouts", description=__doc__)
    parser.add_argument("--layouts", type=positive, default=100_000, help="how many layouts (100000)")
    options = parser.parse_args()
    screen, chance = SafeConsole(), random.Random(1)  # noqa: S311  a draw, not a secret
    with tempfile.TemporaryDirectory(prefix="keywright-bench-") as home:
        os.environ["KEYWRIGHT_HOME"] = home
        os.environ.pop("KEYWRIGHT_DATABASE_URL", None)
        from keywright.setup import open_records

        open_records()
        with screen.status(f"Putting {options.layouts} layouts on file …"):
            numbers = _fill(options.layouts, chance)
        times, found = _looked_up(chance.sample(numbers, min(LOOKED_UP, len(numbers))), chance)
    screen.print(
        f"{options.layouts} layouts, {len(times)} documents looked up: median {statistics.median(times):.1f} ms, "
        f"longest {max(times):.1f} ms; {found} found"
    )
    return 0 if found == len(times) else 1


def _word(chance: random.Random) -> str:
    return "".join(chance.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(8))


def _fill(count: int, chance: random.Random) -> list[int]:
    """Put invented layouts on file, and return their numbers."""
    from django.db import transaction

    from keywright.database.layouts import LayoutWord, StoredLayout, WordCount

    shared = [_word(chance) for _ in range(SHARED)]
    counts: Counter[str] = Counter()
    numbers: list[int] = []
    with transaction.atomic():
        for start in range(0, count, AT_ONCE):
            rows = [_layout(shared, chance) for _ in range(min(AT_ONCE, count - start))]
            stored = StoredLayout.objects.bulk_create(rows)
            numbers += [row.pk for row in stored]
            words = [LayoutWord(layout=row, word=word) for row in stored for word in row.anchors]
            LayoutWord.objects.bulk_create(words, batch_size=AT_ONCE)
            counts.update(word.word for word in words)
        known = [WordCount(word=word, layouts=times) for word, times in counts.items()]
        WordCount.objects.bulk_create(known, batch_size=AT_ONCE)
    return numbers


def _layout(shared: list[str], chance: random.Random):  # type: ignore[no-untyped-def]  # Django is set up by now
    from keywright.database.layouts import StoredLayout

    own = [_word(chance) for _ in range(RARE)]
    anchors = {word: [chance.randint(20, 500), chance.randint(20, 800)] for word in chance.sample(shared, COMMON) + own}
    return StoredLayout(document_type="invoice", owner=own[0], state="learning", anchors=anchors)


def _looked_up(numbers: list[int], chance: random.Random) -> tuple[list[float], int]:
    """Look up a document of each of these layouts; return the times in ms, and how many were found."""
    from keywright.database.layouts import StoredLayout
    from keywright.layouts.book import OfficeBook
    from keywright.profiles.prints import PagePrint

    times, found, book = [], 0, OfficeBook()
    for number in numbers:
        paper = PagePrint.of([_page(StoredLayout.objects.get(pk=number).anchors, chance)])
        start = time.perf_counter()
        known = book.look_up("invoice", paper, {})
        times.append((time.perf_counter() - start) * 1000)
        found += known is not None and known.number == number
    return times, found


def _page(anchors: Anchors, chance: random.Random) -> Page:
    """Return a page with the fixed words of a layout, and as many words and amounts of its own."""
    words = [Word(word, Box(1, x, y, x + 40, y + 9)) for word, (x, y) in anchors.items()]
    for place in range(len(anchors)):
        top = 300 + 7 * place
        words.append(Word(_word(chance), Box(1, 100, top, 140, top + 6)))
        words.append(Word(f"{chance.randint(1, 9999)}.{chance.randint(10, 99)}", Box(1, 400, top, 440, top + 6)))
    return Page(1, 612.0, 792.0, "text-layer", tuple((word,) for word in words))


if __name__ == "__main__":
    raise SystemExit(main())
