"""Runs a bot once: takes in the files of its folder, then works its waiting cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from keywright.bot import AnyBot
from keywright.cases.worker import Office
from keywright.model.case import Case, Opened, State
from tasks.pipeline import work_claimed
from tasks.runs.inbox import LeftFile, take_in
from tasks.runs.lanes import Lanes, WorkOne
from tasks.runs.recheck import recheck_due
from tasks.system_session import Desk
from tasks.write_receipt import catch_up, sign_ledger

_IN_WORDS = {
    State.KEYED: "keyed",
    State.REFERRED: "handed to a person",
    State.REFUSED: "refused",
    State.FAILED: "failed and handed to IT",
}


@dataclass(frozen=True, slots=True)
class RunSummary:
    """The outcome of one run: documents by whether they were new, cases by the state in which the run left them."""

    bot: str
    new: int
    repeated: int
    states: Mapping[State, int]
    failed: tuple[str, ...]  #: the ids of the cases whose tries are used up
    left_files: tuple[LeftFile, ...]  #: what could not be taken in
    stopped: str = ""  #: why the run stopped before its cases were worked, in words; empty if it did not
    unsigned: str = ""  #: why the ledger's head was not signed after the run, in words; empty if it was

    @property
    def troubled(self) -> bool:
        """Return True if IT must look: a case failed, a file was left, the run stopped, or the ledger is unsigned."""
        return bool(self.failed or self.left_files or self.stopped or self.unsigned)

    def __str__(self) -> str:
        """Return the summary for IT, in words."""
        parts = [f"{self.new} new"] if self.new else []
        parts += [f"{self.repeated} that had come in before"] if self.repeated else []
        parts += [f"{number} {word}" for state, word in _IN_WORDS.items() if (number := self.states.get(state, 0))]
        if later := sum(number for state, number in self.states.items() if state not in _IN_WORDS):
            parts.append(f"{later} to be tried again later")
        failed = f" Failed: case {', '.join(self.failed[:20])}; the ledger says why." if self.failed else ""
        left_list = "".join(f" {left_file}" for left_file in self.left_files[:20])
        faults = "".join(f" {fault}" for fault in (self.stopped, self.unsigned) if fault)
        return f"{self.bot}: {', '.join(parts) or 'nothing was waiting'}.{failed}{left_list}{faults}"


def run_bot(
    bot: AnyBot,
    office: Office,
    *,
    folder: Path | None = None,
    limit: int | None = None,
    put_away: bool = False,
    on_received: Callable[[Opened], object] = lambda _: None,
    on_case: Callable[[Case], object] = lambda _: None,
    work_one: WorkOne = work_claimed,
) -> RunSummary:
    """Take in the files of ``folder``, work the waiting cases (at most ``limit``), and return a summary.

    Without a limit, and if the system answers, look once more for the records that were referred as uncertain.

    ``put_away`` treats the folder as the bot's inbox (see ``take_in``). Raises Stop if nothing can go on.
    """
    opened, left_files = _take_all_in(folder, bot, office, put_away, on_received) if folder else ([], [])
    lanes = Lanes(bot, office, work_one, on_case, limit)
    lanes.work()
    stopped = str(lanes.breaker) if lanes.breaker.tripped else ""
    if stopped:
        office.stop(bot.name, lanes.breaker.system, stopped, lanes.breaker.failed)
    elif limit is None:
        _recheck_due(lanes)
    catch_up(bot, office)
    return RunSummary(
        bot.name,
        sum(opened),
        len(opened) - sum(opened),
        lanes.states,
        tuple(lanes.failed),
        tuple(left_files),
        stopped,
        sign_ledger(office),
    )


def _recheck_due(lanes: Lanes) -> None:
    """Look for the records that are due for another look, and count the cases that this settles."""
    with Desk(lanes.bot) as desk:
        for settled in recheck_due(lanes.bot, desk, lanes.office):
            lanes.on_case(settled)
            lanes.states[settled.state] += 1


def _take_all_in(
    folder: Path, bot: AnyBot, office: Office, put_away: bool, on_received: Callable[[Opened], object]
) -> tuple[list[bool], list[LeftFile]]:
    """Return for each document that was taken in whether it was new, and the files that were left."""
    new, left_files = [], []
    for entry in take_in(folder, bot, office, put_away=put_away):
        if isinstance(entry, LeftFile):
            left_files.append(entry)
        else:
            on_received(entry)
            new.append(entry.new)
    return new, left_files
