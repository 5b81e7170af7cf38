"""Reads the lines of a bill: the rows of a table under its heads, with wrapped text joined and sums left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from extractors.supplier_invoice.fields.amounts import Amount
from extractors.supplier_invoice.fields.money import LabelledAmount, Money
from extractors.supplier_invoice.fields.roles import SUMMARY, role_of
from extractors.supplier_invoice.fields.tables import GoodsTable, assigned, describes, multiplies, tables_of
from extractors.supplier_invoice.layout.rows import PrintedRow
from keywright.model.fields import InvoiceLine
from keywright.model.reading import Word, text_of

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
#: The numbers that a row of goods has, and a row of sums does not.
SOLD = ("quantity", "unit_price", "net_amount")
ONWARD = {"forward", "page", "ubertrag", "uebertrag", "reporter", "seite", "pagina"}
ENUMERATED = re.compile(r"^\d{1,3}[.)]$")


@dataclass(slots=True)
class LineItem:
    """A row of goods: its numbers by the role of their column, and the words that describe it."""

    row: PrintedRow
    values: dict[str, Amount]
    words: list[Word]
    bottom: float


def lines_of(money: Money, labelled_amounts: Iterable[LabelledAmount]) -> tuple[InvoiceLine, ...]:
    """Read the lines of every table of a document, page by page.

    If a table does not have an amount for each line, or has no heads at all, its lines count only if they add up to a
    total of the page; otherwise other numbers would be taken for goods.
    """
    totals = {i.value for i in labelled_amounts if i.role in {"net", "gross", "due"} and i.strength > 0.4}
    tables = tables_of(money)
    firm = _without_sum([item for table in tables if not table.priced_only for item in _items(money, table)])
    if firm and (not totals or total_of(firm) in totals):
        return made(firm)
    for candidates in (*(_items(money, table) for table in tables if table.priced_only), _headless(money, totals)):
        if candidates and total_of(candidates) in totals:
            return made(candidates)
    return made(firm)


def _without_sum(items: list[LineItem]) -> list[LineItem]:
    """Return the rows without the ones that only repeat the sum of the rows before, at a page's end or start."""
    goods: list[LineItem] = []
    for item in items:
        sums = len(goods) > 1 and set(item.values) == {"net_amount"} and _amount(item) == total_of(goods)
        if not sums:
            goods.append(item)
    return goods


def made(items: Iterable[LineItem]) -> tuple[InvoiceLine, ...]:
    """Return the lines that the rows of goods are."""
    return tuple(_line(item) for item in items)


def total_of(items: Iterable[LineItem]) -> Decimal:
    """Return what the rows of goods add up to."""
    return sum((_amount(item) or ZERO for item in items), ZERO)


def sum_of(lines: Iterable[InvoiceLine]) -> Decimal | None:
    """Return the sum of the lines, or None if no line has an amount."""
    amounts = [line.net_amount for line in lines if line.net_amount is not None]
    return sum(amounts, ZERO) if amounts else None


def _items(money: Money, table: GoodsTable) -> list[LineItem]:
    """Return the rows of goods of one table, each with the rows that belong to it."""
    items: list[LineItem] = []
    waiting: list[Word] = []
    last_bottom = table.columns[0].box.bottom
    closed = False
    half: LineItem | None = None
    for row in money.sheet.rows[table.first : table.stop]:
        values = assigned(money.by_row[row.index], table)
        sells = set(SOLD) <= set(values) and not closed  # "Grande armoire" or "TVA 20 %" make no sum of it
        role = None if sells else summary(money, row)
        if items and (role in {"gross", "due"} or (not sells and _heads_totals(money, row))):
            break
        if role or (not sells and _carried(row)):
            waiting, closed = [], closed or role in {"net", "tax"}
            last_bottom = row.box.bottom
            continue
        used = {place for a in values.values() for place in range(a.first, a.stop)}
        words = _in_column([w for n, w in enumerate(row.words) if n not in used and describes(w, table, values)], table)
        if half and not closed and multiplies({**half.values, **values}) and set(values) == {"net_amount"}:
            items.append(LineItem(half.row, {**half.values, **values}, half.words + words, row.box.bottom))
            half, waiting = None, []
        elif _is_item(values, words, table, closed):
            items.append(LineItem(row, values, waiting + words, row.box.bottom))
            waiting = []
        elif words and not closed and not _half(row, values, words):
            near = row.box.top - last_bottom < 1.3 * row.height
            if items and near and items[-1].words:
                items[-1].words.extend(words)
                items[-1].bottom = row.box.bottom
            else:
                waiting = [*waiting, *words] if near else words
        last_bottom = row.box.bottom
        half = _half(row, values, words) or (half if half and row.index == half.row.index + 1 else None)
    return items


