"""A robot of the gym at work: works one case on command, and stops at the moments that the lane requested.

It exchanges JSON, one message a line. At each requested moment it waits until the lane says go.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

import systems.web.browser.browser
import systems.web.screen.screen
import systems.web.screen.survey
import systems.web.screen.tables
import tasks.key
from bench.gym.plan import KeyingMoment
from bench.gym.records import gym_bot
from keywright.cases import work_queue
from keywright.cases.worker import Office
from keywright.errors import Stop
from keywright.model.target_system import Posting, Receipt, SignIn, TargetSystem
from keywright.settings.settings import settings
from tasks.pipeline import work_claimed
from tasks.runs.recheck import recheck_due
from tasks.system_session import Desk

PATIENCE = 1.5  # seconds; 15 in real life: a tenth, as a stall of 60 is 3 here, and the looks again are scaled too
SOON = 0.7
RESTS = 0.5  # longer than the latest script of the town hall, as 1.5 s are in real life
IN_PLACE = 0.5
DATABASE_PATIENCE = 0.3


class Reports:
    """Reports the moment that the lane requested, and waits there for the lane."""

    def __init__(self) -> None:
        self.moment: str | None = None
        self.skip = 0

    def ask(self, moment: str | None, skip: int) -> None:
        """Note which moment is reported, after so many of its kind."""
        self.moment, self.skip = moment, skip

    def at(self, moment: KeyingMoment) -> None:
        """Come to a moment."""
        if moment != self.moment:
            return
        self.skip -= 1
        if self.skip < 0:
            self.moment = None
            say(at=moment)
            sys.stdin.readline()


class Watched:
    """A target system whose moments are reported."""

    def __init__(self, real: TargetSystem[Any], reports: Reports) -> None:
        self.real, self.reports = real, reports
        self.name = real.name

    def identity(self, record: Any, /) -> str:
        return self.real.identity(record)

    def find(self, record: Any, /) -> Receipt | None:
        self.reports.at(KeyingMoment.LOOKS)
        receipt = self.real.find(record)
        self.reports.at(KeyingMoment.LOOKED)
        return receipt

    def enter(self, record: Any, posting: Posting, /) -> None:
        self.real.enter(record, self._right(posting))
        self.reports.at(KeyingMoment.ENTERED)

    def last_screen(self) -> bytes:
        real: Any = self.real
        picture: bytes = real.last_screen()
        return picture

    def _right(self, posting: Posting) -> Posting:
        def right() -> float:
            self.reports.at(KeyingMoment.ASKS)
            seconds = posting()
            self.reports.at(KeyingMoment.MAY_POST)
            return seconds

        return right


class WatchedFinishing(Watched):
    """A target system that can leave a record unfinished, whose moments are reported."""

    def finish(self, record: Any, posting: Posting, /) -> None:
        real: Any = self.real
        real.finish(record, self._right(posting))
        self.reports.at(KeyingMoment.ENTERED)


class WatchedDesk(Desk):
    """A desk at which every moment is reported."""

    reports: Reports

    @contextmanager
    def system(self) -> Iterator[TargetSystem[Any]]:
        with super().system() as real:
            watched: Any = (WatchedFinishing if hasattr(real, "finish") else Watched)(real, self.reports)
            yield watched


def work_on(spec: dict[str, Any]) -> None:
    """Open the desk that the lane describes, say ready, and work a case for every line that comes."""
    scale(spec["pace"])
    impatient_with_the_database(spec["pace"])
    bot = gym_bot(spec["kind"])
    desk = WatchedDesk(bot, SignIn(spec["url"], spec["clerk"], "clerk-pw"))
    desk.reports = Reports()
    office = Office.of(settings())
    with desk:
        say(ready=True)
        for line in sys.stdin:
            request = json.loads(line)
            desk.reports.ask(request["moment"], request["skip"])
            say(**(look(bot, desk, office) if request["look"] else work(bot, desk, office)))


def work(bot: Any, desk: Desk, office: Any) -> dict[str, Any]:
    """Work the waiting case, and return how it ended."""
    try:
        case = work_queue.claim(bot.name, office.worker, office.settings.lease)
        if case is None:
            return {"done": "none"}
        return {"done": work_claimed(case, bot, desk, office).state}
    except Stop as stop:
        desk.leave()
        return {"stop": str(stop)}
    except Exception as fault:  # noqa: BLE001 - a run that ends in an error: the timetable starts another
        desk.leave()
        return {"fault": f"{type(fault).__name__}: {fault}"}


def look(bot: Any, desk: Desk, office: Any) -> dict[str, Any]:
    """Look again for the records of referred cases, and return how many cases that settled."""
    try:
        return {"settled": len(list(recheck_due(bot, desk, office)))}
    except Stop as stop:
        desk.leave()
        return {"stop": str(stop)}


def scale(pace: float) -> None:
    """Shorten the patience of screens, as the town hall's stalls are shortened."""
    systems.web.browser.browser.PATIENCE_MS = round(PATIENCE * pace * 1000)
    for module in (systems.web.screen.screen, systems.web.screen.survey):
        vars(module)["SOON_S"] = SOON * pace
    tables = systems.web.screen.tables
    tables.RESTS_S, tables.RESTLESS_S = RESTS * pace, PATIENCE * pace
    tasks.key.IN_PLACE = IN_PLACE * pace


def impatient_with_the_database(pace: float) -> None:
    """Give up a locked database after a moment, so that it need not be gone for half a minute."""
    connection.settings_dict["OPTIONS"]["timeout"] = DATABASE_PATIENCE * pace
    connection.close()


def say(**message: object) -> None:
    """Send the lane a message."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()
