"""The calendar of business days: weekends, Ontario's and the federal holidays, clock changes."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from keywright.cases.business_days import Calendar

TORONTO = ZoneInfo("America/Toronto")
OFFICE = Calendar(TORONTO)


def at(text: str, zone: ZoneInfo = TORONTO) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


def hours(number: float) -> dt.timedelta:
    return dt.timedelta(hours=number)


@pytest.mark.parametrize(
    ("since", "days", "due"),
    [
        ("2026-11-18T10:00", 1, "2026-11-19T16:30"),  # Wednesday morning
        ("2026-11-20T10:00", 1, "2026-11-23T16:30"),  # Friday: over the weekend
        ("2026-11-20T17:00", 1, "2026-11-24T16:30"),  # after closing: it came in on Monday
        ("2026-11-21T10:00", 0, "2026-11-23T16:30"),  # on Saturday, due the same day: on Monday
        ("2026-10-09T10:00", 1, "2026-10-13T16:30"),  # Thanksgiving is the Monday
        ("2026-12-24T10:00", 1, "2026-12-29T16:30"),  # Boxing Day is made up for on Monday
    ],
)
def test_business_days_end_at_closing_time(since: str, days: int, due: str) -> None:
    assert OFFICE.days_after(at(since), days) == at(due)


@pytest.mark.parametrize(
    ("since", "number", "due"),
    [
        ("2026-11-18T10:00", 4, "2026-11-18T14:00"),
        ("2026-11-18T15:30", 4, "2026-11-19T11:30"),
        ("2026-11-18T06:00", 4, "2026-11-18T12:30"),  # before opening
        ("2026-11-20T16:00", 1, "2026-11-23T09:00"),
        ("2026-11-21T10:00", 0, "2026-11-23T08:30"),
    ],
)
def test_hours_pass_while_the_office_is_open(since: str, number: float, due: str) -> None:
    assert OFFICE.hours_after(at(since), hours(number)) == at(due)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-02-16", "Family Day"),
        ("2026-08-03", "Civic Holiday"),
        ("2026-09-30", "National Day for Truth and Reconciliation"),
        ("2026-11-11", "Remembrance Day"),
        ("2027-04-26", ""),
    ],
)
def test_ontarios_civic_and_federal_holidays_are_known_by_name(day: str, name: str) -> None:
    date = dt.date.fromisoformat(day)
    assert OFFICE.names_of(date) == ([name] if name else [])
    assert OFFICE.is_open(date) is not bool(name)


def test_a_town_says_which_kinds_of_holidays_it_keeps() -> None:
    own = Calendar(TORONTO, holidays=("public",))
    assert own.is_open(dt.date(2026, 8, 3)) and own.is_open(dt.date(2026, 9, 30))
    assert not own.is_open(dt.date(2026, 7, 1))
    assert Calendar(TORONTO, holidays=()).is_open(dt.date(2026, 7, 1))


def test_a_town_works_on_a_holiday_and_closes_on_a_day_of_its_own() -> None:
    own = Calendar(
        TORONTO,
        open_after_all=frozenset({"Easter Monday", dt.date(2026, 11, 11)}),
        also_closed=frozenset({dt.date(2026, 12, 24)}),
    )
    assert own.is_open(dt.date(2026, 4, 6)) and own.is_open(dt.date(2026, 11, 11))
    assert not own.is_open(dt.date(2026, 12, 24))
    assert not own.is_open(dt.date(2026, 4, 3))


def test_due_times_stand_still_on_the_wall_when_the_clocks_change() -> None:
    due = OFFICE.days_after(at("2026-10-30T10:00"), 1)  # the clocks go back on Sunday, November 1
    assert due == at("2026-11-02T16:30")
    assert due - OFFICE.days_after(at("2026-10-30T10:00"), 0) == hours(73)


def test_a_night_in_which_the_clocks_change_has_the_hours_it_has() -> None:
    nights = Calendar(TORONTO, dt.time(0, 0), dt.time(6, 0), frozenset(range(7)), holidays=())
    assert nights.hours_after(at("2026-11-01T00:00"), hours(7)) == at("2026-11-01T06:00")  # one of them twice
    assert nights.hours_after(at("2027-03-14T00:00"), hours(6)) == at("2027-03-15T01:00")  # one of them not at all


def test_another_towns_zone_is_another_closing_time() -> None:
    vancouver = Calendar(ZoneInfo("America/Vancouver"), province="BC")
    since = at("2025-11-18T10:00")  # in 2026 British Columbia kept its summer time: newer machines tell two hours
    assert vancouver.days_after(since, 1) - OFFICE.days_after(since, 1) == hours(3)


def test_an_office_that_never_opens_has_no_next_business_day() -> None:
    with pytest.raises(ValueError, match="closed for more than 370 days"):
        Calendar(TORONTO, week=frozenset()).days_after(at("2026-11-18T10:00"), 1)
