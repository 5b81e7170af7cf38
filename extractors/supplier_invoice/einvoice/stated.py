"""What an electronic invoice states, in whichever syntax it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from extractors.supplier_invoice.direction import Kind
from keywright.model.fields import InvoiceLine


@dataclass(frozen=True, slots=True)
class StatedLine:
    """A line, with what its amount is made of: ``price`` for ``base`` units, ``added`` charges less allowances."""

    line: InvoiceLine
    price: Decimal | None = None
    base: Decimal | None = None
    added: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Stated:
    """A document's values by field name, its type code, and what its outermost element says it is (None: nothing).

    ``strange_money`` are the currencies of amounts that are not in the document's own, ``collected`` whether the seller
    will collect the amount himself (direct debit), ``unreal`` what the document says of itself that makes it no bill of
    its own: a test, or a copy. ``notes`` are what it says in words of the whole bill: its name, notes, and terms.
    """

    values: Mapping[str, Any]
    lines: tuple[StatedLine, ...]
    code: str | None
    root: Kind | None
    strange_money: tuple[str, ...] = ()
    collected: bool = False
    unreal: str = ""
    notes: tuple[str, ...] = ()


#: Means of payment (UNTDID 4461) with which the seller collects the money: direct debit, and SEPA direct debit.
DIRECT_DEBIT = frozenset(["49", "59"])


TRUE = frozenset(["true", "1"])  # as XML writes it
_PRICE, _LARGE = Decimal("1E-12"), Decimal(10**12)


def unit_price(price: Decimal | None, base: Decimal | None) -> Decimal | None:
    """Return the price of one unit, where it is told for so many."""
    if price is None or not base or base == 1:
        return price
    exact = price / base
    short = exact.quantize(_PRICE) if abs(exact) < _LARGE else exact
    price = (short if abs(short - exact) <= abs(exact) / 10**6 else exact).normalize()
    return price.quantize(Decimal(1)) if int(price.as_tuple().exponent) > 0 else price
