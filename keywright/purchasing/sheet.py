"""A list that another program exported, read row by row; the faults of all its rows are collected."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from keywright.errors import Stop
from keywright.model.fields import bare
from keywright.model.values.amounts import amount_of
from keywright.spreadsheet import rows_of

_HEAD_WITHIN = 10  # rows; exported files have titles and dates above the heads
_SHOWN = 30  # faults; a file with more is not read row by row anyway
Columns = Mapping[str, tuple[str, ...]]


class ListedRow:
    """One row of a list: its cells by the meaning of their columns. It collects its faults."""

    def __init__(self, number: int, heads: Mapping[str, str], cells: Mapping[str, str]) -> None:
        self.number = number
        self.faults: list[str] = []
        self._heads = heads
        self._cells = cells

    def at(self, column: str, fault: str) -> str:
        """Return a fault with its place, using the head of the column in this file."""
        return f"row {self.number}, column {self._heads.get(column, column)}: {fault}."

    def text(self, column: str, most: int, *, needed: bool = False) -> str:
        """Return the text of a cell; "" for an empty one, which is a fault if it is needed."""
        text = " ".join(self._cells.get(column, "").split())
        if needed and not text:
            self.faults.append(self.at(column, "this cell must not be empty"))
        if len(text) > most:
            self.faults.append(self.at(column, f"{len(text)} characters; at most {most} are allowed"))
        return text[:most]

    def amount(self, column: str) -> Decimal | None:
        """Return the number in a cell, None for an empty one; ``1,234.50`` and ``1 234,50`` are understood."""
        text = self._cells.get(column, "")
        if not text:
            return None
        number = amount_of(_plain(text))
        if number is None:
            self.faults.append(self.at(column, f"{text!r} is not a number; write it like 1250.00"))
        elif number.quantize(Decimal("0.0001")) != number:
            self.faults.append(self.at(column, f"{text!r} has more than four decimals"))
        return number

    def day(self, column: str) -> dt.date | None:
        """Return the date in a cell, None for an empty one."""
        text = self._cells.get(column, "")
        try:
            return dt.date.fromisoformat(text[:10]) if text else None
        except ValueError:
            self.faults.append(self.at(column, f"{text!r} is not a date; write it like 2026-11-02"))
            return None

    def choice(self, column: str, options: Mapping[str, Collection[str]], default: str) -> str:
        """Return the option that a cell names; the default for an empty one."""
        text = self._cells.get(column, "")
        for option, words in options.items():
            if bare(text) in {bare(option), *map(bare, words)}:
                return option
        if text:
            self.faults.append(self.at(column, f"{text!r} is none of {', '.join(options)}"))
        return default


@dataclass(frozen=True, slots=True)
class ListedRows:
    """The rows of a list, and the heads of its columns that are not understood."""

    path: Path
    rows: tuple[ListedRow, ...]
    ignored: tuple[str, ...]

    def ensure_sound(self, further: Sequence[str] = ()) -> None:
        """Raise Stop, with a line for each fault, if there is any fault."""
        faults = [*(fault for row in self.rows for fault in row.faults), *further]
        if not faults:
            return
        shown = faults[:_SHOWN] + ([f"and {len(faults) - _SHOWN} more."] if len(faults) > _SHOWN else [])
        lines = "\n  ".join(shown)
        raise Stop(
            f"{self.path}: nothing was imported because of {len(faults)} faults. Correct them and import again.\n"
            f"  {lines}"
        )


def read_list(path: Path, columns: Columns, needed: Mapping[str, str]) -> ListedRows:
    """Return the rows of a file below its heads; ``needed`` are the columns that it must have, with their titles.

    Raises Stop if the file cannot be read or has no row with these heads.
    """
    meaning = {bare(head): column for column, heads in columns.items() for head in heads}
    rows = [row for row in rows_of(path, meaning) if any(row[1])]
    meanings = [{meaning[bare(cell)] for cell in cells if bare(cell) in meaning} for _, cells in rows[:_HEAD_WITHIN]]
    place = next((n for n, known in enumerate(meanings) if needed.keys() <= known), None)
    if place is None:
        titles = ", ".join(f"a column {title}" for title in needed.values())
        raise Stop(f"{path}: no row with column heads was found. It needs {titles}.")
    heads = rows[place][1]
    by_column = {meaning[bare(head)]: head for head in reversed(heads) if bare(head) in meaning}
    listed = []
    for number, cells in rows[place + 1 :]:
        filled = {meaning[bare(h)]: c for h, c in zip(heads, cells, strict=False) if c and bare(h) in meaning}
        listed.append(ListedRow(number, by_column, filled))
    return ListedRows(path, tuple(listed), tuple(head for head in heads if head and bare(head) not in meaning))


def _plain(text: str) -> str:
    """Return a number in English or French notation with a dot and without marks between thousands."""
    plain = re.sub(r"[\s\u00a0\u202f$€£']", "", text)
    if re.fullmatch(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?", plain):
        return plain.replace(",", "")
    return plain.replace(",", ".") if re.fullmatch(r"-?\d+,\d{1,4}", plain) else plain
