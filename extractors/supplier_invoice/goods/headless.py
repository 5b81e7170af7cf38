"""Reads rows of goods that have no heads over them: the rows that end in amounts and add up to a total."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

from extractors.supplier_invoice.fields.amounts import Amount
from extractors.supplier_invoice.fields.money import Money
from extractors.supplier_invoice.goods.goods_rows import LineItem, summary, total_of
from extractors.supplier_invoice.goods.tables import multiplies
from extractors.supplier_invoice.layout.rows import PrintedRow
from keywright.model.reading import Word

ENUMERATED = re.compile(r"^\d{1,3}[.)]$")


def headless(money: Money, totals: set[Decimal]) -> list[LineItem]:
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
        items.append(LineItem(row, _loose(amounts), _without_number(row, amounts)))
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
