"""Completes cells that a scan lost or misread, only where the other two of quantity, price and amount prove them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal

from extractors.supplier_invoice.fields.amounts import Amount
from extractors.supplier_invoice.fields.money import Money
from extractors.supplier_invoice.goods.goods_rows import LineItem, total_of
from extractors.supplier_invoice.goods.tables import Column, multiplies
from extractors.supplier_invoice.layout.rows import overlap
from extractors.supplier_invoice.sums import CENT
from keywright.model.reading import Box

MOST = 10_000  # of one item


def completed(items: Sequence[LineItem], money: Money, totals: Collection[Decimal]) -> list[LineItem]:
    """Return the rows of goods with the quantities that their prices and amounts prove.

    If the rows then do not add up to a total, but would if each amount were quantity times price, they are.
    """
    whole = [_with_quantity(item, money) for item in items]
    if not totals or total_of(whole) in totals:
        return whole
    multiplied = [_with_product(item, money) for item in whole]
    return multiplied if total_of(multiplied) in totals else whole


def _with_quantity(item: LineItem, money: Money) -> LineItem:
    values = item.values
    price, amount, quantity = values.get("unit_price"), values.get("net_amount"), values.get("quantity")
    column = next((column for column in item.columns if column.role == "quantity"), None)
    if column is None or not (price and amount and price.money and amount.money and price.value and amount.value):
        return item
    if quantity is None:
        value = _bought(price.value, amount.value)
        proven = value is not None and (_scanned(item, money) or _printed_into_the_cell(value, item, column))
        added = _in_cell(value, item, column) if value is not None and proven else None
    else:
        misread = _scanned(item, money) and not multiplies(values)
        value = _misread(quantity.value, price.value, amount.value) if misread else None
        added = replace(quantity, value=value) if value is not None else None
    return replace(item, values={**values, "quantity": added}) if added else item


def _bought(price: Decimal, amount: Decimal) -> Decimal | None:
    """Return the whole number of items that cost the amount to the cent, or None if no whole number does."""
    number = amount / price
    return number.to_integral_value() if number == number.to_integral_value() and 0 < number < MOST else None


def _misread(quantity: Decimal, price: Decimal, amount: Decimal) -> Decimal | None:
    """Return the quantity without its one error: the decimal sign is lost, or a digit is another one."""
    for places in (1, 2, 3):
        smaller = quantity.scaleb(-places)
        if abs(smaller * price - amount) <= CENT / 2:
            return smaller
    number = _bought(price, amount)
    if number is None or len(str(number)) != len(str(quantity)):
        return None
    differing = sum(a != b for a, b in zip(str(number), str(quantity), strict=True))
    return number if differing == 1 else None


def _scanned(item: LineItem, money: Money) -> bool:
    return money.sheet.engine(item.row.page) != "text-layer"


def _printed_into_the_cell(value: Decimal, item: LineItem, column: Column) -> bool:
    """Return whether a word that runs into the column of quantities from the left ends in this number."""
    return any(
        word.text.endswith(str(value))
        and word.box.left < column.box.left < word.box.right
        and overlap(word.box, column.box) > 2
        for word in item.row.words
    )


def _in_cell(value: Decimal, item: LineItem, column: Column) -> Amount:
    """Return a number that is not printed as a word of its own, at the place of its cell."""
    box = Box(item.row.page, column.box.left, item.row.box.top, column.box.right, item.row.box.bottom)
    return Amount(value, 0, None, False, item.row, 0, 0, box)


def _with_product(item: LineItem, money: Money) -> LineItem:
    values = item.values
    if not {"quantity", "unit_price", "net_amount"} <= set(values) or multiplies(values) or not _scanned(item, money):
        return item
    product = (values["quantity"].value * values["unit_price"].value).quantize(CENT)
    return replace(item, values={**values, "net_amount": replace(values["net_amount"], value=product)})
