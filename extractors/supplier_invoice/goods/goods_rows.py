"""Reads the rows of a table of goods: which of them sell something, and which print sums or describes a neighbour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from extractors.supplier_invoice.fields.amounts import Amount
from extractors.supplier_invoice.fields.money import Money
from extractors.supplier_invoice.fields.roles import SUMMARY, role_of
from extractors.supplier_invoice.goods.columns import SOLD
from extractors.supplier_invoice.goods.tables import Column, GoodsTable, assigned, describes, multiplies
from extractors.supplier_invoice.layout.rows import PrintedRow
from keywright.model.reading import Word

ZERO = Decimal(0)
CARRIED = {
    "carried",
    "brought",
    "ubertrag",
    "uebertrag",
    "report",
    "reporter",
    "transport",
    "riporto",
    "suma",
    "riportare",
    "transporteren",
}
ONWARD = {"forward", "page", "ubertrag", "uebertrag", "reporter", "seite", "pagina"}


@dataclass(slots=True, eq=False)
class LineItem:
    """A row of goods: its numbers by the role of their column, the words that describe it, and the table's columns."""

    row: PrintedRow
    values: dict[str, Amount]
    words: list[Word]
    columns: Sequence[Column] = ()


@dataclass(frozen=True, slots=True, eq=False)
class TextRow:
    """A row without an amount of its own: its words can describe a neighbour. Without words it parts its neighbours."""

    row: PrintedRow
    words: tuple[Word, ...] = ()


@dataclass(slots=True, eq=False)
class TableRows:
    """The rows of one table from top to bottom; ``ended``: its sums follow, so that it does not go on."""

    rows: list[LineItem | TextRow] = field(default_factory=list)
    ended: bool = False

    @property
    def items(self) -> list[LineItem]:
        return [row for row in self.rows if isinstance(row, LineItem)]


def rows_of(money: Money, table: GoodsTable) -> TableRows:
    """Return the rows of a table up to its totals."""
    result = TableRows()
    half: LineItem | None = None
    for row in money.sheet.rows[table.first : table.stop]:
        values = assigned(money.by_row[row.index], table)
        sells = set(SOLD) <= set(values) and not result.ended  # "Grande armoire" or "TVA 20 %" make no sum of it
        role = None if sells else summary(money, row)
        if result.items and (role in {"gross", "due"} or (not sells and _heads_totals(money, row))):
            result.ended = True
            break
        if role or _sells_nothing(values) or (not sells and _carried(row)):
            result.rows.append(TextRow(row))
            result.ended = result.ended or role in {"net", "tax"}
            continue
        used = {place for a in values.values() for place in range(a.first, a.stop)}
        words = _in_column([w for n, w in enumerate(row.words) if n not in used and describes(w, table, values)], table)
        if half and not result.ended and _completes(half, values):
            result.rows.append(LineItem(half.row, {**half.values, **values}, half.words + words, table.columns))
            half = None
        elif _is_item(values, words, table, result.ended):
            result.rows.append(LineItem(row, values, words, table.columns))
        elif _half(row, values, words) is None:
            result.rows.append(TextRow(row, () if result.ended else tuple(words)))
        half = _half(row, values, words) or (half if half and row.index == half.row.index + 1 else None)
    return result


def _completes(half: LineItem, values: dict[str, Amount]) -> bool:
    return set(values) == {"net_amount"} and multiplies({**half.values, **values})


def _in_column(words: list[Word], table: GoodsTable) -> list[Word]:
    """Return the words of a description without the words of a column at the left margin of the page."""
    left_edge = next((c.box.left for c in table.columns if c.role == "description"), 0.0)
    begins = any(abs(word.box.left - left_edge) < 3 for word in words)
    return [word for word in words if not begins or word.box.right > left_edge - 3]


def _half(row: PrintedRow, values: dict[str, Amount], words: list[Word]) -> LineItem | None:
    """Return a row with quantity and price whose amount could be on the next row of print."""
    lacks_amount = {"quantity", "unit_price"} <= set(values) and "net_amount" not in values
    return LineItem(row, values, list(words)) if lacks_amount else None


def summary(money: Money, row: PrintedRow) -> str | None:
    """Return the role of a row of sums, which is not a line of goods, by the words before its amounts."""
    amounts = [a for a in money.by_row[row.index] if a.money] or list(money.by_row[row.index][-1:])
    if not amounts:
        return None
    words = [t.text for t in row.tokens if t.word < amounts[0].first]
    near = [t.text for t in row.tokens if t.word < amounts[-1].first and not t.text[0].isdigit()]
    for tokens in (words, near, _nearest(money, row, amounts[-1])):
        met = role_of(tokens) if tokens else None
        if met and met[0] in SUMMARY and met[1] > 0.45:
            return met[0]
    return None


def _nearest(money: Money, row: PrintedRow, amount: Amount) -> list[str]:
    """Return the words of the phrase just left of an amount; print further left is another block of the page."""
    before = [p for p in money.sheet.by_row[row.index] if p.first < amount.first]
    return [t.text for t in row.tokens if before and before[-1].first <= t.word < amount.first]


def _heads_totals(money: Money, row: PrintedRow) -> bool:
    """Return whether a row has no numbers but is the head of a row of totals: "Due by | Account | Total due"."""
    if any(amount.money for amount in money.by_row[row.index]):
        return False
    label_roles = [role_of(phrase.tokens) for phrase in money.sheet.by_row[row.index]]
    return any(label_role and label_role[0] in {"gross", "due"} and label_role[1] > 0.8 for label_role in label_roles)


def _carried(row: PrintedRow) -> bool:
    tokens = {t.text for t in row.tokens if t.text[0].isalpha()}
    return 0 < len(tokens) < 6 and bool(CARRIED & tokens) and (bool(ONWARD & tokens) or len(tokens) < 3)


def _is_item(values: dict[str, Amount], words: list[Word], table: GoodsTable, ended: bool) -> bool:
    amount = values.get("net_amount") or values.get("gross_amount")
    if amount is None:
        complete = table.priced_only and "unit_price" in values and values["unit_price"].money
        return complete and bool(words) and not ended
    whole = multiplies(values)
    if ended and not whole:
        return False
    return (amount.money or whole) and (bool(words) or len(values) > 1)


def _sells_nothing(values: dict[str, Amount]) -> bool:
    """Return whether a row is a heading or a remark, for which a program prints a quantity and amount of zero."""
    return "quantity" in values and not any(amount.value for amount in values.values())


def total_of(items: Iterable[LineItem]) -> Decimal:
    """Return what the rows of goods add up to."""
    return sum((amount_of(item) or ZERO for item in items), ZERO)


def amount_of(item: LineItem) -> Decimal | None:
    """Return the amount of a row of goods as printed, or quantity times price if there is none."""
    values = item.values
    net = values.get("net_amount") or values.get("gross_amount")
    quantity, price = values.get("quantity"), values.get("unit_price")
    if net is not None or price is None:
        return net.value if net else None
    return price.value if quantity is None else quantity.value * price.value
