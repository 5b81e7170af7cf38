"""Lines of an invoice as they are typed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from keywright.model.fields import InvoiceLine
from keywright.model.reading import Box
from keywright.review.line_edits import NotLines, TypedLine, as_typed, line_changes, lines_of

READ = (
    InvoiceLine("Gravel", Decimal("50"), Decimal("18.00"), Decimal("900.00"), None, Box(1, 1, 2, 3, 4)),
    InvoiceLine("Haulage", net_amount=Decimal("350.00")),
)


def test_what_is_typed_as_it_was_read_changes_nothing() -> None:
    assert lines_of(as_typed(READ), READ) == READ
    assert line_changes(READ, lines_of(as_typed(READ), READ)) is None


def test_a_line_that_is_left_out_or_empty_is_gone_and_a_new_one_has_no_place_on_the_page() -> None:
    new = TypedLine(7, {"description": " Sand ", "net_amount": "1 250.00"})
    typed_lines = (as_typed(READ)[0], TypedLine(1, {"description": " "}), new)
    lines = lines_of(typed_lines, READ)
    assert lines == (READ[0], InvoiceLine("Sand", net_amount=Decimal("1250.00")))
    changes = line_changes(READ, lines)
    assert changes is not None
    assert [line["description"] for line in changes["new"]] == ["Gravel", "Sand"]


def test_each_cell_that_holds_no_number_is_told() -> None:
    with pytest.raises(NotLines) as wrong:
        lines_of((TypedLine(0, {"quantity": "many", "net_amount": "1e5"}),), READ)
    assert set(wrong.value.faults) == {(0, "quantity"), (0, "net_amount")}
    assert "is not an amount" in wrong.value.faults[0, "quantity"]
