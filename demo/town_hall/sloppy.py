"""Reads numbers and dates as carelessly as old web systems do, and writes them back its own way."""

from __future__ import annotations

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
LEADING_NUMBER = re.compile(r"\s*([-+]?\d*\.?\d*)")
THREE_NUMBERS = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})")


class BadDate(Exception):
    """A date that the database would not take."""


def amount(text: str) -> Decimal:
    """Drop the commas, read the number in front, forget the rest: ``$1,250.00`` is 0.00."""
    match = LEADING_NUMBER.match(text.replace(",", ""))
    digits = match.group(1) if match else ""
    if not re.search(r"\d", digits):
        return Decimal("0.00")
    return Decimal(digits).quantize(CENT, ROUND_HALF_UP)


def written(value: Decimal) -> str:
    """Write an amount as the town hall prints it: ``1,250.00``, below zero ``(1,250.00)``."""
    return f"({-value:,.2f})" if value < 0 else f"{value:,.2f}"


def us_date(text: str) -> date:
    """Read ``mm-dd-yyyy`` (any separator, also two-digit years); raise ``BadDate`` otherwise."""
    match = THREE_NUMBERS.fullmatch(text.strip())
    if match is None:
        raise BadDate(text)
    month, day, year = (int(part) for part in match.groups())
    return _date(year, month, day, text)


def day_first(text: str) -> date | None:
    """Read ``dd/mm/yyyy``; anything else is silently taken for no date."""
    match = THREE_NUMBERS.fullmatch(text.strip())
    if match is None:
        return None
    day, month, year = (int(part) for part in match.groups())
    try:
        return _date(year, month, day, text)
    except BadDate:
        return None


def us_written(day: date | None) -> str:
    """Write a date as the accounts-payable desk does: ``11-02-2026``."""
    return f"{day:%m-%d-%Y}" if day else ""


def day_first_written(day: date | None) -> str:
    """Write a date as the permit desk does: ``02/11/2026``."""
    return f"{day:%d/%m/%Y}" if day else ""


def _date(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        raise BadDate(text) from None
