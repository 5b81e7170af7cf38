"""The one grammar for numbers from outside: plain digits of a limited length, no exponent, no ``NaN``.

``Decimal("1E+3000000000")`` is a value of a few bytes that needs gigabytes when it is written out. So a text from a
document, a web page or a person goes to ``Decimal`` only after this grammar has accepted it.
"""

from __future__ import annotations

import re
from decimal import Decimal

MOST_DIGITS = 16
"""Digits before the point: more than any currency's whole money supply, and as many as the column of a list holds."""
MOST_DECIMALS = 20
"""Digits after the point: programs write ``33.333333333333336``, and some write twenty of them."""

_WRITTEN = re.compile(
    rf"[-+]?(?:[0-9]{{1,{MOST_DIGITS}}}(?:\.[0-9]{{0,{MOST_DECIMALS}}})?|\.[0-9]{{1,{MOST_DECIMALS}}})"
)
_STORED = re.compile(r"[-+]?[0-9]{1,1000}(?:\.[0-9]{1,1000})?(?:E[-+]?[0-9]{1,2})?")


def amount_of(text: str) -> Decimal | None:
    """Return the number in a text, written as XML Schema's ``decimal``; None if there is none or it is too long."""
    return Decimal(text) if _WRITTEN.fullmatch(text) else None


def stored_amount(text: str) -> Decimal:
    """Return a number that Keywright itself wrote, perhaps in an earlier version with wider limits.

    Raises ValueError if the text is not a number.
    """
    if not _STORED.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is not a number that Keywright wrote.")
    return Decimal(text)
