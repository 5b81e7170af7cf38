"""The lines of an invoice as a person types them in a grid, and what was changed about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from keywright.model.fields import AMOUNT, TEXT, FieldSpec, InvoiceLine, specs_of
from keywright.model.serialization import line_to_json
from keywright.typed_values import UNKNOWN, Habits, typed_amount


class Cells:
    """What the cells of a line hold."""

    description = FieldSpec(TEXT, "description")
    quantity = FieldSpec(AMOUNT, "quantity")
    unit_price = FieldSpec(AMOUNT, "unit price")
    net_amount = FieldSpec(AMOUNT, "net amount")
    tax_rate = FieldSpec(AMOUNT, "tax rate in per cent")


CELLS = specs_of(Cells)
COLUMNS = tuple(CELLS)
NUMBERS = tuple(name for name, spec in CELLS.items() if spec.kind is AMOUNT)
MOST = 500
"""As many lines are taken from a page."""


class NotLines(Exception):
    """What was typed in some cells is no such value; ``faults`` has a sentence for each (place of the line, column)."""

    def __init__(self, faults: Mapping[tuple[int, str], str]) -> None:
        super().__init__("; ".join(f"line {place} {column}: {fault}" for (place, column), fault in faults.items()))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class TypedLine:
    """One line as it was typed: ``place`` is that of the line which was read (from 0), or a later number for a new one.

    ``typed`` has the text of each of ``COLUMNS``.
    """

    place: int
    typed: Mapping[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Return True if nothing is typed in any cell."""
        return not any(text.strip() for text in self.typed.values())


def as_typed(lines: Sequence[InvoiceLine]) -> tuple[TypedLine, ...]:
    """Return lines as they stand in the grid before anything is typed."""
    return tuple(
        TypedLine(place, {column: line_to_json(line)[column] or "" for column in COLUMNS})
        for place, line in enumerate(lines)
    )


def lines_of(
    typed: Sequence[TypedLine], read: Sequence[InvoiceLine], habits: Habits = UNKNOWN
) -> tuple[InvoiceLine, ...]:
    """Return the lines that were typed; empty ones are left out, and one that was read keeps its place on the page.

    ``habits`` says how the document writes its amounts.
    Raises NotLines with a sentence for each cell that does not hold such a value.
    """
    faults: dict[tuple[int, str], str] = {}
    lines = tuple(_line(line, read, habits, faults) for line in typed if not line.empty)
    if faults:
        raise NotLines(faults)
    return lines


def _line(
    line: TypedLine, read: Sequence[InvoiceLine], habits: Habits, faults: dict[tuple[int, str], str]
) -> InvoiceLine:
    before = read[line.place] if line.place < len(read) else InvoiceLine()
    values: dict[str, Any] = {"description": " ".join(line.typed.get("description", "").split())}
    for column in NUMBERS:
        text, shown = line.typed.get(column, "").strip(), line_to_json(before)[column]
        try:
            same = text == (shown or "")
            values[column] = getattr(before, column) if same else typed_amount(text, habits.decimal) if text else None
        except ValueError as fault:
            faults[line.place, column] = str(fault)
    return replace(before, **values)


def line_changes(before: Sequence[InvoiceLine], after: Sequence[InvoiceLine]) -> dict[str, list[dict[str, Any]]] | None:
    """Return the lines before and after, as the ledger tells them; None if a person changed nothing about them."""
    if tuple(before) == tuple(after):
        return None
    return {"old": [line_to_json(line) for line in before], "new": [line_to_json(line) for line in after]}
