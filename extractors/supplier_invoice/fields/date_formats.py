"""Dates in the spellings of any country, and the order of day and month in them."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from extractors.supplier_invoice.layout.rows import InRow, InvoiceSheet, PrintedRow, fold
from keywright.model.reading import Box, Word, box_of
from keywright.model.values.written_dates import MONTHS

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_D, _Y = r"(?P<d>[0-3]?\d)", r"(?P<y>(?:19|20)\d\d|['’]?\d\d)"
FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?<![\d.,/-])(?P<y>(?:19|20)\d\d)\s?[-/.]\s?(?P<m>[01]?\d)\s?[-/.]\s?(?P<d>[0-3]?\d)(?!\d|[.,]\d)",
        rf"(?<![\d.,]){_D}\s?(?:st|nd|rd|th|er|re|ª|º|°|o)?\.?[\s,/-]*(?:of|de|den)?\s*(?P<n>{_MONTH})(?![a-z])\.?[\s,/-]*(?:de|del)?\s*{_Y}(?!\d)",
        rf"(?<![\d.,]){_D}(?P<n>{_MONTH})['’]?(?P<y>(?:19|20)?\d\d)(?!\d)",
        rf"(?<![a-z])(?P<n>{_MONTH})(?![a-z])\.?[\s-]*{_D}\s?(?:st|nd|rd|th)?\s?[,./\s-]+\s*{_Y}(?!\d)",
        r"(?<![\d.,/-])(?P<a>[0-3]?\d)\s?(?P<s>[-/.])\s?(?P<b>[0-3]?\d)\s?(?P=s)\s?(?P<y>(?:19|20)\d\d|\d\d)(?!\d|[.,/-]\d)",
        r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?!\d)",
    )
)


#: A part of every date: two separators between digits, a month's name next to a digit, or eight digits.
HINT = re.compile(
    rf"\d\s?[-/.]\s?\d+\s?[-/.]\s?\d\d|\d\d{{7}}|\d.{{0,8}}(?:{_MONTH})|(?:{_MONTH})[^¦]{{0,4}}\d",
    re.IGNORECASE,
)


#: A day and a month at the end of a line, whose year goes on in the next.
BROKEN = re.compile(rf"(?:(?<![a-z])(?:{_MONTH})\.? [0-3]?\d,?|(?<!\d)[0-3]?\d\.? (?:{_MONTH})[.,]?)$", re.IGNORECASE)


class Order(StrEnum):
    """The order of day, month and year in a numeric date."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    YEAR_FIRST = "year first"


#: The usual range of a bill's dates in days before and after today, and the possible range.
USUAL, POSSIBLE = (270, 90), (730, 365)


@dataclass(frozen=True, slots=True, eq=False)
class PrintedDate(InRow):
    """One printed date, and the day that it means in each possible order of day, month and year.

    A date that shows its own order, for example by the month's name, means the same day in all of them. ``year`` is
    the year where it stands in the next line of a narrow column.
    """

    readings: Mapping[Order, dt.date]
    compact: bool
    separator: str
    row: PrintedRow
    first: int
    stop: int
    year: tuple[Word, ...] = ()

    @property
    def words(self) -> tuple[Word, ...]:
        return (*self.row.words[self.first : self.stop], *self.year)

    @property
    def box(self) -> Box:
        return box_of(self.words)

    @property
    def meanings(self) -> tuple[dt.date, ...]:
        """The possible days: one, or several if the print is ambiguous."""
        return tuple(dict.fromkeys(self.readings.values()))

    def value(self, order: Order | None) -> dt.date:
        """Return the date it means if numeric dates are written in this order."""
        return self.readings[order] if order and order in self.readings else self.meanings[0]

    def settled_by(self, order: Order | None) -> bool:
        """Return whether this order leaves only one meaning."""
        return len(self.meanings) == 1 or order in self.readings


def dates_in(row: PrintedRow) -> list[PrintedDate]:
    """Return the dates printed in a row, from left to right."""
    text, starts = _joined(row)
    if not HINT.search(text):
        return []
    printed_dates: list[PrintedDate] = []
    taken: list[tuple[int, int]] = []
    for place, form in enumerate(FORMS):
        for match in form.finditer(text):
            free = all(match.end() <= start or match.start() >= end for start, end in taken)
            readings = _readings(match) if free else {}
            if readings and (written := _written(row, match, starts, readings, place == len(FORMS) - 1)):
                taken.append(match.span())
                printed_dates.append(written)
    return sorted(printed_dates, key=lambda written: written.first)


def dates_on(sheet: InvoiceSheet) -> list[list[PrintedDate]]:
    """Return the dates of each row, with those whose year a narrow column pushed into the next line."""
    return [sorted([*dates_in(row), *_broken(sheet, row)], key=lambda written: written.first) for row in sheet.rows]


def _broken(sheet: InvoiceSheet, row: PrintedRow) -> Iterator[PrintedDate]:
    for phrase in sheet.by_row[row.index]:
        match = BROKEN.search(fold(phrase.text))
        if not match:
            continue
        for below in sheet.beneath(phrase.box, row, 1.2 * row.height):
            aligned = abs(below.box.left - phrase.words[-2].box.left) < 4
            whole = FORMS[1].fullmatch(f"{match[0]} {below.text}") or FORMS[3].fullmatch(f"{match[0]} {below.text}")
            if aligned and whole and (readings := _readings(whole)):
                yield PrintedDate(readings, False, "", row, phrase.stop - 2, phrase.stop, below.words)
                break


