"""Cron expressions: what is taken means to Prefect what it means here, and what is not is told."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from schedules.cron import Cron
from schedules.timetable import TIMETABLE

YEAR = dt.datetime(2028, 1, 1, tzinfo=dt.UTC)  # a leap year, that begins on a Saturday


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("*/15 7-18 * * mon-fri", "every 15 minutes from 7:00 to 18:59, Monday to Friday"),
        ("10,40 7-18 * * mon-fri", "at :10 and :40 of every hour from 7:00 to 18:59, Monday to Friday"),
        ("30 2 * * *", "at 2:30, every day"),
        ("0 7,13 1,15 * *", "at 7:00 and 13:00, on day 1 and 15 of the month"),
        ("* * * * *", "every minute day and night, every day"),
        ("0 6 * * sat", "at 6:00, on Saturday"),
        (
            "*/20 8,12,16 * jan,jul *",
            "every 20 minutes in the hours of 8:00, 12:00 and 16:00, every day in January and July",
        ),
        ("0 6 * * mon,tue", "at 6:00, on Monday and Tuesday"),
    ],
)
def test_a_clerk_is_told_in_words_when_a_bot_runs(text: str, words: str) -> None:
    assert Cron.parse(text).in_words() == words


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("60 * * * *", "minute '60' is not 0 to 59"),
        ("0 24 * * *", "hour '24' is not 0 to 23"),
        ("0 0 * * fri#2", "day of the week 'fri#2' is not 0 to 6 or sun to sat"),
        ("0 9-7 * * *", "hour '9-7' ends before it begins"),
        ("*/0 * * * *", "expected a step from 1 to 59"),
        ("0 7 31 2 *", "this day never comes"),
        ("0 7 1 * mon", "not both"),
        ("0 7 * *", "there are 4"),
        ("@daily", "there are 1"),
        ("", "there are 0"),
        ("0,, 7 * * *", "minute '' is not 0 to 59"),
        ("²  7 * * *", "minute '²' is not 0 to 59"),
    ],
)
def test_what_is_no_time_is_told_with_the_place_that_is_wrong(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault.replace("?", r"\?")):
        Cron.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        *(timed.cron for timed in TIMETABLE),
        "5/20 3-5 * * sun",
        "0 6 29 feb *",
        "7-59/13 */6 1-10/3 mar-may *",
        "1 1 * * 0,3,SAT",
    ],
)
def test_prefect_runs_at_the_minutes_that_we_mean_and_at_no_others(text: str) -> None:
    from prefect.server.schemas.schedules import CronSchedule

    cron = Cron.parse(text)
    minutes = [
        minute_at
        for minute_at in (YEAR + dt.timedelta(minutes=minute) for minute in range(366 * 24 * 60))
        if minute_at.minute in cron.minutes
        and minute_at.hour in cron.hours
        and minute_at.day in cron.days
        and minute_at.month in cron.months
        and (minute_at.weekday() + 1) % 7 in cron.weekdays
    ][:900]
    prefect_minutes = asyncio.run(
        CronSchedule(cron=cron.text, timezone="UTC").get_dates(n=900, start=YEAR, end=YEAR.replace(year=2029))
    )

    assert minutes == [minute_at for minute_at in prefect_minutes if minute_at.year == YEAR.year]
