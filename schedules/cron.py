"""A cron expression: five fields that say at which minutes something runs, checked, and described in words.

This is the part of cron that a town needs and that is understood the same way everywhere: numbers, names of days and
months, lists, ranges and steps. Prefect accepts every expression that this module accepts, with the same meaning.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass

DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
MONTHS = tuple(calendar.month_name)[1:]


@dataclass(frozen=True, slots=True)
class CronField:
    """One of the five fields of a cron expression: what it counts, from where to where, and names for the numbers."""

    name: str
    first: int
    last: int
    names: tuple[str, ...] = ()

    @property
    def every(self) -> tuple[int, ...]:
        """Return all numbers that are possible here."""
        return tuple(range(self.first, self.last + 1))


FIELDS = (
    CronField("minute", 0, 59),
    CronField("hour", 0, 23),
    CronField("day of the month", 1, 31),
    CronField("month", 1, 12, tuple(month[:3].lower() for month in MONTHS)),
    CronField("day of the week", 0, 6, tuple(day[:3].lower() for day in DAYS)),
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
        """Return a cron expression. Raises ValueError, naming the wrong field, if it is not valid."""
        parts = text.split()
        if len(parts) != len(FIELDS):
            raise ValueError(f"expected five fields, {', '.join(p.name for p in FIELDS)}, and there are {len(parts)}")
        minutes, hours, days, months, weekdays = (
            _numbers(part, field) for part, field in zip(parts, FIELDS, strict=True)
        )
        cron = cls(" ".join(parts), minutes, hours, days, months, weekdays)
        if days != FIELDS[2].every and weekdays != FIELDS[4].every:
            raise ValueError("give days of the month or days of the week, not both: cron would run on either")
        if not any(day <= calendar.monthrange(2028, month)[1] for day in days for month in months):
            raise ValueError("this day never comes")
        return cron

    def in_words(self) -> str:
        """Return when it runs, as a clerk would say it: ``every 15 minutes from 7:00 to 18:59, Monday to Friday``."""
        return f"{self._times()}, {self._days()}{self._months()}"

    def _times(self) -> str:
        if len(self.minutes) * len(self.hours) <= 4:
            return "at " + _joined([f"{hour}:{minute:02}" for hour in self.hours for minute in self.minutes])
        return f"{self._minutes()} {self._hours()}"

    def _minutes(self) -> str:
        step = 60 // len(self.minutes)
        if self.minutes == FIELDS[0].every:
            return "every minute"
        if len(self.minutes) > 1 and self.minutes == tuple(range(0, 60, step)):
            return f"every {step} minutes"
        return f"at {_joined([f':{minute:02}' for minute in self.minutes])} of every hour"

    def _hours(self) -> str:
        if self.hours == FIELDS[1].every:
            return "day and night"
        if _is_range(self.hours):
            return f"from {self.hours[0]}:00 to {self.hours[-1]}:59"
        return "in the hours of " + _joined([f"{hour}:00" for hour in self.hours])

    def _days(self) -> str:
        if self.days != FIELDS[2].every:
            return f"on day {_joined([str(day) for day in self.days])} of the month"
        if self.weekdays == FIELDS[4].every:
            return "every day"
        if _is_range(self.weekdays) and len(self.weekdays) > 2:
            return f"{DAYS[self.weekdays[0]]} to {DAYS[self.weekdays[-1]]}"
        return "on " + _joined([DAYS[day] for day in self.weekdays])

    def _months(self) -> str:
        return "" if self.months == FIELDS[3].every else " in " + _joined([MONTHS[month - 1] for month in self.months])


def _numbers(text: str, field: CronField) -> tuple[int, ...]:
    return tuple(sorted({number for part in text.lower().split(",") for number in _range(part, field)}))


def _range(text: str, field: CronField) -> Sequence[int]:
    """Return the numbers of one entry of a list: ``*``, ``5``, ``7-18``, ``mon-fri``, and each with ``/STEP``."""
    span, slash, step = text.partition("/")
    first, dash, last = span.partition("-")
    low = field.first if span == "*" else _number(first, field)
    high = field.last if span == "*" or (slash and not dash) else _number(last if dash else first, field)
    if low > high:
        raise ValueError(f"{field.name} {text!r} ends before it begins")
    if slash and not (step.isascii() and step.isdigit() and 0 < int(step) <= field.last):
        raise ValueError(f"{field.name} {text!r}: expected a step from 1 to {field.last} after the slash")
    return range(low, high + 1, int(step) if slash else 1)


def _number(text: str, field: CronField) -> int:
    if text in field.names:
        return field.names.index(text) + field.first
    if text.isascii() and text.isdigit() and field.first <= int(text) <= field.last:
        return int(text)
    names = f" or {field.names[0]} to {field.names[-1]}" if field.names else ""
    raise ValueError(f"{field.name} {text!r} is not {field.first} to {field.last}{names}")


def _is_range(numbers: Sequence[int]) -> bool:
    return numbers == tuple(range(numbers[0], numbers[-1] + 1))


def _joined(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