def _joined(row: PrintedRow) -> tuple[str, list[int]]:
    """Return the row as one text without accents, a wide gap as three characters, and the start of each word in it."""
    text, starts = "", []
    for place, word in enumerate(row.words):
        if place:
            gap = word.box.left - row.words[place - 1].box.right
            text += " " if gap < 1.8 * row.height else " ¦ "
        starts.append(len(text))
        text += fold(word.text)
    return text, starts


def _written(
    row: PrintedRow, match: re.Match[str], starts: list[int], readings: Mapping[Order, dt.date], compact: bool
) -> PrintedDate | None:
    inside = [
        place
        for place, start in enumerate(starts)
        if start < match.end() and start + len(row.words[place].text) > match.start()
    ]
    separator = match.groupdict().get("s") or ""
    return PrintedDate(readings, compact, separator, row, inside[0], inside[-1] + 1) if inside else None


def _readings(match: re.Match[str]) -> dict[Order, dt.date]:
    parts = match.groupdict()
    year = _year(parts["y"])
    if parts.get("a"):
        first, second = int(parts["a"]), int(parts["b"])
        days = {Order.DAY_FIRST: _day(year, second, first), Order.MONTH_FIRST: _day(year, first, second)}
        readings = {order: day for order, day in days.items() if day}
        if len(parts["a"]) == len(parts["b"]) == len(parts["y"]) == 2:
            return _with_year_first(readings, _day(_year(parts["a"]), second, int(parts["y"])))
        return readings
    month = MONTHS[parts["n"].lower()] if parts.get("n") else int(parts["m"])
    day = _day(year, month, int(parts["d"]))
    return dict.fromkeys(Order, day) if day else {}


def _with_year_first(readings: dict[Order, dt.date], year_first: dt.date | None) -> dict[Order, dt.date]:
    """Return the readings of three numbers of two digits, with the year in front if that is likely.

    Bills are recent. So "26-11-05" that comes in late in 2026 is no bill of 2005, while "25-11-26" is a bill of this
    month rather than of last year. If both are possible, both are returned and the rest of the page must decide.
    """
    if year_first is None or not _within(year_first, USUAL):
        return readings
    if any(_within(day, USUAL) for day in readings.values()):
        return readings
    possible = {order: day for order, day in readings.items() if _within(day, POSSIBLE)}
    return {**possible, Order.YEAR_FIRST: year_first}


def _within(day: dt.date, span: tuple[int, int]) -> bool:
    before, after = span
    return -before <= (day - dt.date.today()).days <= after


def _year(digits: str) -> int:
    year = int(digits.strip("'’"))
    return year if year > 99 else year + (2000 if year < 70 else 1900)


def _day(year: int, month: int, day: int) -> dt.date | None:
    if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1] and 1970 < year < 2100:
        return dt.date(year, month, day)
    return None


def order_of(printed_dates: Iterable[PrintedDate], habits: Iterable[Order]) -> tuple[Order | None, float]:
    """Return the order in which this document writes day and month, and the confidence in it (0-1).

    A date with only one possible order decides for the others; dots mean day first; otherwise the usual order of the
    country counts, if the document shows only one country's order.
    """
    own_orders = {_own_order(w) for w in printed_dates if len(w.meanings) == 1 and w.separator} - {None}
    if len(own_orders) == 1:
        return own_orders.pop(), 0.97
    unsettled = [w for w in printed_dates if len(w.meanings) > 1]
    if any(w.separator == "." and Order.DAY_FIRST in w.readings for w in unsettled):
        return Order.DAY_FIRST, 0.96
    customary = set(habits)
    year_in_front = any(Order.YEAR_FIRST in w.readings for w in unsettled)
    if len(customary) == 1 and not own_orders and not year_in_front:
        return customary.pop(), 0.9
    return None, 0.5


def _own_order(written: PrintedDate) -> Order | None:
    if set(written.readings) == {Order.YEAR_FIRST}:
        return Order.YEAR_FIRST
    digits = re.findall(r"\d+", written.text)
    if len(digits) != 3:
        return None
    first, second = int(digits[0]), int(digits[1])
    if first > 12 >= second:
        return Order.DAY_FIRST
    return Order.MONTH_FIRST if second > 12 >= first else None


#: Countries that write the month first; all others write the day first, except Canada, which does both.
MONTH_FIRST_COUNTRIES = {"US", "PH"}
BOTH_COUNTRIES = {"CA"}


def habits_of(countries: Iterable[str], languages: Iterable[str]) -> Iterator[Order]:
    """Yield the usual orders of these countries and, if no country is known, of these languages.

    A bill that is not in English writes the day first in all countries except Canada. ``languages``: the commonest
    first.
    """
    known, spoken = set(countries), list(languages)
    if known & BOTH_COUNTRIES:
        yield from (Order.DAY_FIRST, Order.MONTH_FIRST)
    elif spoken and spoken[0] != "en":
        yield Order.DAY_FIRST
    for country in known - BOTH_COUNTRIES if not spoken or "en" in spoken else ():
        yield Order.MONTH_FIRST if country in MONTH_FIRST_COUNTRIES else Order.DAY_FIRST
