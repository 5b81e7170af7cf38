"""Reads the lines of a bill: of several ways to read its tables the first one that adds up to a printed total."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal

from extractors.supplier_invoice.fields.amounts import Amount
from extractors.supplier_invoice.fields.money import LabelledAmount, Money
from extractors.supplier_invoice.goods.columns import settled, stacks_of
from extractors.supplier_invoice.goods.descriptions import describe
from extractors.supplier_invoice.goods.goods_rows import ZERO, LineItem, amount_of, rows_of, total_of
from extractors.supplier_invoice.goods.headless import headless
from extractors.supplier_invoice.goods.missing_cells import completed
from extractors.supplier_invoice.goods.tables import Column, GoodsTable, multiplies, tables_of
from keywright.model.fields import InvoiceLine
from keywright.model.reading import text_of


def lines_of(money: Money, labelled_amounts: Iterable[LabelledAmount]) -> tuple[InvoiceLine, ...]:
    """Read the lines of every table of a document, page by page.

    If a table does not have an amount for each line, or has no heads at all, its lines count only if they add up to a
    total of the page; otherwise other numbers would be taken for goods.
    """
    by_role = [(amount.role, amount.value) for amount in labelled_amounts if amount.strength > 0.4]
    totals = {value for role, value in by_role if role in {"net", "gross", "due"}}
    nets = {value for role, value in by_role if role == "net"}
    tables = [table for table in (settled(table, money) for table in tables_of(money)) if not table.unsure]
    rows = completed(_items(money, [table for table in tables if not table.priced_only]), money, totals)
    firm = _without_sum(rows)
    if firm and (not totals or total_of(firm) in nets):
        return made(firm)
    priced = [table for table in tables if table.priced_only]
    readings: tuple[Callable[[], list[LineItem]], ...] = (
        lambda: _with_another_amount(money, firm, nets),
        lambda: firm,
        lambda: _without_subtotals(rows),
        lambda: _items(money, priced),
        lambda: _items(money, [_priced_as_amount(table) for table in priced]),
        lambda: headless(money, totals),
    )
    return made(next((items for read in readings if (items := read()) and total_of(items) in totals), firm))


def _items(money: Money, tables: Iterable[GoodsTable]) -> list[LineItem]:
    """Return the rows of goods of the tables, each with its description."""
    items: list[LineItem] = []
    ended = True
    for table in tables:
        if table.goes_on and ended:
            continue
        rows = rows_of(money, table)
        items.extend(describe(rows.rows, table.columns[0].box.bottom))
        ended = rows.ended
    return items


def _priced_as_amount(table: GoodsTable) -> GoodsTable:
    """Return the table with its prices as the amounts of the lines, which some programs head so."""
    renamed = (Column("net_amount" if c.role == "unit_price" else c.role, c.box) for c in table.columns)
    return replace(table, columns=tuple(renamed))


def _without_sum(items: list[LineItem]) -> list[LineItem]:
    """Return the rows without the ones that only repeat the sum of the rows before, at a page's end or start."""
    goods: list[LineItem] = []
    for item in items:
        sums = len(goods) > 1 and set(item.values) == {"net_amount"} and amount_of(item) == total_of(goods)
        if not sums:
            goods.append(item)
    return goods


def _without_subtotals(items: list[LineItem]) -> list[LineItem]:
    """Return the rows without those whose only number is the sum of the rows since the last such sum."""
    goods: list[LineItem] = []
    since: list[LineItem] = []
    for item in items:
        if since and set(item.values) == {"net_amount"} and amount_of(item) == total_of(since):
            since = []
        else:
            goods.append(item)
            since.append(item)
    return goods


def _with_another_amount(money: Money, items: list[LineItem], nets: set[Decimal]) -> list[LineItem]:
    """Return the rows with the amounts of that column which adds up to a total before tax, if one does."""
    for stack in stacks_of(money.by_row[item.row.index] for item in items):
        amounts = [stack.by_row.get(item.row.index) for item in items]
        chosen = [amount for amount in amounts if amount is not None and amount.money]
        if len(chosen) == len(items) and sum((amount.value for amount in chosen), ZERO) in nets:
            pairs = zip(items, chosen, strict=True)
            return [replace(item, values={**item.values, "net_amount": amount}) for item, amount in pairs]
    return []


def made(items: Iterable[LineItem]) -> tuple[InvoiceLine, ...]:
    """Return the lines that the rows of goods are."""
    return tuple(_line(item) for item in items)


def sum_of(lines: Iterable[InvoiceLine]) -> Decimal | None:
    """Return the sum of the lines, or None if no line has an amount."""
    amounts = [line.net_amount for line in lines if line.net_amount is not None]
    return sum(amounts, ZERO) if amounts else None


def _line(item: LineItem) -> InvoiceLine:
    values = item.values
    quantity, price, rate = values.get("quantity"), values.get("unit_price"), values.get("tax_rate")
    boxes = [*(a.box for a in values.values()), *(w.box for w in item.words if w.box.page == item.row.page)]
    box = boxes[0]
    for further_box in boxes[1:]:
        box = box.around(further_box)
    return InvoiceLine(
        description=text_of(item.words).strip(" .:-"),
        quantity=_whole(quantity, values).value if quantity and not quantity.percent else None,
        unit_price=price.value if price else None,
        net_amount=amount_of(item),
        tax_rate=rate.value if rate and (rate.percent or rate.value < 40) else None,
        box=box,
    )


def _whole(quantity: Amount, values: dict[str, Amount]) -> Amount:
    """Return the quantity with its thousands, "12 400", if only with them it makes the amount of the line."""
    row, first = quantity.row, quantity.first
    if first == 0 or multiplies(values) or not re.fullmatch(r"\d{3}([.,]\d+)?", quantity.text):
        return quantity
    before, gap = row.words[first - 1].text, row.words[first].box.left - row.words[first - 1].box.right
    if gap > row.height or not re.fullmatch(r"\d{1,3}", before):
        return quantity
    value = Decimal(f"{before}{quantity.value}")
    joined = replace(quantity, value=value, first=first - 1, box=quantity.box.around(row.words[first - 1].box))
    return joined if multiplies({**values, "quantity": joined}) else quantity
