"""Gives each row of goods the rows of text that describe it: under it, or around it if cells are centred."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby, islice, pairwise

from extractors.supplier_invoice.goods.goods_rows import LineItem, TextRow
from extractors.supplier_invoice.layout.rows import PrintedRow
from keywright.model.reading import Word

#: Rows further from each other than this, in heights of a row, do not belong together.
NEAR = 1.3
#: Rows of text between two rows of goods, and rows of a page, that are shared out; more would take too long.
MOST_BETWEEN, MOST_ROWS = 20, 400
#: What a gap within a description costs, in heights of a row that it is off its centre.
GAP = 5.0


Way = tuple[float, tuple[int, ...]]


def describe(rows: Sequence[LineItem | TextRow], top: float) -> list[LineItem]:
    """Return the rows of goods with the words of their neighbours; ``top`` is where the rows begin."""
    if _centred(rows):
        for parted, group in groupby(rows, key=_parts):
            if not parted:
                _around(list(islice(group, MOST_ROWS)))
    else:
        _under(rows, top)
    return [row for row in rows if isinstance(row, LineItem)]


def _parts(row: LineItem | TextRow) -> bool:
    return isinstance(row, TextRow) and not row.words


def _under(rows: Iterable[LineItem | TextRow], bottom: float) -> None:
    """Give each row of goods the rows under it that are near, and the rows over it that are near no other."""
    waiting: list[Word] = []
    item: LineItem | None = None
    height = 0.0
    for row in rows:
        near = row.row.box.top - bottom < NEAR * max(row.row.height, height)
        if isinstance(row, LineItem):
            row.words[:0], waiting, item = waiting, [], row
        elif not row.words:
            waiting = []
        elif item and near and item.words:
            item.words.extend(row.words)
        else:
            waiting = [*waiting, *row.words] if near else list(row.words)
        bottom, height = row.row.box.bottom, row.row.height


def _centred(rows: Sequence[LineItem | TextRow]) -> bool:
    """Return whether a row of goods without text is halfway between two rows of text."""
    for before, item, after in zip(rows, rows[1:], rows[2:], strict=False):
        if isinstance(item, LineItem) and not says_much(item.words):
            texts = [row for row in (before, after) if isinstance(row, TextRow) and row.words]
            if len(texts) == 2 and _overlaps(before.row, item.row) and _overlaps(item.row, after.row):
                return True
    return False


def says_much(words: Iterable[Word]) -> bool:
    """Return whether the words are more than specks and marks."""
    return any(sum(map(str.isalnum, word.text)) > 2 for word in words)


def _overlaps(upper: PrintedRow, lower: PrintedRow) -> bool:
    return upper.page == lower.page and lower.box.top < upper.box.bottom


def _around(rows: list[LineItem | TextRow]) -> None:
    """Share the rows of text out so that each row of goods is as near the middle of its description as can be."""
    items = [place for place, row in enumerate(rows) if isinstance(row, LineItem)]
    if not items:
        return
    #: The cheapest way to have shared out the rows before a place: its cost, and where its descriptions begin and end.
    ways: dict[int, Way] = {start: (0.0, (start,)) for start in range(max(0, items[0] - MOST_BETWEEN), items[0] + 1)}
    for place, following in pairwise([*items, len(rows)]):
        longer: dict[int, Way] = {}
        for start, (cost, cuts) in ways.items():
            for stop in range(place + 1, min(following, place + MOST_BETWEEN) + 1):
                way = (cost + _off_centre(rows, start, place, stop), (*cuts, stop))
                longer[stop] = min(longer.get(stop, way), way)
        ways = longer
    _share(rows, min(ways.values())[1])


def _off_centre(rows: Sequence[LineItem | TextRow], start: int, place: int, stop: int) -> float:
    """Return how far a row of goods is from the middle of the rows ``start`` to ``stop``, in heights of a row."""
    item = rows[place]
    block = [row.row for row in rows[start:stop] if row is not item or says_much(row.words)]
    if not block:
        return GAP
    gaps = sum(lower.box.top - upper.box.bottom > NEAR * upper.height for upper, lower in pairwise(block))
    middle = (block[0].box.top + block[-1].box.bottom) / 2
    return abs(middle - item.row.box.middle) / item.row.height + GAP * gaps


def _share(rows: Sequence[LineItem | TextRow], cuts: Sequence[int]) -> None:
    for start, stop in pairwise(cuts):
        words = [word for row in rows[start:stop] for word in row.words]
        for row in rows[start:stop]:
            if isinstance(row, LineItem):
                row.words = words
