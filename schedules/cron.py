"""A cron expression: five fields that say at which minutes something runs, checked, and told in words.

This is the part of cron that a town needs and that everybody reads the same way: numbers, names of days and months,
lists, ranges and steps. Whatever it takes, Prefect takes too, with the same meaning.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass

DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
MONTHS = tuple(calendar.month_name)[1:]


@dataclass(frozen=True, slots=True)
class Place:
    """One of the five places of a cron expression: what it counts, from where to where, and names for the numbers."""

    name: str
    first: int
    last: int
    names: tuple[str, ...] = ()

    @property
    def every(self) -> tuple[int, ...]:
        """Return all that may stand here."""
        return tuple(range(self.first, self.last + 1))


PLACES = (
    Place("minute", 0, 59),
    Place("hour", 0, 23),
    Place("day of the month", 1, 31),
    Place("month", 1, 12, tuple(month[:3].lower() for month in MONTHS)),
    Place("day of the week", 0, 6, tuple(day[:3].lower() for day in DAYS)),
)


@dataclass(frozen=True, slots=True)
class Cron:
    """The minutes, hours, days of the month, months and days of the week (0 is Sunday) of a cron expression."""

    text: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> Cron:
        """Return a cron expression. Raises ValueError, saying what is wrong with which place, if it is none."""
        parts = text.split()
        if len(parts) != len(PLACES):
            raise ValueError(f"expected five places, {', '.join(p.name for p in PLACES)}, and there are {len(parts)}")
        minutes, hours, days, months, weekdays = (
            _numbers(part, place) for part, place in zip(parts, PLACES, strict=True)
        )
        cron = cls(" ".join(parts), minutes, hours, days, months, weekdays)
        if days != PLACES[2].every and weekdays != PLACES[4].every:
            raise ValueError("give days of the month or days of the week, not both: cron would run on either")
        if not any(day <= calendar.monthrange(2028, month)[1] for day in days for month in months):
            raise ValueError("this day never comes")
        return cron

    def in_words(self) -> str:
        """Return when it runs, as a clerk would say it: ``every 15 minutes from 7:00 to 18:59, Monday to Friday``."""
        return f"{self._times()}, {self._days()}{self._months()}"

    def _times(self) -> str:
        if len(self.minutes) * len(self.hours) <= 4:
            return "at " + _listed([f"{hour}:{minute:02}" for hour in self.hours for minute in self.minutes])
        return f"{self._minutes()} {self._hours()}"

    def _minutes(self) -> str:
        step = 60 // len(self.minutes)
        if self.minutes == PLACES[0].every:
            return "every minute"
        if len(self.minutes) > 1 and self.minutes == tuple(range(0, 60, step)):
            return f"every {step} minutes"
        return f"at {_listed([f':{minute:02}' for minute in self.minutes])} of every hour"

    def _hours(self) -> str:
        if self.hours == PLACES[1].every:
            return "day and night"
        if _is_range(self.hours):
            return f"from {self.hours[0]}:00 to {self.hours[-1]}:59"
        return "in the hours of " + _listed([f"{hour}:00" for hour in self.hours])

    def _days(self) -> str:
        if self.days != PLACES[2].every:
            return f"on day {_listed([str(day) for day in self.days])} of the month"
        if self.weekdays == PLACES[4].every:
            return "every day"
        if _is_range(self.weekdays) and len(self.weekdays) > 2:
            return f"{DAYS[self.weekdays[0]]} to {DAYS[self.weekdays[-1]]}"
        return "on " + _listed([DAYS[day] for day in self.weekdays])

    def _months(self) -> str:
        return "" if self.months == PLACES[3].every else " in " + _listed([MONTHS[month - 1] for month in self.months])


def _numbers(text: str, place: Place) -> tuple[int, ...]:
    return tuple(sorted({number for part in text.lower().split(",") for number in _some(part, place)}))


def _some(text: str, place: Place) -> Sequence[int]:
    """Return the numbers of one entry of a list: ``*``, ``5``, ``7-18``, ``mon-fri``, and each with ``/STEP``."""
    span, slash, step = text.partition("/")
    first, dash, last = span.partition("-")
    low = place.first if span == "*" else _number(first, place)
    high = place.last if span == "*" or (slash and not dash) else _number(last if dash else first, place)
    if low > high:
        raise ValueError(f"{place.name} {text!r} ends before it begins")
    if slash and not (step.isascii() and step.isdigit() and 0 < int(step) <= place.last):
        raise ValueError(f"{place.name} {text!r}: expected a step from 1 to {place.last} after the slash")
    return range(low, high + 1, int(step) if slash else 1)


def _number(text: str, place: Place) -> int:
    if text in place.names:
        return place.names.index(text) + place.first
    if text.isascii() and text.isdigit() and place.first <= int(text) <= place.last:
        return int(text)
    names = f" or {place.names[0]} to {place.names[-1]}" if place.names else ""
    raise ValueError(f"{place.name} {text!r} is not {place.first} to {place.last}{names}")


def _is_range(numbers: Sequence[int]) -> bool:
    return numbers == tuple(range(numbers[0], numbers[-1] + 1))


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
