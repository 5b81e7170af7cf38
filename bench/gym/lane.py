"""One lane of the gym: its own town hall, network, office and two robots, which work one keying after another.

It runs as a process: it gets its task as JSON, and prints each result as a line of JSON.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import ProxyHandler, build_opener

from bench.gym.judge import KeyingOutcome, Result, judged
from bench.gym.plan import AtOurs, GymTrial, Ours, trial
from bench.gym.robot import Robot
from demo.faulty_network import FaultyNetwork, Ordered, faulty_network
from demo.town_hall.server import TownHall, running
from demo.town_hall.sessions import CLERKS
from demo.town_hall.switches import SiteFault, switch_off, switch_on

LEASE = 2  # seconds
LOOK_AGAIN = (0.1, 0.3, 0.8, 1.8)  # seconds: in all as long as the longest stall, as 2 to 180 s are against one of 60
ROBOTS = {"voucher": "clerk", "permit": "clerk2"}
OTHER_CLERK = "clerk3"
MOST_TRIES = 12
MENDED_AFTER = 4  # tries: then IT has repaired every permanent fault
HUNG = 45.0  # seconds


class GymLane:
    """Works trials of one kind, one after another."""

    def __init__(self, seed: int, home: Path, hall: TownHall, network: FaultyNetwork, kind: str, pace: float) -> None:
        from keywright.cases.worker import Office
        from keywright.settings.settings import settings

        self.seed, self.home, self.hall, self.network, self.kind = seed, home, hall, network, kind
        self.pace = pace
        self.office = Office.of(settings())
        self._first = self._start(ROBOTS[kind])
        self._second = self._start(OTHER_CLERK)
        self._stopped: Robot | None = None
        self._second_works = False
        self._case: Any = None
        self._fired = 0

    def close(self) -> None:
        """End both robots."""
        self._first.end()
        self._second.end()

    def run(self, drawn: GymTrial) -> Result:
        """Key one record while its faults come in, and judge what is left.

        1. Open the case, and switch its faults on.
        2. Let a robot work it, and others after it, until it is at its end, as the timetable would.
        3. Wait until nothing is on its way any more, and mend all.
        4. Judge; and see whether a second look settles what was referred, and settles it right.
        """
        from bench.gym import world
        from bench.gym.records import is_right, stored
        from keywright.model.case import State

        began = time.monotonic()
        self._fired = 0
        self._case = case = world.open_checked(drawn.kind, self.seed, drawn.number, self.office)
        before = len(stored(drawn.kind, self.hall))
        self._break(drawn)
        case, tries, stops = self._work_on(drawn, case)
        self._mend()
        if any(switch.fault is SiteFault.REPLAYS_THE_POST for switch in drawn.switches):
            self._sign_everybody_in()
        records = stored(drawn.kind, self.hall)[before:]
        right = [is_right(drawn.kind, self.seed, drawn.number, record) for record in records]
        outcome, settled = judged(case, right), False
        if outcome is KeyingOutcome.REFERRED and (later := self._second_look(case)).state is State.KEYED:
            settled = judged(later, right) is KeyingOutcome.RIGHT
            outcome = outcome if settled else judged(later, right)
        bad = outcome not in (KeyingOutcome.RIGHT, KeyingOutcome.REFERRED)
        details = f"{asdict(drawn)} {case.state} {records} {world.story_of(case)}" if bad else ""
        rules = tuple(finding.rule for finding in case.findings) or (("failed",) if case.state == "failed" else ())
        return Result(
            *(drawn.number, drawn.kind, drawn.fault, drawn.also, outcome, settled, rules, len(records), self._fired),
            *(tries, stops, time.monotonic() - began, details),
        )

    def _break(self, drawn: GymTrial) -> None:
        """Switch on what the trial says; where a second robot will be needed, it stands ready."""
        if any(fault.fault in (Ours.STOPPED, Ours.TWO_WORKERS) for fault in drawn.own_faults):
            self._second.wait_until_ready()
        switch_on(self.home, *(replace(switch, seconds=switch.seconds * self.pace) for switch in drawn.switches))
        cuts = [
            Ordered(w.step, cut=w.cut, seconds=w.seconds * self.pace, skip=w.skip, times=w.times)
            for w in drawn.on_the_way
        ]
        acts = [
            Ordered(fault.step, act=partial(self._act, fault), when=fault.when, skip=fault.skip)
            for fault in drawn.own_faults
            if fault.step
        ]
        self.network.order(*cuts, *acts)

    def _mend(self) -> None:
        """Let everything work normally, once no request is under way any more."""
        self._first.empty_disk()
        self._second.empty_disk()
        self.network.wait_until_quiet()
        self._fired += sum(switch_off(self.home).values()) + sum(event.happened for event in self.network.mend())

    def _sign_everybody_in(self) -> None:
        """Let every clerk sign in once more: what the town hall kept to replay is booked now, and not days later."""
        for clerk, password in CLERKS.items():
            form = urlencode({"login": clerk, "password": password}).encode()
            build_opener(ProxyHandler({})).open(f"{self.hall.url}/login", form, timeout=20).close()

    def _work_on(self, drawn: GymTrial, case: Any) -> tuple[Any, int, int]:
        """Let robots work a case until it is at its end; return it, the tries, and how often a bot stopped for IT."""
        from bench.gym import world
        from keywright.cases import casebook

        moments = [fault for fault in drawn.own_faults if fault.moment]
        stops = 0
        for tries in range(1, MOST_TRIES + 1):
            stopped = self._try(moments)
            case = casebook.get(case.id)
            if not world.is_waiting(case):
                break
            world.let_time_pass(case)
            stops += stopped
            if stopped or tries >= MENDED_AFTER:
                self._mend()
        return case, tries, stops

    def _try(self, moments: list[AtOurs]) -> bool:
        """Let a robot work the case once; return True if the bot stopped, with a reason for IT."""
        if not self._first.alive:
            self._first.end()
            self._first, self._second = self._second, self._start(self._first.clerk)
        robot = self._first
        fault = moments.pop(0) if moments else None
        robot.work(fault.moment if fault else None, fault.skip if fault else 0)
        message = self._listen(robot, fault)
        self._hear_second()
        robot.empty_disk()
        return "stop" in message

    def _listen(self, robot: Robot, fault: AtOurs | None) -> dict[str, Any]:
        """Listen to a robot, and act at its moments; return its last message."""
        until = time.monotonic() + HUNG
        while time.monotonic() < until:
            if self._stopped:
                self._work_past(self._stopped)
                until = time.monotonic() + HUNG
            try:
                message = robot.hear(0.05)
            except queue.Empty:
                continue
            if message is None:
                return {"died": True}
            if "at" not in message:
                return message
            assert fault is not None, "only a requested moment is reported"
            self._act(fault)
            robot.go()
        robot.end()
        return {"hung": True}

    def _act(self, fault: AtOurs) -> None:
        """Let our own side fail. Called where the robot stands still, or while its request is on the way."""
        from django.db import connection

        from bench.gym import world

        self._fired += fault.moment is not None
        match fault.fault:
            case Ours.KILLED:
                self._first.kill()
            case Ours.STOPPED:
                self._first.stop()
                self._stopped = self._first
            case Ours.DISK_FULL:
                self._first.fill_disk()
            case Ours.DATABASE_GONE:
                world.take_database_away(self._database(), world.GONE * self.pace)
            case Ours.BROWSER_KILLED:
                self._first.kill_browser()
            case Ours.CLOCK_AHEAD:
                world.shift_leases(self._case, -1)
            case Ours.CLOCK_BACK:
                world.shift_leases(self._case, 1)
            case Ours.TWO_WORKERS:
                world.shift_leases(self._case, -1)
                self._second.work()
                self._second_works = True
        if fault.step:
            connection.close()  # of the network's own thread

    def _hear_second(self) -> None:
        """Wait until the second robot, if it works too, is done."""
        if not self._second_works:
            return
        self._second_works = False
        try:
            message = self._second.hear(HUNG)
        except queue.Empty:
            message = None
        if message is None:
            self._second.end()
            self._second = self._start(self._second.clerk)

    def _work_past(self, stopped: Robot) -> None:
        """Wait until a stopped robot's lease has ended, let the other work the case, and let the stopped one go on."""
        time.sleep(self.office.settings.lease.total_seconds() + 0.3)
        self._second.work()
        self._second_works = True
        self._hear_second()
        self._stopped = None
        stopped.go_on()

    def _second_look(self, case: Any) -> Any:
        """Let hours pass, let a robot look again for the record of a referred case, and return the case after that."""
        from bench.gym import world
        from keywright.cases import casebook

        world.let_hours_pass(case)
        if not self._first.alive:
            self._first.end()
            self._first, self._second = self._second, self._start(self._first.clerk)
        self._first.look()
        self._listen(self._first, None)
        return casebook.get(case.id)

    def _start(self, clerk: str) -> Robot:
        return Robot(self.kind, clerk, self.network.url, self.home / "robots.log", self.pace, settings_of(self.pace))

    def _database(self) -> Path:
        return Path(self.office.settings.database_url.removeprefix("sqlite:///"))


