"""Dates as people write them, with both meanings where day and month can be swapped."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

_NAMES = (
    "january jan janvier janv januar jaenner januari enero ene gennaio gen janeiro ledna leden",
    "february feb fevrier fev fevr februar februari febrero febbraio fevereiro unora unor",
    "march mar mars marz maerz maart mrt marzo marco brezna",
    "april apr avril avr abril abr aprile dubna",
    "may mai mei mayo maggio mag maio kvetna",
    "june jun juin juni junio giugno giu junho cervna",
    "july jul juillet juil juli julio luglio lug julho cervence",
    "august aug aout aou augustus agosto ago srpna",
    "september sep sept septembre septiembre settembre set setembro zari",
    "october oct octobre oktober okt octubre ottobre ott outubro out rijna",
    "november nov novembre noviembre novembro listopadu",
    "december dec decembre dezember dez diciembre dic dicembre dezembro prosince",
)
MONTHS = {name: month for month, names in enumerate(_NAMES, 1) for name in names.split()}
"""The months by their names and short names, without capitals and accents, in the languages of bills."""

_DAYS_OF_THE_WEEK = re.compile(
    r"^(?:(?:mon|tues?|wed|wednes|thu|thurs?|fri|sat|satur|sun)(?:day)?|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|"
    r"lun|mer|jeu|ven|sam|dim)\b\.?,?\s+(?=\S+\s)|^le\s+"
)
_BETWEEN = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|re|e|º|°|ª)(?!\w)|,|\.(?=\s)|\b(?:of|de|del)\b")


def dates_of(text: str) -> tuple[dt.date, ...]:
    """Return what a written date can mean: one date, two if day and month can be swapped, or none.

    >>> dates_of("03/04/2025")
    (datetime.date(2025, 3, 4), datetime.date(2025, 4, 3))
    """
    plain = _plain(text)
    worded = _worded(plain)
    if worded is not None:
        return worded
    if compact := re.fullmatch(r"((?:19|20)\d\d)(\d\d)(\d\d)", plain):
        year, month, day = map(int, compact.groups())
        return _possible_dates((year, month, day))
    parts = _numbers(plain)
    if parts is None:
        return ()
    first, second, third = parts
    if len(first) == 4:
        return _possible_dates((int(first), int(second), int(third)))
    if len(first) == 3 or len(third) == 3:
        return ()
    year = _year(third)
    return _possible_dates((year, int(first), int(second)), (year, int(second), int(first)))


def day_stands_first(text: str) -> bool | None:
    """Return whether a date in digits has the day before the month; None if the date is ambiguous or does not show it.

    >>> day_stands_first("25/03/2026"), day_stands_first("03/04/2026"), day_stands_first("2026-03-25")
    (True, None, None)
    """
    parts = _numbers(_plain(text))
    if parts is None or len(parts[0]) > 2 or len(dates_of(text)) != 1:
        return None
    first, second = int(parts[0]), int(parts[1])
    return None if first == second else first > second


def _numbers(plain: str) -> tuple[str, str, str] | None:
    match = re.fullmatch(r"(\d{1,4})\s?[-/. ]\s?(\d{1,2})\s?[-/. ]\s?(\d{2,4})", plain, re.ASCII)
    return (match[1], match[2], match[3]) if match else None


def _plain(text: str) -> str:
    """Return the text without accents, ordinal endings, commas and the day of the week."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in folded if not unicodedata.combining(letter)).strip()
    return " ".join(_BETWEEN.sub(" ", _DAYS_OF_THE_WEEK.sub("", letters)).split())


_WORDED = (
    re.compile(r"(?P<day>\d{1,2})[-/ .]*(?P<month>[a-z]+)[-/ .']*(?P<year>\d{4}|\d{2})", re.ASCII),
    re.compile(r"(?P<month>[a-z]+)[-/ .]*(?P<day>\d{1,2})[-/ .']+(?P<year>\d{4}|\d{2})", re.ASCII),
    re.compile(r"(?P<year>\d{4})[-/ .]*(?P<month>[a-z]+)[-/ .]*(?P<day>\d{1,2})", re.ASCII),
)


def _worded(plain: str) -> tuple[dt.date, ...] | None:
    """Return the dates that a text with the month as a word may mean; None if it has no month as a word."""
    match = next(filter(None, (form.fullmatch(plain) for form in _WORDED)), None)
    if match is None:
        return None
    number = MONTHS.get(match["month"])
    return _possible_dates((_year(match["year"]), number, int(match["day"]))) if number else ()


def _year(digits: str) -> int:
    """Return the year of two or four digits; two digits are a year of this century."""
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _possible_dates(*candidates: tuple[int, int, int]) -> tuple[dt.date, ...]:
    dates: list[dt.date] = []
    for year, month, day in candidates:
        if 1 <= month <= 12 and 1 <= day <= 31 and 1900 <= year <= 2100:
            try:
                dates.append(dt.date(year, month, day))
            except ValueError:  # the 31st of a short month is no date
                continue
    return tuple(dict.fromkeys(dates))
