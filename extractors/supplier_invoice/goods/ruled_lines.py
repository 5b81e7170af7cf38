"""The lines of a bill by the cells that are drawn around them: a second opinion, taken only where a sum proves it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain, dropwhile

from extractors.engines.pdf.ruled_tables import ruled_tables
from extractors.supplier_invoice.fields.amounts import Amount
from extractors.supplier_invoice.fields.money import Money
from extractors.supplier_invoice.goods.goods_rows import LineItem, summary, total_of
from extractors.supplier_invoice.goods.lines import made, sum_of
from extractors.supplier_invoice.goods.tables import NUMERIC, Column, one_of_each
from extractors.supplier_invoice.layout.beside_label import label_box
from extractors.supplier_invoice.layout.labels import COLUMN_LABELS, Hit
from extractors.supplier_invoice.layout.rows import PrintedRow
from extractors.supplier_invoice.sums import CENT, same
from keywright.model.fields import InvoiceLine
from keywright.model.reading import Box, Word

AMOUNTS, GOODS = {"net_amount", "gross_amount"}, {"description", "quantity", "unit_price"}


def proven_lines(lines: tuple[InvoiceLine, ...], money: Money, totals: Collection[Decimal]) -> tuple[InvoiceLine, ...]:
    """Return the lines, or those of ruled tables where only these add up to one of the printed totals."""
    if not totals or _proves(sum_of(lines), len(lines), totals):
        return lines
    tables = [items for items in _tables(money) if items]
    for items in (*tables, list(chain(*tables))):
        if items and _proves(total_of(items), len(items), totals):
            return made(items)
    return lines


def _proves(total: Decimal | None, count: int, totals: Iterable[Decimal]) -> bool:
    return bool(total) and any(same(total or Decimal(0), printed, CENT * max(1, count)) for printed in totals)


def _pages(money: Money) -> list[int]:
    """Return the digital pages from the first one with heads of a table of goods on: only there looking is worth it."""
    roles: dict[int, set[str]] = {}
    for row in money.sheet.rows:
        if money.sheet.engine(row.page) == "text-layer":
            roles.setdefault(row.page, set()).update(hit.role for hit in COLUMN_LABELS.find(row))
    return list(dropwhile(lambda page: not (roles[page] & AMOUNTS and roles[page] & GOODS), sorted(roles)))


def _tables(money: Money) -> Iterator[list[LineItem]]:
    """Yield the goods of each table; one without heads goes on under those of the table before."""
    heads: dict[str, Box] = {}
    for table in ruled_tables(_pages(money)):
        rows = [row for row in money.sheet.rows if row.page == table.page]
        hits = [hit for row in rows for hit in COLUMN_LABELS.find(row)]
        items: list[LineItem] = []
        for cells in table.rows:
            if own := _heads(cells, hits, money):
                heads = own
            elif heads and (item := _item(money, rows, cells, heads)):
                items.append(item)
        yield items


def _item(money: Money, rows: Iterable[PrintedRow], cells: Sequence[Box], heads: dict[str, Box]) -> LineItem | None:
    """Return what a row of cells sells; None if it sells nothing or sums up."""
    within = [row for row in rows if any(_holds(cell, word.box) for cell in cells for word in row.words)]
    amounts = [amount for row in within for amount in money.by_row[row.index]]
    numbers = {role: _number(amounts, cells, head) for role, head in heads.items() if role in NUMERIC}
    values = {role: number for role, number in numbers.items() if number is not None}
    words = [word for row in within for word in row.words if _described(word, cells, heads.get("description"))]
    total = values.get("net_amount") or values.get("gross_amount")
    if total is None or not (words or len(values) > 1) or summary(money, total.row) is not None:
        return None
    return LineItem(total.row, values, words)


def _heads(cells: Sequence[Box], hits: Sequence[Hit], money: Money) -> dict[str, Box]:
    """Return the cell of each role if a row of cells holds the heads of a table of goods and no amount."""
    amounts = (amount for row in {hit.row.index for hit in hits} for amount in money.by_row[row])
    if any(amount.money and _holds(cell, amount.box) for amount in amounts for cell in cells):
        return {}
    labels = [(cell, [hit for hit in hits if _holds(cell, label_box(hit))]) for cell in cells]
    columns = one_of_each([Column(inside[0].role, cell) for cell, inside in labels if inside])
    roles = {column.role: column.box for column in columns}
    return roles if roles.keys() & AMOUNTS and roles.keys() & GOODS else {}


def _number(amounts: Iterable[Amount], cells: Sequence[Box], column: Box) -> Amount | None:
    """Return the last number that stands in a row's cell under a head."""
    own = [cell for cell in cells if _under(cell, column)]
    inside = [amount for amount in amounts if any(_holds(cell, amount.box) for cell in own)]
    return inside[-1] if inside else None


def _described(word: Word, cells: Sequence[Box], column: Box | None) -> bool:
    return column is not None and any(_holds(cell, word.box) for cell in cells if _under(cell, column))


def _under(cell: Box, head: Box) -> bool:
    return cell.left - 1 <= (head.left + head.right) / 2 <= cell.right + 1


def _holds(cell: Box, box: Box) -> bool:
    return (
        cell.top - 1 <= box.middle <= cell.bottom + 1 and cell.left - 1 <= (box.left + box.right) / 2 <= cell.right + 1
    )
