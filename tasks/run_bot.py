"""Runs a bot once: takes in what its folder holds, then works what waits for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from keywright import work_queue
from keywright.bot import AnyBot
from keywright.cases import Case, Opened, State
from keywright.office import Office
from tasks.inbox import Left, take_in
from tasks.key import Desk
from tasks.work_case import work_claimed

WorkOne = Callable[[Case, AnyBot, Desk, Office], Case]
"""Works one claimed case as far as it goes: ``work_claimed``, or something around it."""

_IN_WORDS = {
    State.KEYED: "keyed",
    State.REFERRED: "handed to a person",
    State.REFUSED: "refused",
    State.FAILED: "failed and handed to IT",
}


@dataclass(frozen=True, slots=True)
class Summary:
    """What one run of a bot did: documents by whether they were new, cases by the state in which the run left them."""

    bot: str
    new: int
    repeated: int
    states: Mapping[State, int]
    failed: tuple[str, ...]  #: the ids of the cases whose tries are used up
    left: tuple[Left, ...]  #: what could not be taken in

    @property
    def troubled(self) -> bool:
        """Return True if IT must look: a case failed, or a file could not be taken in."""
        return bool(self.failed or self.left)

    def __str__(self) -> str:
        """Return the summary in words: what IT reads beside the run."""
        told = [f"{self.new} new"] if self.new else []
        told += [f"{self.repeated} that had come in before"] if self.repeated else []
        told += [f"{number} {word}" for state, word in _IN_WORDS.items() if (number := self.states.get(state, 0))]
        if later := sum(number for state, number in self.states.items() if state not in _IN_WORDS):
            told.append(f"{later} to be tried again later")
        failed = f" Failed: case {', '.join(self.failed[:20])}; the ledger says why." if self.failed else ""
        left = "".join(f" {one}" for one in self.left[:20])
        return f"{self.bot}: {', '.join(told) or 'nothing was waiting'}.{failed}{left}"


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
) -> Summary:
    """Take in the files of ``folder``, work the waiting cases (at most ``limit``), and tell what became of them.

    ``put_away`` treats the folder as the bot's inbox (see ``take_in``). Raises Stop if nothing can go on.
    """
    opened, left = _take_all_in(folder, bot, office, put_away, on_received) if folder else ([], [])
    states: Counter[State] = Counter()
    failed = []
    with Desk(bot) as desk:
        for case in claimed(bot, office, limit):
            case = work_one(case, bot, desk, office)
            on_case(case)
            states[case.state] += 1
            failed += [case.id] if case.state is State.FAILED else []
    return Summary(bot.name, sum(opened), len(opened) - sum(opened), states, tuple(failed), tuple(left))


def _take_all_in(
    folder: Path, bot: AnyBot, office: Office, put_away: bool, on_received: Callable[[Opened], object]
) -> tuple[list[bool], list[Left]]:
    """Return for each document that was taken in whether it was new, and what was left."""
    new, left = [], []
    for one in take_in(folder, bot, office, put_away=put_away):
        if isinstance(one, Left):
            left.append(one)
        else:
            on_received(one)
            new.append(one.new)
    return new, left


def claimed(bot: AnyBot, office: Office, limit: int | None = None) -> Iterator[Case]:
    """Claim the waiting cases of a bot one after another, until none waits or ``limit`` is reached."""
    done = 0
    while limit is None or done < limit:
        case = work_queue.claim(bot.name, office.worker, office.settings.lease)
        if case is None:
            return
        done += 1
        yield case
