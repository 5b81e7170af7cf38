"""When cases are due: the rules that are shipped, and what a town's own file changes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from keywright.cases import due_dates
from keywright.cases.due_dates import DueTimes, Rule, Span, read
from keywright.errors import Stop

ZONE = ZoneInfo("America/Toronto")
SINCE = dt.datetime(2026, 11, 18, 10, 0, tzinfo=ZONE)


def town(path: Path, text: str) -> DueTimes:
    (path / "due.toml").write_text(text, encoding="utf-8")
    return read(str(path / "due.toml"), ZONE)


def due(times: DueTimes, bot: str, kind: str) -> dt.datetime:
    return times.rule(bot, kind).due.after(SINCE, times.calendar).astimezone(ZONE)


def test_the_shipped_rules_give_two_days_and_less_to_what_may_have_been_paid() -> None:
    times = read("", ZONE)
    assert due(times, "supplier-invoices", "reading") == dt.datetime(2026, 11, 20, 16, 30, tzinfo=ZONE)
    assert due(times, "supplier-invoices", "uncertain") == dt.datetime(2026, 11, 18, 14, 0, tzinfo=ZONE)
    assert due(times, "supplier-invoices", "duplicate") == dt.datetime(2026, 11, 19, 16, 30, tzinfo=ZONE)


def test_a_case_of_which_no_kind_is_known_is_due_as_all_are() -> None:
    assert due_dates.due_at("bot-that-is-gone", "", SINCE) == dt.datetime(2026, 11, 20, 16, 30, tzinfo=ZONE)


def test_what_is_said_of_a_bot_and_a_kind_goes_before_what_is_said_of_all(tmp_path: Path) -> None:
    times = town(
        tmp_path,
        """
        [kinds.all]
        due = "5 days"
        [bots.permit-applications.all]
        due = "3 days"
        escalate_to = ["chief"]
        [bots.permit-applications.reading]
        due = "90 minutes"
        """,
    )
    assert due(times, "supplier-invoices", "business").day == 25
    assert due(times, "permit-applications", "business").day == 23
    assert due(times, "permit-applications", "reading") == dt.datetime(2026, 11, 18, 11, 30, tzinfo=ZONE)
    assert times.rule("permit-applications", "reading") == Rule(
        due=Span(hours=dt.timedelta(minutes=90)),
        remind=Span(hours=dt.timedelta(hours=4)),
        remind_whom=("clerk",),
        escalate_to=("chief",),
    )
    assert due(times, "supplier-invoices", "uncertain").hour == 14  # the shipped line holds on


def test_a_towns_hours_and_holidays_are_its_own(tmp_path: Path) -> None:
    times = town(tmp_path, '[office]\ncloses = "12:00"\nopen_after_all = ["Remembrance Day", "2026-12-28"]\n')
    assert due(times, "supplier-invoices", "reading").hour == 12
    assert times.calendar.is_open(dt.date(2026, 11, 11)) and times.calendar.is_open(dt.date(2026, 12, 28))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[kinds.all]\ndue = 2", 'due = 2: expected a time such as "2 days"'),
        ('[kinds.all]\nremind = "1 day"', "expected hours of opening"),
        ("[kinds.all]\nescalate_to = []", "name at least one group or person"),
        ('[kinds.all]\nwithin = "2 days"', "within: expected one of due, remind"),
        ('[kinds.money]\ndue = "2 days"', "there is no such kind. There are: all, business"),
        ('[bots.permits]\ndue = "2 days"', "expected [bots.permits.due] and lines under it"),
        ("kinds = 3", "kinds = 3: expected [kinds.all]"),
        ("[hours]\nopens = 3", "expected one of [office], [kinds.…], [bots.…]"),
        ('[office]\nopens = "8:30"', 'expected a time of day such as "08:30"'),
        ('[office]\nweek = ["monday"]', "monday is none of mon"),
        ('[office]\nholidays = ["bank"]', "bank is none of government, optional, public"),
        ('[office]\nalso_closed = ["Christmas"]', "also_closed"),
        ('[office]\nopens = "17:00"', "before it opens at 17:00"),
        ('[office]\nprovince = "XX"', "[office]"),
        ("[office", "is not TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_line(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(Stop) as stopped:
        town(tmp_path, text)
    assert fault in str(stopped.value)


def test_every_fault_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(Stop) as stopped:
        town(tmp_path, '[office]\nopens = 8\n[kinds.all]\ndue = ""\n[kinds.money]\nx = 1')
    assert len(str(stopped.value).splitlines()) == 5


def test_a_file_that_is_not_there_is_told() -> None:
    with pytest.raises(Stop, match=r"KEYWRIGHT_DUE_TIMES='/nowhere/due\.toml' cannot be read"):
        read("/nowhere/due.toml", ZONE)
