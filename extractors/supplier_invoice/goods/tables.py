"""Finds the tables of goods on a bill: their heads, the contents of each column, and the column of each number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, pairwise, permutations

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
    """The heads of one table on one page, and the rows under them: ``rows[first:stop]``.

    ``goes_on``: the heads are on an earlier page. ``unsure``: several heads are unknown or misread.
    """

    columns: tuple[Column, ...]
    first: int
    stop: int
    goes_on: bool = False
    unsure: bool = False

    @property
    def priced_only(self) -> bool:
        """Return whether the table has no column for the amounts of the lines."""
        return not any(c.role in {"net_amount", "gross_amount"} for c in self.columns)


#: The first row of heads, the row after the last, and the columns under them.
Head = tuple[int, int, tuple[Column, ...]]
ColumnsOf = Callable[[Sequence[Hit], Sequence[PrintedRow]], tuple[Column, ...]]


def tables_of(money: Money) -> list[GoodsTable]:
    """Return the tables under every row of heads, and after each what goes on over pages without heads."""
    sheet = money.sheet
    hits = [_heads_in(row) for row in sheet.rows]
    sure = _all_heads(money, hits, _columns)
    heads = sure or _all_heads(money, hits, _unsure_columns)
    tables = []
    for number, (_, first, columns) in enumerate(heads):
        end = heads[number + 1][0] if number + 1 < len(heads) else len(sheet.rows)
        page = sheet.rows[first - 1].page
        stop = next((n for n in range(first, end) if sheet.rows[n].page != page), end)
        tables.append(GoodsTable(columns, first, stop, unsure=not sure))
        tables.extend(_continued(money, columns, stop, end))
    return tables


def _continued(money: Money, columns: tuple[Column, ...], first: int, end: int) -> Iterator[GoodsTable]:
    """Yield the table page by page from a row on: the same columns, without heads."""
    rows = money.sheet.rows
    for page, group in groupby(range(first, end), key=lambda place: rows[place].page):
        places = list(group)
        moved = tuple(Column(c.role, Box(page, c.box.left, 0.0, c.box.right, 0.0)) for c in columns)
        yield GoodsTable(moved, places[0], places[-1] + 1, goes_on=True)


def _heads_in(row: PrintedRow) -> list[Hit]:
    """Return the labels of a row that can be heads of columns: not those of a value beside them ("Net 30 days")."""
    named = [n for n, word in enumerate(row.words[:-1]) if word.text.endswith(":") and _close(row, n)]
    if len(named) > 1:
        return []
    hits = [hit for hit in COLUMN_LABELS.find(row) if not _beside_number(hit)]
    for before, after in pairwise(hits):
        if _one_head(before, after):
            role = max((before, after), key=lambda hit: _rank(hit.role)).role
            joined = Hit(role, before.weight, row, before.first, after.stop)
            return [joined if hit is before else hit for hit in hits if hit is not after]
    return hits


def _beside_number(hit: Hit) -> bool:
    """Return whether a number is just before or after a label in its row, other than a rate ("TVA 20 %")."""
    first, last = hit.words
    words = hit.row.words
    after = last + 1 < len(words) and _close(hit.row, last) and words[last + 1].text.isdigit()
    rated = last + 2 < len(words) and words[last + 2].text.startswith("%")
    before = first > 0 and _close(hit.row, first - 1) and words[first - 1].text.isdigit()
    return (after and not rated) or before


def _one_head(before: Hit, after: Hit) -> bool:
    """Return whether a short word joins two labels to one head: "Total de ligne"."""
    if "other" not in {before.role, after.role} or after.first != before.stop + 1:
        return False
    joint = before.row.tokens[before.stop]
    between = range(before.words[1], after.words[0])
    return joint.text.isalpha() and len(joint.text) < 4 and all(_close(before.row, n) for n in between)


def _close(row: PrintedRow, place: int) -> bool:
    return row.words[place + 1].box.left - row.words[place].box.right < 1.05 * row.height


def _all_heads(money: Money, hits: Sequence[list[Hit]], columns_of: ColumnsOf) -> list[Head]:
    heads: list[Head] = []
    place = 0
    while place < len(hits):
        head = _head(money, hits, place, columns_of) if hits[place] else None
        if head:
            heads.append(head)
        place = head[1] if head else place + 1
    return heads


def _head(money: Money, hits: Sequence[list[Hit]], place: int, columns_of: ColumnsOf) -> Head | None:
    """Return the heads that begin at a row, of up to three rows of print, or None."""
    rows = money.sheet.rows
    head: Head | None = None
    for height in (1, 2, 3):
        group = rows[place : place + height]
        if len(group) < height or group[-1].page != group[0].page:
            break
        close = all(b.words[0].box.top - a.words[0].box.bottom < 1.0 * a.height for a, b in pairwise(group))
        if not close or any(a.money for row in group for a in money.by_row[row.index]):
            break
        columns = columns_of([hit for row in group for hit in hits[row.index]], group)
        if columns and (head is None or len(columns) > len(head[2])):
            head = (place, place + height, columns)
    return head


def _columns(hits: Sequence[Hit], rows: Sequence[PrintedRow]) -> tuple[Column, ...]:
    """Return the columns that labels make, if they are the heads of a table of goods."""
    columns = _joined(hits)
    roles = [column.role for column in columns]
    numeric = {role for role in roles if role in {"quantity", "unit_price", "net_amount", "gross_amount"}}
    has_text_column = "description" in roles or "other" in roles
    if not {"description", "quantity", "unit_price"} & {hit.role for hit in hits}:
        return ()
    if len(numeric) < 1 + (not has_text_column) or not numeric or _labelled(hits, rows) < 0.5 or len(columns) < 2:
        return ()
    if not numeric & {"net_amount", "gross_amount", "unit_price"} or ("description" not in roles and len(numeric) < 2):
        return ()
    return one_of_each(columns)


def _unsure_columns(hits: Sequence[Hit], rows: Sequence[PrintedRow]) -> tuple[Column, ...]:
    """Return the columns of heads of which several are not known or misread: products have to show what they are."""
    columns = _joined(hits)
    roles = {column.role for column in columns}
    known = "description" in roles and roles & NUMERIC and _labelled(hits, rows) > 0.3
    return one_of_each(columns) if known else ()


def _labelled(hits: Sequence[Hit], rows: Sequence[PrintedRow]) -> float:
    """Return the share of words that are known labels."""
    words = sum(sum(t.text[0].isalpha() for t in row.tokens) for row in rows)
    return sum(hit.stop - hit.first for hit in hits) / max(1, words)


def _joined(hits: Sequence[Hit]) -> list[Column]:
    """Return a column for all labels that are over each other."""
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
    return columns


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
        if _plain(values["quantity"]) and amount.value and is_amount and multiplies(values):
            fitting.append(values)
    return max(fitting, key=lambda values: _in_place(values, table), default={})


def _plain(quantity: Amount) -> bool:
    """Return whether a number has no currency sign, or only one that can be that of the number beside it."""
    return quantity.sign is None or quantity.decimals == 0


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
