"""Dates as people write them on forms, and the doubt when day and month cannot be told apart."""

from __future__ import annotations

import datetime as dt
import re

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january janvier janv",
            "feb february fevrier fev",
            "mar march mars",
            "apr april avril avr",
            "may mai",
            "jun june juin",
            "jul july juillet juil",
            "aug august aout",
            "sep sept september septembre",
            "oct october octobre",
            "nov november novembre",
            "dec december decembre",
        ),
        start=1,
    )
    for name in names.split()
}


def dates_of(text: str) -> tuple[dt.date, ...]:
    """Return what a written date may mean: one date, two if day and month may be swapped, or none.

    >>> dates_of("03/04/2025")
    (datetime.date(2025, 3, 4), datetime.date(2025, 4, 3))
    """
    plain = _plain(text)
    worded = _worded(plain)
    if worded is not None:
        return worded
    numbers = re.fullmatch(r"(\d{1,4})\s?[-/. ]\s?(\d{1,2})\s?[-/. ]\s?(\d{2,4})", plain)
    if not numbers:
        return ()
    first, second, third = numbers.groups()
    if len(first) == 4:
        return _kept((int(first), int(second), int(third)))
    if len(first) == 3 or len(third) == 3:
        return ()
    year = _year(third)
    return _kept((year, int(first), int(second)), (year, int(second), int(first)))


def _plain(text: str) -> str:
    """Return the text with its accents, ordinal endings and commas taken off."""
    folded = text.casefold().translate(str.maketrans("éûè", "eue"))
    return " ".join(re.sub(r"(?<=\d)(st|nd|rd|th|er)\b|,|\.(?=\s)|\bof\b", " ", folded).split())


def _worded(plain: str) -> tuple[dt.date, ...] | None:
    """Read a date whose month is a word; None if there is no such word."""
    day_first = re.fullmatch(r"(\d{1,2})[-/ .]*([a-z]+)[-/ .']*(\d{4}|\d{2})", plain)
    if day_first:
        day, month, year = day_first.groups()
    else:
        month_first = re.fullmatch(r"([a-z]+)[-/ .]*(\d{1,2})[-/ .']+(\d{4}|\d{2})", plain)
        if not month_first:
            return None
        month, day, year = month_first.groups()
    number = MONTHS.get(month)
    return _kept((_year(year), number, int(day))) if number else ()


def _year(digits: str) -> int:
    """Return the year of two or four digits; what a form says in two digits is of this century."""
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _kept(*candidates: tuple[int, int, int]) -> tuple[dt.date, ...]:
    found: list[dt.date] = []
    for year, month, day in candidates:
        if 1 <= month <= 12 and 1 <= day <= 31 and 1900 <= year <= 2100:
            try:
                found.append(dt.date(year, month, day))
            except ValueError:  # the 31st of a short month is no date
                continue
    return tuple(dict.fromkeys(found))