def _in_column(words: list[Word], table: GoodsTable) -> list[Word]:
    """Return the words of a description without the words of a column at the left margin of the page."""
    left_edge = next((c.box.left for c in table.columns if c.role == "description"), 0.0)
    begins = any(abs(word.box.left - left_edge) < 3 for word in words)
    return [word for word in words if not begins or word.box.right > left_edge - 3]


def _half(row: PrintedRow, values: dict[str, Amount], words: list[Word]) -> LineItem | None:
    """Return a row with quantity and price whose amount could be on the next row of print."""
    lacks_amount = {"quantity", "unit_price"} <= set(values) and "net_amount" not in values
    return LineItem(row, values, list(words), row.box.bottom) if lacks_amount else None


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


def _is_item(values: dict[str, Amount], words: list[Word], table: GoodsTable, closed: bool) -> bool:
    amount = values.get("net_amount") or values.get("gross_amount")
    if amount is None:
        complete = table.priced_only and "unit_price" in values and values["unit_price"].money
        return complete and bool(words) and not closed
    whole = multiplies(values)
    if closed and not whole:
        return False
    return (amount.money or whole) and (bool(words) or len(values) > 1)


def _headless(money: Money, totals: set[Decimal]) -> list[LineItem]:
    """Return rows that end in amounts with one right edge, above the totals, if they add up to a total."""
    items: list[LineItem] = []
    for row in money.sheet.rows:
        amounts = money.by_row[row.index]
        if not amounts or not amounts[-1].money or amounts[-1].stop < len(row.words):
            continue
        role = summary(money, row)
        if role in {"gross", "due"} and items:
            break
        words = row.words[: amounts[0].first if amounts[0].first else amounts[-1].first]
        if role or not any(sum(c.isalpha() for c in w.text) > 2 for w in words):
            continue
        items.append(LineItem(row, _loose(amounts), _without_number(row, amounts), row.box.bottom))
    edges = Counter(round(_edge(item) / 4) for item in items)
    if not edges:
        return []
    edge = edges.most_common(1)[0][0]
    aligned = [item for item in items if abs(_edge(item) / 4 - edge) <= 1]
    for candidates in (items, aligned):
        if total_of(candidates) in totals:
            return candidates
    return []


def _edge(item: LineItem) -> float:
    return item.values["net_amount"].box.right


def _loose(amounts: tuple[Amount, ...]) -> dict[str, Amount]:
    """Return the parts of a row without heads: the last number is its amount, a product shows the other parts."""
    values = {"net_amount": amounts[-1]}
    plain = [a for a in amounts[:-1] if not a.percent]
    for quantity in plain:
        for price in plain:
            trial = {**values, "quantity": quantity, "unit_price": price}
            if quantity is not price and price.money and multiplies(trial):
                return trial
    counted = [a for a in plain if not a.money and a.value > 0 and a.first > 0]
    return {**values, "quantity": counted[-1]} if counted and counted[-1] is plain[-1] else values


def _without_number(row: PrintedRow, amounts: tuple[Amount, ...]) -> list[Word]:
    """Return the words left of the numbers at the end of a row, without the line's own number."""
    used = {place for a in _loose(amounts).values() for place in range(a.first, a.stop)}
    words = [w for n, w in enumerate(row.words) if n not in used and n < amounts[-1].first]
    return words[1:] if len(words) > 1 and ENUMERATED.match(words[0].text) else words


def _amount(item: LineItem) -> Decimal | None:
    values = item.values
    net = values.get("net_amount") or values.get("gross_amount")
    quantity, price = values.get("quantity"), values.get("unit_price")
    if net is not None or price is None:
        return net.value if net else None
    return price.value if quantity is None else quantity.value * price.value


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
        net_amount=_amount(item),
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
