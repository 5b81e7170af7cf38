"""When a case that waits for a person is due, who is reminded before, and who is notified when it is late.

The rules are in ``due_times.toml`` in this folder; a town changes them in the file named by ``KEYWRIGHT_DUE_TIMES``.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from keywright.cases.business_days import Calendar
from keywright.errors import Stop
from keywright.findings import Kind
from keywright.settings.settings import settings
from keywright.settings.town_file import town_file

SHIPPED = Path(__file__).with_suffix(".toml")
ALL = "all"
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Span:
    """A number of business days, or of opening hours."""

    days: int = 0
    hours: dt.timedelta | None = None

    def after(self, since: dt.datetime, calendar: Calendar) -> dt.datetime:
        """Return the time at the end of this span after ``since``, in UTC."""
        return calendar.days_after(since, self.days) if self.hours is None else calendar.hours_after(since, self.hours)


@dataclass(frozen=True, slots=True)
class Rule:
    """For one bot and kind: when cases are due, how long before that people are reminded, and who is notified after."""

    due: Span
    remind: Span
    remind_whom: tuple[str, ...]
    escalate_to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DueTimes:
    """The calendar of an office and its rules: ``kinds`` by kind of exception, ``bots`` by bot and kind."""

    calendar: Calendar
    kinds: Mapping[str, Mapping[str, Any]]
    bots: Mapping[str, Mapping[str, Mapping[str, Any]]]

    def rule(self, bot: str, kind: str) -> Rule:
        """Return the rule for a bot and a kind; a more specific setting takes precedence over one for all."""
        own = self.bots.get(bot, {})
        levels = (self.kinds[ALL], self.kinds.get(kind, {}), own.get(ALL, {}), own.get(kind, {}))
        return Rule(**{word: _WORDS[word](value) for words in levels for word, value in words.items()})


def due_at(bot: str, kind: str, since: dt.datetime) -> dt.datetime:
    """Return when a case is due that was referred at ``since`` for a kind of exception; aware, in UTC."""
    rules = due_times()
    return rules.rule(bot, kind).due.after(since, rules.calendar)


@cache
def due_times() -> DueTimes:
    """Return this office's calendar and rules, read once. Raises Stop, naming every fault."""
    local = settings()
    return read(local.due_times, local.zone)


def read(path: str, zone: ZoneInfo) -> DueTimes:
    """Return the shipped calendar and rules with the changes of a town's file; ``path`` is "" without one.

    Raises Stop with a line for each fault of the file.
    """
    changes, shipped = town_file(path, "KEYWRIGHT_DUE_TIMES"), tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    if faults := list(_faults(changes)):
        raise Stop("\n  ".join([f"The due times {path} cannot be used:", *faults]))
    office = {**shipped["office"], **changes.get("office", {})}
    town, shipped_kinds = changes.get("kinds", {}), shipped["kinds"]
    kinds = {kind: {**shipped_kinds.get(kind, {}), **town.get(kind, {})} for kind in {*shipped_kinds, *town}}
    calendar = Calendar(zone=zone, **{word: _OFFICE[word](value) for word, value in office.items()})
    _ensure_usable(calendar, path)
    return DueTimes(calendar, kinds, changes.get("bots", {}))


def _ensure_usable(calendar: Calendar, path: str) -> None:
    """Raise Stop for an office that never opens, or a province whose holidays are not known."""
    try:
        if calendar.closes <= calendar.opens:
            raise ValueError(f"it closes at {calendar.closes:%H:%M}, before it opens at {calendar.opens:%H:%M}")
        calendar.days_after(dt.datetime.now(dt.UTC), 1)
    except (ValueError, NotImplementedError) as fault:
        raise Stop(f"The due times {path} cannot be used:\n  [office] {fault}") from fault


def _faults(changes: Mapping[str, Any]) -> Iterator[str]:
    for part, words in changes.items():
        match part:
            case "office":
                yield from _of_words("office", words, _OFFICE)
            case "kinds":
                yield from _of_kinds("kinds", words)
            case "bots":
                for bot, kinds in _table(words).items():
                    yield from _of_kinds(f"bots.{bot}", kinds)
            case _:
                yield f"[{part}]: expected one of [office], [kinds.…], [bots.…]."


