"""The checks of a bill against its purchase order and its deliveries; without orders on file they find nothing."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from keywright.findings import Finding
from keywright.messages import Message
from keywright.model.checks import Check, Circumstances
from keywright.model.fields import Extraction
from keywright.model.order import ZERO, OrderedItem, OrderFields, OrderMatch, OrderOnFile, OrderState, quantities_of

UNKNOWN_ORDER = "order-unknown"
NO_ORDER = "order-missing"
OTHER_VENDOR = "order-vendor"
NOT_OPEN = "order-not-open"
OTHER_CURRENCY = "order-currency"
OVER_ORDERED = "order-over-billed"
OVER_DELIVERED = "order-not-delivered"
PRICE = "order-price"
_CENT = Decimal("0.01")


def order_on_file(fields: OrderFields) -> Check:
    """Require that a bill agrees with its order and its deliveries, within the tolerances."""

    def check(extraction: Extraction, circumstances: Circumstances) -> Iterator[Finding]:
        match = circumstances.order
        if match is None:
            return
        if match.order is None:
            yield from _without_order(match, extraction, fields)
            return
        yield from _terms(match.order, extraction, circumstances, fields)
        if not _same_currency(match.order, extraction, fields):
            return
        yield from _amount(match, match.order, fields)
        for item in match.order.items:
            yield from _item(match, item, fields)

    return check


def _without_order(match: OrderMatch, extraction: Extraction, fields: OrderFields) -> Iterator[Finding]:
    net = fields.net_of(extraction)
    if match.number:
        message = Message(
            "No such order on file. The document names order {number}, which is not among the orders on file. Compare "
            "it with the page; accept if it is no order of this office.",
            number=match.number,
        )
        yield Finding(UNKNOWN_ORDER, message, (fields.number.name,))
    elif match.needed_from is not None and net is not None and net >= match.needed_from:
        message = Message(
            "No order. Bills from {limit} {currency} on need a purchase order, and this one of {amount} names none. "
            "Look for it on the page, or ask who ordered; accept if none is needed.",
            limit=match.needed_from,
            currency=_currency(extraction, fields),
            amount=net,
        )
        yield Finding(NO_ORDER, message, (fields.number.name,))


def _terms(
    order: OrderOnFile, extraction: Extraction, circumstances: Circumstances, fields: OrderFields
) -> Iterator[Finding]:
    """Yield the findings about the order as a whole: its vendor, its state and its currency."""
    payee = circumstances.payee
    if payee and order.vendor and order.vendor != payee.number:
        message = Message(
            "Order of another vendor. Order {number} was given to vendor {ordered}, and this bill is from {vendor}. "
            "Compare the order's number with the page.",
            number=order.number,
            ordered=order.vendor,
            vendor=f"{payee.name} ({payee.number})",
        )
        yield Finding(OTHER_VENDOR, message, (fields.number.name,))
    if order.state is OrderState.CANCELLED:
        message = Message("Order is cancelled. Order {number} is cancelled. Ask who ordered.", number=order.number)
        yield Finding(NOT_OPEN, message, (fields.number.name,))
    elif order.state is OrderState.CLOSED:
        message = Message(
            "Order is closed. Order {number} is closed: nothing more was expected on it. Ask who ordered.",
            number=order.number,
        )
        yield Finding(NOT_OPEN, message, (fields.number.name,))
    if not _same_currency(order, extraction, fields):
        message = Message(
            "Currency differs from the order. The bill is in {billed}, order {number} is in {ordered}. Compare the "
            "currency with the page.",
            billed=_currency(extraction, fields),
            number=order.number,
            ordered=order.currency,
        )
        yield Finding(OTHER_CURRENCY, message, (fields.currency.name,))


def _currency(extraction: Extraction, fields: OrderFields) -> str:
    currency = extraction.value(fields.currency)
    return currency or ""


def _same_currency(order: OrderOnFile, extraction: Extraction, fields: OrderFields) -> bool:
    billed = _currency(extraction, fields)
    return not order.currency or not billed or billed == order.currency


def _amount(match: OrderMatch, order: OrderOnFile, fields: OrderFields) -> Iterator[Finding]:
    now = sum((item.amount for item in match.items), ZERO)
    if now > 0 and match.tolerance.exceeds(match.billed.amount + now, order.amount):
        message = Message(
            "Billed more than ordered. Order {number} is for {ordered} before tax; with this bill of {amount}, "
            "{billed} are billed on it. Compare the bill with the order; accept if the rest was agreed.",
            number=order.number,
            ordered=order.amount,
            amount=now,
            billed=match.billed.amount + now,
        )
        yield Finding(OVER_ORDERED, message, (fields.number.name,))


def _item(match: OrderMatch, item: OrderedItem, fields: OrderFields) -> Iterator[Finding]:
    """Yield the findings about one line of the order: its quantity, what was delivered of it, and its price."""
    assert match.order is not None
    now = quantities_of(match.items).get(item.line, ZERO)
    billed = match.billed.quantities.get(item.line, ZERO) + now
    named = item.description or item.item or item.line
    if now > 0 and item.quantity is not None and match.tolerance.exceeds_quantity(billed, item.quantity):
        message = Message(
            "Billed more than ordered. “{item}”: {ordered} {unit} are on order {number}; with this bill, {billed} are "
            "billed. Compare the bill with the order; accept if the rest was agreed.",
            item=named,
            ordered=plain(item.quantity),
            unit=item.unit,
            number=match.order.number,
            billed=plain(billed),
        )
        yield Finding(OVER_ORDERED, message, (fields.number.name,))
    expected = match.order.needs_delivery or item.line in match.delivered
    delivered = match.delivered.get(item.line, ZERO)
    if now > 0 and expected and match.tolerance.exceeds_quantity(billed, delivered):
        message = Message(
            "Billed more than delivered. “{item}” of order {number}: {delivered} {unit} were delivered; with this "
            "bill, {billed} are billed. Wait for the rest, or ask who received it; accept if it has come.",
            item=named,
            number=match.order.number,
            delivered=plain(delivered),
            unit=item.unit,
            billed=plain(billed),
        )
        yield Finding(OVER_DELIVERED, message, (fields.number.name,))
    yield from _price(match, item, named, fields)


def _price(match: OrderMatch, item: OrderedItem, named: str, fields: OrderFields) -> Iterator[Finding]:
    """Yield the finding for a unit price above the ordered one; a lower price costs nobody anything."""
    for billed in match.items:
        price, ordered = billed.unit_price, item.unit_price
        if billed.line != item.line or price is None or ordered is None or billed.amount <= 0:
            continue
        dearer = (price - ordered) * (billed.quantity or 1)
        if match.tolerance.exceeds_price(price, ordered) and dearer > match.tolerance.amount:
            message = Message(
                "Price differs from the order. “{item}” costs {billed} each on the bill and {ordered} on order "
                "{number}. Ask the vendor, or accept if the new price was agreed.",
                item=named,
                billed=price.quantize(_CENT),
                ordered=ordered.quantize(_CENT),
                number=match.order.number if match.order else "",
            )
            yield Finding(PRICE, message, (fields.number.name,))


def plain(number: Decimal) -> str:
    """Return a quantity without zeros at its end."""
    return f"{number.normalize():f}"
