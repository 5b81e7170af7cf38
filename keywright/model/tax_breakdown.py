"""The tax breakdown of a bill (EN 16931 BG-23): base and amount for each rate, and its notation as text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from keywright.model.fields import ValueKind
from keywright.model.values.amounts import MOST_DIGITS, stored_amount


@dataclass(frozen=True, slots=True)
class TaxShare:
    """The tax of one rate: ``rate`` in per cent (None if the document does not say), ``base`` and ``amount`` of tax."""

    rate: Decimal | None
    base: Decimal | None
    amount: Decimal


Breakdown = tuple[TaxShare, ...]


def _written(shares: Breakdown) -> str:
    return "; ".join(f"{_or_blank(share.rate)} % of {_or_blank(share.base)} = {share.amount:f}" for share in shares)


def _or_blank(value: Decimal | None) -> str:
    return "?" if value is None else format(value, "f")


def _parsed(text: str) -> Breakdown:
    return tuple(_share(part) for part in text.split(";") if part.strip())


def _share(part: str) -> TaxShare:
    match = re.fullmatch(r"\s*(\S+)\s*%\s*of\s*(\S+)\s*=\s*(\S+)\s*", part)
    try:
        if match is None:
            raise ValueError(part)
        rate, base = (None if text == "?" else _number(text) for text in match.groups()[:2])
        return TaxShare(rate, base, _number(match[3]))
    except ValueError:
        raise ValueError(f"{part[:80]!r} is no share of tax. Write it like 13 % of 100.00 = 13.00.") from None


def _number(text: str) -> Decimal:
    """Return a number; earlier versions wrote ``0E-8``. Raises ValueError for one without bounds."""
    value = stored_amount(text)
    if value.adjusted() >= MOST_DIGITS:
        raise ValueError(text)
    return value


BREAKDOWN: ValueKind[Breakdown] = ValueKind("tax-breakdown", _parsed, _written)
