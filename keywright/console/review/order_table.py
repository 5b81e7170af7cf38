"""The order of a bill on the review page: what is ordered, delivered and billed on each of its lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from keywright.bot import AnyBot
from keywright.database.models import StoredCase
from keywright.model.case import Case
from keywright.model.checks import payee_of
from keywright.model.fields import Extraction
from keywright.model.order import ZERO, OrderMatch, OrderOnFile, quantities_of
from keywright.purchasing.records import bills_on, match_order
from keywright.settings.settings import settings
from keywright.vendors import master


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One line of an order: what is ordered, was delivered, was billed before, and is billed now."""

    title: str
    unit: str
    ordered: Decimal | None
    delivered: Decimal | None
    billed: Decimal | None
    now: Decimal | None
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class OrderTable:
    """The order of a bill, its lines, the amounts before tax, and the other cases that bill it.

    ``in_question`` says that a finding is about the order: then the page shows the table at once.
    """

    order: OrderOnFile
    rows: tuple[OrderRow, ...]
    billed: Decimal
    now: Decimal
    bills: tuple[StoredCase, ...]
    in_question: bool


def order_table(case: Case, bot: AnyBot, extraction: Extraction) -> OrderTable | None:
    """Return the order that a document names, or None if none is on file."""
    if bot.orders is None:
        return None
    payee = payee_of(master.find(bot.seller.of(extraction))) if bot.seller else None
    number = int(case.id)
    match = match_order(number, bot.name, extraction, bot.orders, payee.number if payee else "", settings())
    if match is None or match.order is None:
        return None
    now = sum((item.amount for item in match.items), ZERO)
    bills = tuple(bills_on(match.order.number, number))
    in_question = any(finding.fields == (bot.orders.number.name,) for finding in case.findings)
    return OrderTable(match.order, tuple(_rows(match, match.order)), match.billed.amount, now, bills, in_question)


def _rows(match: OrderMatch, order: OrderOnFile) -> Iterator[OrderRow]:
    now = quantities_of(match.items)
    for item in order.items:
        quantity, delivered = item.quantity, match.delivered.get(item.line)
        yield OrderRow(
            title=" ".join(filter(None, (item.item, item.description))) or item.line,
            unit=item.unit,
            ordered=_plain(quantity),
            delivered=_plain(delivered if delivered is not None or not order.needs_delivery else ZERO),
            billed=_plain(match.billed.quantities.get(item.line, ZERO)) if quantity is not None else None,
            now=_plain(now.get(item.line)),
            price=item.unit_price,
        )


def _plain(number: Decimal | None) -> Decimal | None:
    """Return a number without zeros at its end."""
    return None if number is None else Decimal(f"{number.normalize():f}")