def _of_kinds(place: str, kinds: Any) -> Iterator[str]:
    if not isinstance(kinds, Mapping):
        yield f"{place} = {kinds!r}: expected [{place}.{ALL}], or a kind of exception in the place of {ALL}."
        return
    for kind, words in kinds.items():
        if kind not in (ALL, *Kind):
            yield f"[{place}.{kind}]: there is no such kind. There are: {', '.join((ALL, *Kind))}."
        yield from _of_words(f"{place}.{kind}", words, _WORDS)


def _of_words(place: str, words: Any, known: Mapping[str, Callable[[Any], Any]]) -> Iterator[str]:
    if not isinstance(words, Mapping):
        yield f"{place} = {words!r}: expected [{place}] and lines under it."
        return
    for word, value in words.items():
        if word not in known:
            yield f"[{place}] {word}: expected one of {', '.join(known)}."
            continue
        try:
            known[word](value)
        except ValueError as fault:
            yield f"[{place}] {word} = {value!r}: {fault}."


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {"": value}


def _span(value: Any) -> Span:
    match = re.fullmatch(r"(\d{1,4}) (day|hour|minute)s?", value) if isinstance(value, str) else None
    if not match:
        raise ValueError('expected a time such as "2 days", "4 hours" or "90 minutes"')
    amount = int(match[1])
    if match[2] == "day":
        return Span(days=amount)
    return Span(hours=dt.timedelta(**{f"{match[2]}s": amount}))


def _hours(value: Any) -> Span:
    span = _span(value)
    if span.hours is None:
        raise ValueError('expected hours of opening before it is due, such as "4 hours"')
    return span


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) and name.strip() for name in value):
        raise ValueError('expected names in brackets, such as ["supervisor"]')
    return tuple(value)


def _some_names(value: Any) -> tuple[str, ...]:
    if not (names := _names(value)):
        raise ValueError("name at least one group or person, or no one is notified")
    return names


def _time(value: Any) -> dt.time:
    if not isinstance(value, str) or not re.fullmatch(r"\d\d:\d\d", value):
        raise ValueError('expected a time of day such as "08:30"')
    return dt.time.fromisoformat(value)


def _week(value: Any) -> frozenset[int]:
    if strange := set(_some_names(value)) - set(WEEK):
        raise ValueError(f"{', '.join(sorted(strange))} is none of {', '.join(WEEK)}")
    return frozenset(WEEK.index(day) for day in value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("expected a word in quotes")
    return value


def _holiday_kinds(value: Any) -> tuple[str, ...]:
    known = holidays.CA.supported_categories
    if strange := set(_names(value)) - set(known):
        raise ValueError(f"{', '.join(sorted(strange))} is none of {', '.join(known)}")
    return tuple(value)


def _days(value: Any) -> frozenset[dt.date]:
    return frozenset(_day(day) for day in value) if isinstance(value, list) else frozenset([_day(value)])


def _day(value: Any) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if not isinstance(value, str):
        raise ValueError('expected days such as ["2026-12-24"]')
    return dt.date.fromisoformat(value)


def _days_or_names(value: Any) -> frozenset[dt.date | str]:
    if not isinstance(value, list):
        raise ValueError('expected days or names in brackets, such as ["Easter Monday"]')
    return frozenset(
        entry if isinstance(entry, str) and not re.match(r"\d{4}-", entry) else _day(entry) for entry in value
    )


_OFFICE: dict[str, Callable[[Any], Any]] = {
    "opens": _time,
    "closes": _time,
    "week": _week,
    "country": _text,
    "province": _text,
    "holidays": _holiday_kinds,
    "also_closed": _days,
    "open_after_all": _days_or_names,
}
_WORDS: dict[str, Callable[[Any], Any]] = {
    "due": _span,
    "remind": _hours,
    "remind_whom": _some_names,
    "escalate_to": _some_names,
}
