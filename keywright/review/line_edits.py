"""The lines of an invoice as a person types them in a grid, and what was changed about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from keywright.model.fields import AMOUNT, TEXT, FieldSpec, InvoiceLine, specs_of
from keywright.model.serialization import line_to_json
from keywright.typed_values import UNKNOWN, Habits, typed_amount


class Cells:
    """The cells of a line."""

    description = FieldSpec(TEXT, "description")
    quantity = FieldSpec(AMOUNT, "quantity")
    unit_price = FieldSpec(AMOUNT, "unit price")
    net_amount = FieldSpec(AMOUNT, "net amount")
    tax_rate = FieldSpec(AMOUNT, "tax rate in per cent")
    account = FieldSpec(TEXT, "account")
    cost_centre = FieldSpec(TEXT, "cost centre")


CELLS = specs_of(Cells)
COLUMNS = tuple(CELLS)
CODING = ("account", "cost_centre")
"""The office's own columns. A caller who does not know of them leaves them out, and they stay as they are."""
NUMBERS = tuple(name for name, spec in CELLS.items() if spec.kind is AMOUNT)
MOST = 500
"""The most lines that are taken from a page."""


class NotLines(Exception):
    """Some cells hold an invalid value; ``faults`` has a sentence for each (place of the line, column)."""

    def __init__(self, faults: Mapping[tuple[int, str], str]) -> None:
        super().__init__("; ".join(f"line {place} {column}: {fault}" for (place, column), fault in faults.items()))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class TypedLine:
    """One line of the grid: ``place`` is that of the line which was read (from 0), or a later number for a new one.

    ``typed`` has the text of each of ``COLUMNS``.
    """

    place: int
    typed: Mapping[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Return True if nothing is typed in any cell; an account alone is no line."""
        return not any(text.strip() for column, text in self.typed.items() if column not in CODING)


def as_typed(lines: Sequence[InvoiceLine]) -> tuple[TypedLine, ...]:
    """Return lines with their texts in the grid before a person changes them."""
    return tuple(
        TypedLine(place, {column: line_to_json(line).get(column) or "" for column in COLUMNS})
        for place, line in enumerate(lines)
    )


def lines_of(
    typed_lines: Sequence[TypedLine], original: Sequence[InvoiceLine], habits: Habits = UNKNOWN
) -> tuple[InvoiceLine, ...]:
    """Return the typed lines without the empty ones; a line that was read keeps its place on the page.

    ``habits`` says how the document writes its amounts. Raises NotLines with a sentence for each cell with an invalid
    value.
    """
    faults: dict[tuple[int, str], str] = {}
    lines = tuple(_line(line, original, habits, faults) for line in typed_lines if not line.empty)
    if faults:
        raise NotLines(faults)
    return lines


def _line(
    line: TypedLine, original: Sequence[InvoiceLine], habits: Habits, faults: dict[tuple[int, str], str]
) -> InvoiceLine:
    before = original[line.place] if line.place < len(original) else InvoiceLine()
    coding = {column: line.typed.get(column, getattr(before, column)) for column in CODING}
    texts = {"description": line.typed.get("description", ""), **coding}
    values: dict[str, Any] = {column: " ".join(text.split()) for column, text in texts.items()}
    for column in NUMBERS:
        text, printed = line.typed.get(column, "").strip(), line_to_json(before)[column]
        try:
            unchanged = text == (printed or "")
            values[column] = (
                getattr(before, column) if unchanged else typed_amount(text, habits.decimal) if text else None
            )
        except ValueError as fault:
            faults[line.place, column] = str(fault)
    return replace(before, **values)


def line_changes(before: Sequence[InvoiceLine], after: Sequence[InvoiceLine]) -> dict[str, list[dict[str, Any]]] | None:
    """Return the lines before and after, for the ledger; None if a person changed nothing about them."""
    if tuple(before) == tuple(after):
        return None
    return {"old": [line_to_json(line) for line in before], "new": [line_to_json(line) for line in after]}
