"""The statements of an electronic invoice, in either syntax."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from extractors.supplier_invoice.direction import Kind
from keywright.model.fields import InvoiceLine


@dataclass(frozen=True, slots=True)
class StatedLine:
    """A line, with the parts of its amount: ``price`` for ``base`` units, ``added`` charges less allowances."""

    line: InvoiceLine
    price: Decimal | None = None
    base: Decimal | None = None
    added: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Stated:
    """A document's values by field name, its type code, and the kind of its outermost element (None: unknown).

    ``foreign_currencies`` are the currencies of amounts that are not in the document's own, ``collected`` whether the
    seller will collect the amount (direct debit), ``unreal`` says that the document is no bill of its own: a test, or a
    copy. ``notes`` are its words about the whole bill: its name, notes, and terms.
    """

    values: Mapping[str, Any]
    lines: tuple[StatedLine, ...]
    code: str | None
    root: Kind | None
    foreign_currencies: tuple[str, ...] = ()
    collected: bool = False
    unreal: str = ""
    notes: tuple[str, ...] = ()


#: Means of payment (UNTDID 4461) with which the seller collects the money: direct debit, and SEPA direct debit.
DIRECT_DEBIT = frozenset(["49", "59"])


TRUE = frozenset(["true", "1"])  # the spellings of true in XML
_PRICE, _LARGE = Decimal("1E-12"), Decimal(10**12)


def unit_price(price: Decimal | None, base: Decimal | None) -> Decimal | None:
    """Return the price of one unit, if the price is stated for several."""
    if price is None or not base or base == 1:
        return price
    exact = price / base
    short = exact.quantize(_PRICE) if abs(exact) < _LARGE else exact
    price = (short if abs(short - exact) <= abs(exact) / 10**6 else exact).normalize()
    return price.quantize(Decimal(1)) if int(price.as_tuple().exponent) > 0 else price
