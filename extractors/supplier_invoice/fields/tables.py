"""Finds the tables of goods on a bill: their heads, the contents of each column, and the column of each number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise, permutations

from extractors.supplier_invoice.fields.amounts import Amount
from extractors.supplier_invoice.fields.money import Money
from extractors.supplier_invoice.layout.beside_label import label_box
from extractors.supplier_invoice.layout.labels import COLUMN_LABELS, Hit
from extractors.supplier_invoice.layout.rows import PrintedRow, overlap
from keywright.model.reading import Box, Word

NUMERIC = {"quantity", "unit_price", "net_amount", "gross_amount", "tax_rate"}
#: A number further than this (points) from a column's head is not in that column.
FAR = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column of a table: its contents according to its head, and the place of the head."""

    role: str
    box: Box


@dataclass(frozen=True, slots=True, eq=False)
class GoodsTable:
    """The heads of one table on one page, and the rows under them: ``rows[first:stop]``."""

    columns: tuple[Column, ...]
    first: int
    stop: int

    @property
    def priced_only(self) -> bool:
        """Return whether the table has no column for the amounts of the lines."""
        return not any(c.role in {"net_amount", "gross_amount"} for c in self.columns)


def tables_of(money: Money) -> list[GoodsTable]:
    sheet = money.sheet
    hits = [COLUMN_LABELS.find(row) for row in sheet.rows]
    heads: list[tuple[int, int, tuple[Column, ...]]] = []
    place = 0
    while place < len(sheet.rows):
        head = _head(money, hits, place) if hits[place] else None
        if head:
            heads.append(head)
            place = head[1]
        else:
            place += 1
    tables = []
    for number, (_, first, columns) in enumerate(heads):
        end = heads[number + 1][0] if number + 1 < len(heads) else len(sheet.rows)
        page = sheet.rows[first - 1].page
        stop = next((n for n in range(first, end) if sheet.rows[n].page != page), end)
        tables.append(GoodsTable(columns, first, stop))
    return tables


def _head(money: Money, hits: Sequence[list[Hit]], place: int) -> tuple[int, int, tuple[Column, ...]] | None:
    """Return the heads that begin at a row, of up to three rows of print, or None."""
    rows = money.sheet.rows
    head: tuple[int, int, tuple[Column, ...]] | None = None
    for height in (1, 2, 3):
        group = rows[place : place + height]
        if len(group) < height or group[-1].page != group[0].page:
            break
        close = all(b.words[0].box.top - a.words[0].box.bottom < 1.0 * a.height for a, b in pairwise(group))
        if not close or any(a.money for row in group for a in money.by_row[row.index]):
            break
        columns = _columns([hit for row in group for hit in hits[row.index]], group)
        if columns and (head is None or len(columns) > len(head[2])):
            head = (place, place + height, columns)
    return head


def _columns(hits: Sequence[Hit], rows: Sequence[PrintedRow]) -> tuple[Column, ...]:
    """Return the columns that labels make, if they are the heads of a table of goods."""
    columns: list[Column] = []
    for hit in sorted(hits, key=lambda hit: label_box(hit).left):
        box = label_box(hit)
        near = next((c for c in columns if overlap(c.box, box) > 0.3 * min(c.box.width, box.width)), None)
        if near is None:
            columns.append(Column(hit.role, box))
        elif near.role == "other" or _rank(hit.role) > _rank(near.role):
            columns[columns.index(near)] = Column(hit.role, near.box.around(box))
        else:
            columns[columns.index(near)] = Column(near.role, near.box.around(box))
    roles = [column.role for column in columns]
    numeric = {role for role in roles if role in {"quantity", "unit_price", "net_amount", "gross_amount"}}
    label_tokens = sum(hit.stop - hit.first for hit in hits)
    words = sum(sum(t.text[0].isalpha() for t in row.tokens) for row in rows)
    has_text_column = "description" in roles or "other" in roles
    if not {"description", "quantity", "unit_price"} & {hit.role for hit in hits}:
        return ()
    if len(numeric) < 1 + (not has_text_column) or not numeric or label_tokens < 0.5 * words or len(columns) < 2:
        return ()
    if not numeric & {"net_amount", "gross_amount", "unit_price"} or ("description" not in roles and len(numeric) < 2):
        return ()
    return one_of_each(columns)


def _rank(role: str) -> int:
    return {"net_amount": 1, "description": 2, "quantity": 3, "unit_price": 4, "tax_rate": 3, "gross_amount": 4}.get(
        role, 0
    )


def one_of_each(columns: list[Column]) -> tuple[Column, ...]:
    """Return the columns with one that describes a line and one that says what it comes to; others get other roles."""
    return tuple(_one_amount(_one_description(columns)))


def _one_description(columns: list[Column]) -> list[Column]:
    """Keep one column for descriptions: of "Item" and "Description" the wider one, since the other has codes."""
    room = {
        place: (columns[place + 1].box.left if place + 1 < len(columns) else column.box.right) - column.box.left
        for place, column in enumerate(columns)
        if column.role == "description"
    }
    widest = max(room, key=lambda place: room[place], default=-1)
    return [
        Column("other", column.box) if place in room and place != widest else column
        for place, column in enumerate(columns)
    ]


