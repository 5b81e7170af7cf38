"""What Prefect's own schedule does on the two days a year when the town's clock changes."""

from __future__ import annotations

import asyncio
import datetime as dt
from zoneinfo import ZoneInfo

import pytest

TOWN = ZoneInfo("America/Toronto")
FORWARD = dt.date(2027, 3, 14)  # 2:00 becomes 3:00
BACK = dt.date(2026, 11, 1)  # 2:00 becomes 1:00


def _runs(cron: str, day: dt.date) -> list[str]:
    """Return when the runs of a day are, by the town's clock, however often the schedule is asked around that day."""
    from prefect.server.schemas.schedules import CronSchedule

    schedule = CronSchedule(cron=cron, timezone=TOWN.key)
    first = dt.datetime.combine(day - dt.timedelta(days=1), dt.time(18), TOWN).astimezone(dt.UTC)
    asked_at = [first + dt.timedelta(minutes=20 * n) for n in range(60)]
    moments = {
        moment.astimezone(dt.UTC) for at in asked_at for moment in asyncio.run(schedule.get_dates(n=3, start=at))
    }
    return [
        f"{moment:%H:%M%z}"
        for moment in (moment.astimezone(TOWN) for moment in sorted(moments))
        if moment.date() == day
    ]


def test_a_bot_of_half_past_two_runs_once_on_the_day_without_that_time() -> None:
    assert _runs("30 2 * * *", FORWARD) == ["01:30-0500"]


def test_a_bot_of_half_past_one_runs_once_on_the_day_that_has_it_twice() -> None:
    assert _runs("30 1 * * *", BACK) == ["01:30-0400"]


@pytest.mark.parametrize("day", [FORWARD, BACK])
def test_a_bot_of_the_working_day_runs_by_the_clock_on_the_wall(day: dt.date) -> None:
    offset = "-0400" if day == FORWARD else "-0500"

    assert _runs("0 7 * * *", day) == [f"07:00{offset}"]
