"""A calendar of business days: the days and hours on which an office is open, and times counted in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from zoneinfo import ZoneInfo

import holidays

MOST = dt.timedelta(days=370)
"""An office that is closed for longer than this has no next business day."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The hours of an office in its local time.

    ``week`` holds the working days of the week, Monday being 0. ``holidays`` are the kinds of a province's holidays on
    which it is closed, named as in the package ``holidays``: public, optional (civic), government (federal).
    ``also_closed`` are further days, ``open_after_all`` days or names of holidays on which it is open.
    """

    zone: ZoneInfo
    opens: dt.time = dt.time(8, 30)
    closes: dt.time = dt.time(16, 30)
    week: frozenset[int] = frozenset(range(5))
    country: str = "CA"
    province: str = "ON"
    holidays: tuple[str, ...] = ("public", "optional", "government")
    also_closed: frozenset[dt.date] = frozenset()
    open_after_all: frozenset[dt.date | str] = frozenset()

    def is_open(self, day: dt.date) -> bool:
        """Return True if the office is open on a day."""
        if day.weekday() not in self.week or day in self.also_closed:
            return False
        return day in self.open_after_all or not (set(self.names_of(day)) - self.open_after_all)

    def names_of(self, day: dt.date) -> list[str]:
        """Return the holidays on a day, by their Canadian English names."""
        if not self.holidays:
            return []
        name = _holidays(self.country, self.province, self.holidays).get(day, "")
        return [part for part in name.split("; ") if part]

    def days_after(self, since: dt.datetime, days: int) -> dt.datetime:
        """Return the closing time of the business day that is ``days`` after ``since``; aware, in UTC.

        A document that arrives after closing, or on a day on which the office is closed, counts from the next business
        day.
        """
        ends = (end for start, end in self._hours_from(since))
        for passed, end in enumerate(ends):
            if passed == days:
                return end
        raise AssertionError("business days never end")

    def hours_after(self, since: dt.datetime, hours: dt.timedelta) -> dt.datetime:
        """Return the time at which ``hours`` of opening have passed since a time; aware, in UTC."""
        remaining = hours
        for start, end in self._hours_from(since):
            if remaining <= end - start:
                return start + remaining
            remaining -= end - start
        raise AssertionError("business hours never end")

    def _hours_from(self, since: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """Yield the opening and closing times from a time on, in UTC, so that clock changes count."""
        first, since = since.astimezone(self.zone).date(), since.astimezone(dt.UTC)
        idle = dt.timedelta()
        for day in (first + dt.timedelta(days=number) for number in count()):
            start, end = self._at(day, self.opens), self._at(day, self.closes)
            if self.is_open(day) and end > since:
                idle = dt.timedelta()
                yield max(start, since), end
            elif (idle := idle + dt.timedelta(days=1)) > MOST:
                raise ValueError(f"The office is closed for more than {MOST.days} days from {first} on.")

    def _at(self, day: dt.date, time: dt.time) -> dt.datetime:
        return dt.datetime.combine(day, time, self.zone).astimezone(dt.UTC)


@cache
def _holidays(country: str, province: str, kinds: tuple[str, ...]) -> holidays.HolidayBase:
    """Return the holidays of a province; the package adds a year when it is first looked up."""
    language = "en_CA" if country == "CA" else None
    return holidays.country_holidays(country, subdiv=province or None, categories=kinds, language=language)
