"""Matches the lines that SQL-Ledger shows of a bill with those that it was to hold, in whatever order they come.

SQL-Ledger keeps no order: it reads a bill's lines back by date alone, and all have the same date.
"""

from __future__ import annotations

from collections.abc import Sequence

from systems.sql_ledger.bill import Bill, line_shown
from systems.sql_ledger.form import Showing
from systems.web.adapter.comparison import Comparison
from systems.web.screen.formats import Expected, Format


def lines_in(page: Showing, record: Bill, format: Format) -> list[Comparison]:
    """Return each value of the record's lines with what the page shows for it.

    A line goes with a row that shows just that; what is left over goes together in its order, to be told as different.
    """
    lines = [line_shown(line, row) for row, line in enumerate(record.lines, start=1)]
    free = [_row(page, row) for row in range(1, page.rows() + 1)]
    found: dict[int, list[str]] = {}
    for at, line in enumerate(lines):
        same = next((row for row in free if _is_same(line, row, format)), None)
        if same is not None:
            free.remove(same)
            found[at] = same
    for at, line in enumerate(lines):
        if at not in found:
            found[at] = free.pop(0) if free else [""] * len(line)
    return [pair for at, line in enumerate(lines) for pair in zip(line, found[at], strict=True)]


def _row(page: Showing, row: int) -> list[str]:
    return [page.controls.get(f"{name}_{row}", "") for name in ("amount", "AP_amount", "description")]


def _is_same(line: Sequence[Expected], row: Sequence[str], format: Format) -> bool:
    return all(each.met_by(shown, format) for each, shown in zip(line, row, strict=True))
