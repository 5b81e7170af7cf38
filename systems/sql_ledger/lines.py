"""Matches the lines that SQL-Ledger shows of a bill with the keyed lines, in any order.

SQL-Ledger keeps no order: it reads a bill's lines back by date alone, and all have the same date.
"""

from __future__ import annotations

from collections.abc import Sequence

from systems.records.bill import Bill
from systems.sql_ledger.bill import line_shown
from systems.sql_ledger.form import Showing
from systems.web.adapter.comparison import Comparison
from systems.web.screen.formats import Expected, Format


def lines_in(page: Showing, record: Bill, format: Format) -> list[Comparison]:
    """Return each value of the record's lines with what the page shows for it.

    A line is paired with a row that shows exactly this line. The remaining lines and rows are paired in their order, so
    that the difference is reported.
    """
    lines = [line_shown(line, row) for row, line in enumerate(record.lines, start=1)]
    free = [_row(page, row) for row in range(1, page.rows() + 1)]
    rows_of_lines: dict[int, list[str]] = {}
    for at, line in enumerate(lines):
        matching_row = next((row for row in free if _is_same(line, row, format)), None)
        if matching_row is not None:
            free.remove(matching_row)
            rows_of_lines[at] = matching_row
    for at, line in enumerate(lines):
        if at not in rows_of_lines:
            rows_of_lines[at] = free.pop(0) if free else [""] * len(line)
    return [pair for at, line in enumerate(lines) for pair in zip(line, rows_of_lines[at], strict=True)]


def _row(page: Showing, row: int) -> list[str]:
    return [page.controls.get(f"{name}_{row}", "") for name in ("amount", "AP_amount", "description")]


def _is_same(line: Sequence[Expected], row: Sequence[str], format: Format) -> bool:
    return all(expected.met_by(text, format) for expected, text in zip(line, row, strict=True))
