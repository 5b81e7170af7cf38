"""The tax breakdown of a bill (EN 16931 BG-23): base and amount for each rate, and how it is written down."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from keywright.fields import ValueKind


@dataclass(frozen=True, slots=True)
class TaxShare:
    """What one rate adds: ``rate`` in per cent (None where the paper does not say), ``base`` and ``amount`` of tax."""

    rate: Decimal | None
    base: Decimal | None
    amount: Decimal


Breakdown = tuple[TaxShare, ...]


def _written(shares: Breakdown) -> str:
    return "; ".join(f"{_or_blank(share.rate)} % of {_or_blank(share.base)} = {share.amount}" for share in shares)


def _or_blank(value: Decimal | None) -> str:
    return "?" if value is None else format(value, "f")


def _parsed(text: str) -> Breakdown:
    return tuple(_share(part) for part in text.split(";") if part.strip())


def _share(part: str) -> TaxShare:
    match = re.fullmatch(r"\s*(\S+)\s*%\s*of\s*(\S+)\s*=\s*(\S+)\s*", part)
    try:
        if not match:
            raise InvalidOperation
        rate, base, amount = (None if t == "?" else Decimal(t) for t in match.groups())
        if amount is None:
            raise InvalidOperation
    except InvalidOperation:
        raise ValueError(f"{part!r} is no share of tax. Write it like 13 % of 100.00 = 13.00.") from None
    return TaxShare(rate, base, amount)


BREAKDOWN: ValueKind[Breakdown] = ValueKind("tax-breakdown", _parsed, _written)
