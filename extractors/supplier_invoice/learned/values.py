"""Amounts, dates and identifiers as the learned reader knows them: by their shape alone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import lru_cache

_CURRENCY = r"(?:[A-Za-z]{0,3}\s?[$€£¥]|[A-Z]{3}|[$€£¥]\s?[A-Z]{0,3}|kr\.?|Fr\.?)"
_AMOUNT = re.compile(
    rf"(?P<minus>[(\-−–])?\s*(?P<before>{_CURRENCY})?\s*(?P<inner>[-−–])?\s*"
    r"(?P<whole>\d{1,3}(?:[ .,'’]\d{3})+|\d{1,12})(?P<cents>[.,]\d{2})?"
    rf"(?P<tail>[-−)]|,?[-–—])?\s*(?P<after>{_CURRENCY})?\)?"
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan ene gen", "feb fev fév", "mar mär mrt maa mrz", "apr avr abr", "may mai mei mag", "jun juin giu",
            "jul juil lug", "aug aou aoû ago", "sep set", "oct okt out ott", "nov", "dec dez déc dic",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_DATES = (
    (re.compile(r"(\d{4})[-./ ]+(\d{1,2})[-./ ]+(\d{1,2})"), ("ymd",)),
    (re.compile(r"(\d{1,2})\s?[-./ ]\s?(\d{1,2})\s?[-./ ]\s?(\d{4}|\d{2})"), ("dmy", "mdy")),
    (
        re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|e)?[-./ ]*(?:de )?([^\W\d]{3,10})[-./, ]*(?:de )?(\d{4}|\d{2})"),
        ("dMy",),
    ),
    (re.compile(r"([^\W\d]{3,10})[-./ ]*(\d{1,2})(?:st|nd|rd|th)?[-./, ]+(\d{4})"), ("Mdy",)),
    (re.compile(r"(\d{4})[-./ ]([^\W\d]{3,10})[-./ ](\d{1,2})"), ("yMd",)),
)  # fmt: skip
ORDERS = ("", "ymd", "dmy", "mdy", "dMy", "Mdy", "yMd")
"""The orders of day, month and year; a capital M is a month in letters."""
_LARGEST = 1e10
_YEARS = range(1990, 2051)


@lru_cache(maxsize=20_000)
def amount_in(text: str) -> float | None:
    """Return the amount of money that a text is, or None; a bare number without cents or currency is none."""
    match = _AMOUNT.fullmatch(text.strip())
    if not match or not (match["cents"] or match["before"] or match["after"]):
        return None
    value = float(re.sub(r"\D", "", match["whole"])) + (float(match["cents"][1:]) / 100 if match["cents"] else 0.0)
    if value >= _LARGEST:
        return None
    negative = match["minus"] or match["inner"] or (match["tail"] in ("-", "−", ")") and match["cents"])
    return -value if negative else value


@lru_cache(maxsize=20_000)
def days_in(text: str) -> tuple[tuple[dt.date, str], ...]:
    """Return every day that a text can mean, each with the order of its parts."""
    days = dict(_days(text.strip(" .,:;")))
    return tuple(days.items())


def _days(text: str) -> Iterator[tuple[dt.date, str]]:
    for pattern, orders in _DATES:
        match = pattern.fullmatch(text)
        for order in orders if match else ():
            assert match
            day = _day(dict(zip(order, match.groups(), strict=True)))
            if day is not None:
                yield day, order


def _day(parts: dict[str, str]) -> dt.date | None:
    month = _MONTHS.get(parts["M"].casefold()[:3]) if "M" in parts else int(parts["m"])
    year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
    if not month or year not in _YEARS:
        return None
    try:
        return dt.date(year, month, int(parts["d"]))
    except ValueError:
        return None


_PART_OF_IDENTIFIER = re.compile(r"[A-Z]{1,4}|[A-Z0-9./-]*\d[A-Z0-9./-]*")


def identifier_in(text: str, words: int) -> str | None:
    """Return the identifier that a text of so many words is, or None: it has digits, and is not long."""
    bare = text.strip(" .,:;#()")
    signs = sum(sign.isalnum() for sign in bare)
    if not 2 <= signs <= 24 or not any(sign.isdigit() for sign in bare):
        return None
    if words > 1 and not all(_PART_OF_IDENTIFIER.fullmatch(part) for part in text.split()):
        return None
    return bare
