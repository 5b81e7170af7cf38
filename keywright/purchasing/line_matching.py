"""Finds for each line of a bill the line of the order that it charges."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rapidfuzz import fuzz

from keywright.model.fields import InvoiceLine, bare
from keywright.model.order import ZERO, BilledItem, OrderedItem, OrderOnFile

LIKE = 70.0
"""From this likeness on (0-100) two descriptions can be of the same line."""
BY_ITEM, BY_PRICE = 100.0, 20.0
"""What the printed item number and the same unit price add to the likeness of two lines."""
MOST_IN_A_PACK = 10_000
_CENT = Decimal("0.01")


def items_billed(lines: Sequence[InvoiceLine], net: Decimal, order: OrderOnFile) -> tuple[BilledItem, ...]:
    """Return what a bill charges on each line of an order; its whole net amount is in the sum.

    Lines are paired by item number, description and price, the best pairs first; several lines of a bill can charge one
    line of an order. A bill without lines charges the only line of an order that has one.
    """
    pairs = [(_score(line, item), n, item) for n, line in enumerate(lines) for item in order.items]
    meant: dict[int, OrderedItem] = {}
    for score, place, item in sorted(pairs, key=lambda pair: -pair[0]):
        if score >= LIKE:
            meant.setdefault(place, item)
    sign = -1 if net < 0 else 1
    items = [_billed(line, meant[n], sign) for n, line in enumerate(lines) if n in meant]
    rest = net - sum((item.amount for item in items), ZERO)
    if not lines and len(order.items) == 1:
        return (BilledItem(order.items[0].line, net),)
    return (*items, BilledItem("", rest)) if rest else tuple(items)


def _score(line: InvoiceLine, item: OrderedItem) -> float:
    """Return how surely a line of a bill charges a line of an order."""
    score = fuzz.token_set_ratio(line.description.casefold(), item.description.casefold()) if item.description else 0.0
    if len(bare(item.item)) > 2 and bare(item.item) in bare(line.description):
        score += BY_ITEM
    return score + (BY_PRICE if line.unit_price is not None and line.unit_price == item.unit_price else 0.0)


def _billed(line: InvoiceLine, item: OrderedItem, sign: int) -> BilledItem:
    amount = line.net_amount
    if amount is None:
        amount = ((line.quantity or ZERO) * (line.unit_price or ZERO)).quantize(_CENT)
    quantity, price = _in_ordered_unit(line, item)
    signed = None if quantity is None else sign * abs(quantity) if sign < 0 else quantity
    return BilledItem(item.line, sign * abs(amount) if sign < 0 else amount, signed, price)


def _in_ordered_unit(line: InvoiceLine, item: OrderedItem) -> tuple[Decimal | None, Decimal | None]:
    """Return quantity and price of a line in the unit of the order.

    A bill can count pieces where the order counts boxes: then the billed quantity is a whole multiple of the ordered
    one and the price the same fraction of the ordered price, or the other way round.
    """
    quantity, price = line.quantity, line.unit_price
    if not quantity or not price or not item.unit_price or price == item.unit_price:
        return quantity, price
    factor = item.unit_price / price if price < item.unit_price else price / item.unit_price
    pack = Decimal(round(factor))
    if not 2 <= pack <= MOST_IN_A_PACK or abs(factor - pack) > pack / 200:
        return quantity, price
    return (quantity / pack, price * pack) if price < item.unit_price else (quantity * pack, price / pack)
