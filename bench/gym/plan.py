"""Draws, from a seed, what goes wrong with each keying: which fault, at which step boundary, how often, how long."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bench.gym.records import voucher
from demo.faulty_network import Cut, When
from demo.town_hall.switches import Fault, Step, Switch

SHORT, LONG = 0.4, 3.0  # seconds: a stall that the robot's patience bears, and one that it does not (60 s in real life)
OFTEN = 99
TWO_FAULTS = 0.15  # so many keyings meet a second fault


class Ours(StrEnum):
    """One way in which our own side fails."""

    KILLED = "worker killed"
    STOPPED = "worker stopped past its lease"
    DISK_FULL = "disk full"
    DATABASE_GONE = "database gone for a moment"
    BROWSER_KILLED = "browser killed"
    CLOCK_AHEAD = "clock jumps ahead"
    CLOCK_BACK = "clock jumps back"
    TWO_WORKERS = "two workers on one case"


class Moment(StrEnum):
    """A boundary within the keying itself, which no request to the town hall shows."""

    LOOKS = "before a look"
    LOOKED = "after a look"
    ASKS = "before the right to post is asked for"
    MAY_POST = "after the right to post is given"
    ENTERED = "after the post"


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """What the network does to a request: of which step, from the how-manieth on, how often."""

    step: Step
    cut: Cut
    seconds: float
    skip: int
    times: int


@dataclass(frozen=True, slots=True)
class AtOurs:
    """A fault of our own side, at a moment of the keying, or before or after a request of a step."""

    fault: Ours
    moment: Moment | None
    step: Step | None
    when: When
    skip: int


@dataclass(frozen=True, slots=True)
class Trial:
    """One keying: what is keyed, and what goes wrong; ``fault`` is the class under which it is counted."""

    number: int
    kind: str
    fault: str
    also: str
    switches: tuple[Switch, ...] = ()
    on_the_way: tuple[OnTheWay, ...] = ()
    ours: tuple[AtOurs, ...] = ()


Part = Switch | OnTheWay | AtOurs
NO_FAULT = "no fault"
CLASSES: tuple[str, ...] = (*Fault, *Cut, *Ours, NO_FAULT)
PERMITS_ONLY = (Fault.REJECTS_AN_UPLOAD, Fault.EMPTIES_AN_UPLOAD)
SECOND: tuple[str, ...] = (Fault.LOGS_OUT, Fault.STALE_LIST, *Cut, *Ours)
POSTS = (
    *(Fault.SAVES_AND_SHOWS_ERROR, Fault.SHOWS_SUCCESS_SAVES_NOTHING, Fault.SAVES_A_PART, Fault.SAVES_TWICE),
    *(Fault.NEIGHBOURS_VALUE, Fault.SAVES_A_DRAFT, Fault.REPLAYS_THE_POST),
)
FORMS = (Step.FORM, Step.UPDATE)
PAGES = (*FORMS, Step.SEARCH, Step.FOUND, Step.RECORD)
WHERE: dict[str, Sequence[Step]] = {
    **dict.fromkeys(POSTS, (Step.POST,)),
    **dict.fromkeys(PERMITS_ONLY, (Step.ATTACH,)),
    Fault.TWICE_ON_DOUBLE_CLICK: (Step.UPDATE,),
    Fault.CHANGES_A_LABEL: (*FORMS, Step.SEARCH),
    Fault.MOVES_A_CONTROL: FORMS,
    Fault.RENAMES_A_BUTTON: FORMS,
    Fault.ALERT: PAGES,
    Fault.CONFIRM: FORMS,
    Fault.WIPES_LATE: FORMS,
    Fault.WIPES_ON_SUBMIT: FORMS,
    Fault.RELOADS_THE_FRAME: FORMS,
    **dict.fromkeys((Fault.STALE_LIST, Fault.LISTS_IN_ANOTHER_FORM, Fault.LIST_IS_ANOTHER_PAGE), (Step.FOUND,)),
    Fault.SHARES_THE_CART: (Step.UPDATE, Step.POST),
}
"""The steps at which a fault of the town hall can come in; any step, where it is not here."""


def trial(seed: int, number: int, faults: Sequence[str] = CLASSES) -> Trial:
    """Draw the n-th keying: the same for the same seed.

    The classes take turns, so that each has its share; each comes in at every step that it can come in at, the post
    first, before the steps are drawn too.
    """
    rng = random.Random(f"trial {seed} {number}")  # noqa: S311 - drawn, not secret
    turn, which = divmod(number, len(faults))
    fault = faults[which]
    kind = "permit" if fault in PERMITS_ONLY or rng.random() < 1 / 3 else "voucher"
    also = rng.choice(SECOND) if rng.random() < TWO_FAULTS and fault != NO_FAULT else ""
    steps = steps_of(kind, seed, number)
    parts = [*_drawn(fault, steps, rng, turn), *(_drawn(also, steps, rng) if also else [])]
    return Trial(
        number,
        kind,
        fault,
        also,
        tuple(part for part in parts if isinstance(part, Switch)),
        tuple(part for part in parts if isinstance(part, OnTheWay)),
        tuple(part for part in parts if isinstance(part, AtOurs)),
    )


def steps_of(kind: str, seed: int, number: int) -> dict[Step, int]:
    """Return the requests of a keying in which nothing goes wrong: how many of each step."""
    steps = {Step.SEARCH: 2, Step.FOUND: 2, Step.FORM: 1, Step.UPDATE: 1, Step.POST: 1, Step.RECORD: 1}
    if kind == "permit":
        return steps | {Step.ATTACH: 1}
    record = voucher(seed, number)
    return steps | {Step.UPDATE: len(record.lines) + 1} | ({Step.CHOICE: 1} if record.currency != "CAD" else {})


def _drawn(fault: str, steps: dict[Step, int], rng: random.Random, turn: int = OFTEN) -> list[Part]:
    """Draw where, when and how often one fault comes in; ``turn`` is the how-manieth keying of its class this is."""
    if fault == NO_FAULT:
        return []
    step = _step(WHERE.get(fault, tuple(steps)), steps, rng, turn)
    skip, times = rng.randrange(steps[step]), rng.choice((1, 1, 2, OFTEN))
    if fault in tuple(Cut):
        return [OnTheWay(step, Cut(fault), rng.choice((SHORT, LONG)), skip, times)]
    if fault in tuple(Ours):
        moment = rng.choice(tuple(Moment)) if (turn < len(steps) and turn % 2) or rng.random() < 0.5 else None
        skip = rng.randrange(2) if moment in (Moment.LOOKS, Moment.LOOKED) else 0 if moment else skip
        return [AtOurs(Ours(fault), moment, None if moment else step, rng.choice(tuple(When)), skip)]
    seed = rng.randrange(1_000_000)
    if fault == Fault.TWICE_ON_DOUBLE_CLICK:
        return [Switch(Fault(fault), Step.UPDATE, times=OFTEN), Switch(Fault(fault), Step.POST, seconds=SHORT)]
    if fault == Fault.LISTS_IN_ANOTHER_FORM:
        steps_with_tables, late = (Step.FOUND, Step.RECORD), rng.choice((0.0, 0.1, 0.3))
        return [Switch(Fault(fault), at, times=OFTEN, seed=seed, seconds=late) for at in steps_with_tables]
    late = rng.choice((0.0, 0.02, 0.05, 0.1, 0.3))
    stalls = fault in (Fault.STALLS_THEN_SAVES, Fault.SAVES_THEN_STALLS)
    seconds = rng.choice((SHORT, LONG)) if stalls else late
    return [Switch(Fault(fault), step, skip=skip, times=times, seed=seed, seconds=seconds)]


def _step(among: Sequence[Step], steps: dict[Step, int], rng: random.Random, turn: int) -> Step:
    """Return the step whose turn it is, or draw one; the post, the most dangerous, as often as two others together."""
    there = sorted((step for step in among if step in steps), key=lambda step: step != Step.POST)
    if turn < len(there):
        return there[turn]
    return rng.choice([*there, Step.POST, Step.POST] if Step.POST in there else there)
