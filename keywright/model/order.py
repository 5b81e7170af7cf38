"""A purchase order on file, what was delivered and billed on it, and the fields of a bill that are matched with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from keywright.model.fields import Extraction, FieldSpec

ZERO = Decimal(0)


class OrderState(StrEnum):
    """Whether an order may still be billed."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class OrderedItem:
    """One line of an order; ``quantity`` and ``unit_price`` are None for a line that orders an amount of money.

    ``amount`` is net of tax.
    """

    line: str
    description: str
    amount: Decimal
    item: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    unit_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OrderOnFile:
    """A purchase order; ``vendor`` is the vendor's number on file, "" if the list of orders names none.

    With ``needs_delivery`` nothing may be billed that was not delivered; without it, only the lines of which a delivery
    is on file are compared with deliveries.
    """

    number: str
    vendor: str = ""
    currency: str = ""
    state: OrderState = OrderState.OPEN
    needs_delivery: bool = False
    items: tuple[OrderedItem, ...] = ()

    @property
    def amount(self) -> Decimal:
        """Return what is ordered, net of tax."""
        return sum((item.amount for item in self.items), ZERO)


@dataclass(frozen=True, slots=True)
class BilledItem:
    """What a bill charges on one line of an order; ``line`` is "" for what belongs to no line of it."""

    line: str
    amount: Decimal
    quantity: Decimal | None = None
    unit_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class BilledSoFar:
    """What earlier bills charge on an order: their amount, and the quantity of each line."""

    amount: Decimal = ZERO
    quantities: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OrderTolerance:
    """The differences from an order about which nobody is asked: an amount of money, and two percentages."""

    amount: Decimal = Decimal(1)
    price_percent: Decimal = Decimal(2)
    quantity_percent: Decimal = ZERO

    def exceeds(self, amount: Decimal, ordered: Decimal) -> bool:
        """Return True if an amount is over the ordered one by more than the amount that is tolerated."""
        return amount > ordered + self.amount

    def exceeds_quantity(self, quantity: Decimal, known: Decimal) -> bool:
        """Return True if a quantity is over the ordered or delivered one by more than is tolerated."""
        return quantity > known * (1 + self.quantity_percent / 100)

    def exceeds_price(self, price: Decimal, ordered: Decimal) -> bool:
        """Return True if a unit price is over the ordered one by more than is tolerated."""
        return price > ordered * (1 + self.price_percent / 100)


@dataclass(frozen=True, slots=True)
class OrderMatch:
    """What the office knows of the order that a bill names; ``order`` is None if no such order is on file.

    ``delivered`` has the delivered quantity by line, for the lines of which a delivery is on file. ``billed`` is what
    other bills charge that have passed their checks; ``items`` is what this bill charges. ``needed_from`` is the amount
    from which a bill of its currency needs an order, None if there is no such amount.
    """

    number: str = ""
    order: OrderOnFile | None = None
    delivered: Mapping[str, Decimal] = field(default_factory=dict)
    billed: BilledSoFar = field(default_factory=BilledSoFar)
    items: tuple[BilledItem, ...] = ()
    needed_from: Decimal | None = None
    tolerance: OrderTolerance = field(default_factory=OrderTolerance)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFields:
    """The fields of a document type that are matched with orders.

    The net amount is ``net``, or else ``gross`` less ``tax``. A document whose field ``kind`` is ``credit`` gives money
    back.
    """

    number: FieldSpec[str]
    currency: FieldSpec[str]
    net: FieldSpec[Decimal]
    gross: FieldSpec[Decimal]
    tax: FieldSpec[Decimal]
    kind: FieldSpec[Any]
    credit: str

    def net_of(self, extraction: Extraction) -> Decimal | None:
        """Return the net amount of a bill, below zero for one that gives money back."""
        net, gross, tax = (extraction.value(spec) for spec in (self.net, self.gross, self.tax))
        if net is None and gross is None:
            return None
        net = net if net is not None else (gross or ZERO) - (tax or ZERO)
        return -abs(net) if extraction.value(self.kind) == self.credit else net


def order_key(number: str) -> str:
    """Return the number of an order in the form in which it is looked up: without signs, ``PO``, and leading zeros."""
    parts = re.findall(r"[A-Z]+|\d+", number.upper())
    while len(parts) > 1 and parts[0] in {"PO", "P", "O", "NO", "BC", "B", "C", "BON"}:
        parts.pop(0)
    return "".join(part.lstrip("0") or "0" for part in parts)


def quantities_of(items: Iterable[BilledItem]) -> dict[str, Decimal]:
    """Return the billed quantity of each line of an order."""
    quantities: dict[str, Decimal] = {}
    for item in items:
        if item.line and item.quantity is not None:
            quantities[item.line] = quantities.get(item.line, ZERO) + item.quantity
    return quantities