def _one_amount(columns: list[Column]) -> Iterator[Column]:
    """Keep the last of several columns of amounts for the line's amount; a first one is a count."""
    amounts = [c for c in columns if c.role == "net_amount"]
    prices = [c for c in columns if c.role == "unit_price"]
    counted = any(c.role == "quantity" for c in columns)
    for column in columns:
        if column.role == "net_amount" and column is not amounts[-1]:
            first = column is columns[0] and not counted
            yield Column("quantity" if first else "other" if prices else "unit_price", column.box)
        elif column.role == "unit_price" and not amounts and column is columns[-1] and len(prices) > 1:
            yield Column("net_amount", column.box)
        else:
            yield column


def assigned(amounts: Sequence[Amount], table: GoodsTable) -> dict[str, Amount]:
    """Return a row's numbers by their columns.

    If three numbers are quantity, price and amount by multiplication, that decides, regardless of the heads; otherwise
    the nearest head does.
    """
    values = _product(amounts, table)
    taken = {id(amount) for amount in values.values()}
    places = [(amount, _column_of(amount, table.columns)) for amount in reversed(amounts) if id(amount) not in taken]
    for amount, column in sorted(
        places, key=lambda pair: pair[1] is not None and overlap(pair[0].box, pair[1].box) <= 0
    ):
        if column is None or column.role not in NUMERIC or column.role in values:
            continue
        if not amount.percent or column.role == "tax_rate":
            values[column.role] = amount
    return values


def _product(amounts: Sequence[Amount], table: GoodsTable) -> dict[str, Amount]:
    """Return the quantity, price and amount of a row that multiply, in the order of their columns."""
    roles = [c.role for c in table.columns if c.role in {"quantity", "unit_price", "net_amount"}]
    plain = [amount for amount in amounts if not amount.percent]
    if sorted(roles) != ["net_amount", "quantity", "unit_price"] or not 3 <= len(plain) <= 8:
        return {}
    fitting = []
    for triple in _triples(plain):
        values = dict(zip(roles, triple, strict=True))
        amount = values["net_amount"]
        is_amount = amount.money or not any(a.money for a in plain)
        if values["quantity"].sign is None and amount.value and is_amount and multiplies(values):
            fitting.append(values)
    return max(fitting, key=lambda values: _in_place(values, table), default={})


def _in_place(values: dict[str, Amount], table: GoodsTable) -> int:
    """Return how many of these numbers are in the column of their role."""
    columns = {role: _column_of(amount, table.columns) for role, amount in values.items()}
    return sum(column is not None and column.role == role for role, column in columns.items())


def _triples(plain: list[Amount]) -> Iterator[tuple[Amount, ...]]:
    """Yield three numbers of a row from left to right, the rightmost first."""
    order = sorted(range(len(plain)), reverse=True)
    for places in permutations(order, 3):
        if places[0] < places[1] < places[2]:
            yield tuple(plain[place] for place in places)


def multiplies(values: dict[str, Amount]) -> bool:
    """Return whether quantity times price is the amount, except for rounding of the price."""
    amount = values.get("net_amount") or values.get("gross_amount")
    if amount is None or not {"quantity", "unit_price"} <= set(values):
        return False
    product = values["quantity"].value * values["unit_price"].value
    return abs(product - amount.value) <= max(Decimal("0.05"), abs(amount.value) / 200)


def _column_of(amount: Amount, columns: Sequence[Column]) -> Column | None:
    """Return the column whose head is above an amount, or nearest to it by an edge or the middle."""

    def apart(column: Column) -> float:
        box, head = amount.box, column.box
        edges = (abs(box.right - head.right), abs(box.left - head.left))
        middle = abs((box.left + box.right) - (head.left + head.right)) / 2
        return min(*edges, middle) - (6 if overlap(box, head) > 0 else 0)

    nearest = min(columns, key=apart)
    return nearest if apart(nearest) < FAR else None


def describes(word: Word, table: GoodsTable, values: dict[str, Amount]) -> bool:
    """Return whether a word is in the column of descriptions, or left of all numbers if there is none."""
    places = [n for n, c in enumerate(table.columns) if c.role == "description"]
    if not places:
        priced = [a.box.left for role, a in values.items() if role != "quantity"]
        return word.box.right < min(priced or [a.box.left for a in values.values()], default=0.0)
    left_limit = table.columns[places[0] - 1].box.right - 2 if places[0] else -1.0
    head = table.columns[places[0]].box.left
    after = [c.box.left for c in table.columns[places[-1] + 1 :]][:1]
    right_limit = min([*after, *(a.box.left for a in values.values() if a.box.left > head)], default=1e9)
    return left_limit < (word.box.left + word.box.right) / 2 < right_limit and word.box.left > left_limit - 4
