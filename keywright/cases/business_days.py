"""A calendar of business days: which days and hours an office is open, and what time it is so many of them later."""

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
    """When an office works, by the clock on its wall.

    ``week`` holds the days of the week that are worked, Monday being 0. ``holidays`` are the kinds of a province's
    holidays on which it is closed, as the package ``holidays`` names them: public, optional (civic), government
    (federal). ``also_closed`` are further days, ``open_after_all`` days or names of holidays that are worked.
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
        """Return True if a day is worked."""
        if day.weekday() not in self.week or day in self.also_closed:
            return False
        return day in self.open_after_all or not (set(self.names_of(day)) - self.open_after_all)

    def names_of(self, day: dt.date) -> list[str]:
        """Return the holidays that a day is, by their Canadian English names."""
        if not self.holidays:
            return []
        name = _holidays(self.country, self.province, self.holidays).get(day, "")
        return [one for one in name.split("; ") if one]

    def days_after(self, since: dt.datetime, days: int) -> dt.datetime:
        """Return the closing time of the business day that is so many after ``since``; aware, in UTC.

        What comes in after closing, or on a day that is not worked, came in on the next business day.
        """
        ends = (end for start, end in self._hours_from(since))
        for passed, end in enumerate(ends):
            if passed == days:
                return end
        raise AssertionError("business days never end")

    def hours_after(self, since: dt.datetime, hours: dt.timedelta) -> dt.datetime:
        """Return the time by which so many business hours have passed since a time; aware, in UTC."""
        left = hours
        for start, end in self._hours_from(since):
            if left <= end - start:
                return start + left
            left -= end - start
        raise AssertionError("business hours never end")

    def _hours_from(self, since: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """Yield from when to when the office is open, from a time on, in UTC, so that clock changes count."""
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
    """Return the holidays of a province; it adds a year when one of its days is asked for."""
    language = "en_CA" if country == "CA" else None
    return holidays.country_holidays(country, subdiv=province or None, categories=kinds, language=language)
