"""Settles which column of a table is the quantity, the price and the amount, by the rows in which they multiply."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from extractors.supplier_invoice.fields.amounts import Amount
from extractors.supplier_invoice.fields.money import Money
from extractors.supplier_invoice.goods.tables import Column, GoodsTable, assigned, multiplies
from extractors.supplier_invoice.layout.rows import overlap
from keywright.model.reading import Box

#: Rows of a table, numbers of a row, and columns among which products are looked for; more would take too long.
MOST_ROWS, MOST_NUMBERS, MOST_COLUMNS = 200, 12, 12
SOLD = ("quantity", "unit_price", "net_amount")


@dataclass(slots=True, eq=False)
class Stack:
    """Numbers that are printed under each other: by their row."""

    box: Box
    by_row: dict[int, Amount] = field(default_factory=dict)


def stacks_of(rows: Iterable[Sequence[Amount]]) -> list[Stack]:
    """Return the numbers of rows by the columns they are printed in, from left to right."""
    stacks: list[Stack] = []
    for amounts in rows:
        for amount in amounts:
            if not amount.percent:
                _put(amount, stacks)
    return sorted(stacks, key=lambda stack: stack.box.left)


def _put(amount: Amount, stacks: list[Stack]) -> None:
    for stack in stacks:
        width = min(stack.box.width, amount.box.width)
        if overlap(stack.box, amount.box) > 0.5 * width and amount.row.index not in stack.by_row:
            stack.box = stack.box.around(amount.box)
            stack.by_row[amount.row.index] = amount
            return
    stacks.append(Stack(amount.box, {amount.row.index: amount}))


def settled(table: GoodsTable, money: Money) -> GoodsTable:
    """Return the table with the columns that its products show, if its heads lead to few products."""
    rows = [row for row in money.by_row[table.first : table.stop] if _can_multiply(row)][:MOST_ROWS]
    proven = sum(multiplies(assigned(amounts, table)) for amounts in rows)
    if 2 * proven >= len(rows):
        return table
    stacks = sorted(stacks_of(rows), key=lambda stack: -len(stack.by_row))[:MOST_COLUMNS]
    products = _products(sorted(stacks, key=lambda stack: stack.box.left))
    support, columns = max(products, key=lambda product: product[0], default=(0, ()))
    if support <= proven + table.unsure or 2 * support < len(rows):
        return table
    return replace(table, columns=tuple(_columns(table.columns, columns)), unsure=False)


def _can_multiply(amounts: Sequence[Amount]) -> bool:
    return 3 <= sum(not amount.percent for amount in amounts) <= MOST_NUMBERS


def _products(stacks: Sequence[Stack]) -> Iterator[tuple[int, tuple[Stack, ...]]]:
    """Yield three columns, the amount last, with the number of rows in which the first two multiply to it."""
    for amounts in stacks:
        if not any(amount.money for amount in amounts.by_row.values()):
            continue
        for first, second in combinations([stack for stack in stacks if stack is not amounts], 2):
            shared = first.by_row.keys() & second.by_row.keys() & amounts.by_row.keys()
            rows = (dict(zip(SOLD, (s.by_row[row] for s in (first, second, amounts)), strict=True)) for row in shared)
            support = sum(bool(values["net_amount"].value) and multiplies(values) for values in rows)
            if support:
                yield support, (first, second, amounts)


def _columns(heads: Sequence[Column], stacks: tuple[Stack, ...]) -> list[Column]:
    """Return the heads with those of quantity, price and amount over the columns that multiply."""
    first, second, amounts = stacks
    quantity, price = (second, first) if _counts(second, first, heads) else (first, second)
    chosen = dict(zip(SOLD, (quantity, price, amounts), strict=True))
    level = heads[0].box
    columns = []
    for head in heads:
        covered = any(overlap(head.box, stack.box) > 0 for stack in stacks)
        if not covered:
            columns.append(Column("other" if head.role in chosen else head.role, head.box))
    for role, stack in chosen.items():
        columns.append(Column(role, Box(level.page, stack.box.left, level.top, stack.box.right, level.bottom)))
    return sorted(columns, key=lambda column: column.box.left)


def _counts(stack: Stack, other: Stack, heads: Sequence[Column]) -> bool:
    """Return whether the second of two factors is the quantity: its head says so, or it looks less like money."""
    roles = [{head.role for head in heads if overlap(head.box, s.box) > 0} for s in (stack, other)]
    for mine, theirs in (roles, roles[::-1]):
        if "quantity" in mine or "unit_price" in theirs:
            return mine is roles[0]
    return _money(stack) < _money(other)


def _money(stack: Stack) -> float:
    return sum(amount.money for amount in stack.by_row.values()) / len(stack.by_row)