def settings_of(pace: float) -> dict[str, str]:
    """Return the settings of a lane's office: its waits, scaled."""
    waits = ",".join(str(wait * pace) for wait in LOOK_AGAIN)
    return {"KEYWRIGHT_LEASE_SECONDS": str(round(LEASE * pace)), "KEYWRIGHT_LOOK_AGAIN_SECONDS": waits}


@contextmanager
def lane(seed: int, home: Path, kind: str, pace: float) -> Iterator[GymLane]:
    """Open a lane with everything that it needs, in an empty folder."""
    with ExitStack() as doors:
        hall = doors.enter_context(running(home / "town_hall"))
        network = doors.enter_context(faulty_network(hall.url))
        opened_lane = GymLane(seed, home / "town_hall", hall, network, kind, pace)
        doors.callback(opened_lane.close)
        yield opened_lane


def results(seed: int, numbers: Sequence[int], faults: Sequence[str], home: Path, pace: float) -> Iterator[Result]:
    """Run trials, those of a kind together: a browser is opened once for many."""
    trials = [trial(seed, number, faults) for number in numbers]
    for kind in ("voucher", "permit"):
        if mine := [drawn for drawn in trials if drawn.kind == kind]:
            with lane(seed, home / kind, kind, pace) as one_lane:
                yield from map(one_lane.run, mine)


def verified(lane_results: Iterator[Result]) -> Iterator[Result]:
    """Yield every result; when they end, or are broken off, the lane's ledger must verify after all it went through.

    Raises RuntimeError if it does not: the last keying is missing from the table then, and the bench returns 1.
    """
    from keywright.ledger import ledger

    last = None
    try:
        for result in lane_results:
            if last:
                yield last
            last = result
    finally:
        if fault := ledger.verify().fault:
            raise RuntimeError(f"The ledger does not verify after the faults. {fault}")
    if last:
        yield last


def main() -> None:
    """Run what the command line says as JSON, in a home of its own."""
    spec = json.loads(sys.argv[1])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that robots, town hall and network end too
    with tempfile.TemporaryDirectory(prefix="keywright-gym-") as home:
        os.environ.update({"KEYWRIGHT_HOME": home, "KEYWRIGHT_DATABASE_URL": "", **settings_of(spec["pace"])})
        from keywright.setup import open_records

        open_records()
        for result in verified(results(spec["seed"], spec["numbers"], spec["faults"], Path(home), spec["pace"])):
            sys.stdout.write(json.dumps(asdict(result)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
