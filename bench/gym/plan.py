"""Draws, from a seed, what goes wrong with each keying: which fault, at which step boundary, how often, how long."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bench.gym.records import voucher
from demo.faulty_network import Cut, When
from demo.town_hall.switches import SiteFault, SiteStep, Switch

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


class KeyingMoment(StrEnum):
    """A boundary within the keying itself, which no request to the town hall shows."""

    LOOKS = "before a look"
    LOOKED = "after a look"
    ASKS = "before the right to post is asked for"
    MAY_POST = "after the right to post is given"
    ENTERED = "after the post"


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """What the network does to a request: of which step, after how many others, how often."""

    step: SiteStep
    cut: Cut
    seconds: float
    skip: int
    times: int


@dataclass(frozen=True, slots=True)
class AtOurs:
    """A fault of our own side, at a moment of the keying, or before or after a request of a step."""

    fault: Ours
    moment: KeyingMoment | None
    step: SiteStep | None
    when: When
    skip: int


@dataclass(frozen=True, slots=True)
class GymTrial:
    """One keying: what is keyed, and what goes wrong; ``fault`` is the class under which it is counted."""

    number: int
    kind: str
    fault: str
    also: str
    switches: tuple[Switch, ...] = ()
    on_the_way: tuple[OnTheWay, ...] = ()
    own_faults: tuple[AtOurs, ...] = ()


Part = Switch | OnTheWay | AtOurs
NO_FAULT = "no fault"
CLASSES: tuple[str, ...] = (*SiteFault, *Cut, *Ours, NO_FAULT)
PERMITS_ONLY = (SiteFault.REJECTS_AN_UPLOAD, SiteFault.EMPTIES_AN_UPLOAD)
SECOND: tuple[str, ...] = (SiteFault.LOGS_OUT, SiteFault.STALE_LIST, *Cut, *Ours)
POSTS = (
    *(
        SiteFault.SAVES_AND_SHOWS_ERROR,
        SiteFault.SHOWS_SUCCESS_SAVES_NOTHING,
        SiteFault.SAVES_A_PART,
        SiteFault.SAVES_TWICE,
    ),
    *(SiteFault.NEIGHBOURS_VALUE, SiteFault.SAVES_A_DRAFT, SiteFault.REPLAYS_THE_POST),
)
FORMS = (SiteStep.FORM, SiteStep.UPDATE)
PAGES = (*FORMS, SiteStep.SEARCH, SiteStep.FOUND, SiteStep.RECORD)
WHERE: dict[str, Sequence[SiteStep]] = {
    **dict.fromkeys(POSTS, (SiteStep.POST,)),
    **dict.fromkeys(PERMITS_ONLY, (SiteStep.ATTACH,)),
    SiteFault.TWICE_ON_DOUBLE_CLICK: (SiteStep.UPDATE,),
    SiteFault.CHANGES_A_LABEL: (*FORMS, SiteStep.SEARCH),
    SiteFault.MOVES_A_CONTROL: FORMS,
    SiteFault.RENAMES_A_BUTTON: FORMS,
    SiteFault.ALERT: PAGES,
    SiteFault.CONFIRM: FORMS,
    SiteFault.WIPES_LATE: FORMS,
    SiteFault.WIPES_ON_SUBMIT: FORMS,
    SiteFault.RELOADS_THE_FRAME: FORMS,
    **dict.fromkeys(
        (SiteFault.STALE_LIST, SiteFault.LISTS_IN_ANOTHER_FORM, SiteFault.LIST_IS_ANOTHER_PAGE), (SiteStep.FOUND,)
    ),
    SiteFault.SHARES_THE_CART: (SiteStep.UPDATE, SiteStep.POST),
}
"""The steps at which a fault of the town hall can come in; any step, where it is not here."""


def trial(seed: int, number: int, faults: Sequence[str] = CLASSES) -> GymTrial:
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
    return GymTrial(
        number,
        kind,
        fault,
        also,
        tuple(part for part in parts if isinstance(part, Switch)),
        tuple(part for part in parts if isinstance(part, OnTheWay)),
        tuple(part for part in parts if isinstance(part, AtOurs)),
    )


def steps_of(kind: str, seed: int, number: int) -> dict[SiteStep, int]:
    """Return the requests of a keying in which nothing goes wrong: how many of each step."""
    steps = {
        SiteStep.SEARCH: 2,
        SiteStep.FOUND: 2,
        SiteStep.FORM: 1,
        SiteStep.UPDATE: 1,
        SiteStep.POST: 1,
        SiteStep.RECORD: 1,
    }
    if kind == "permit":
        return steps | {SiteStep.ATTACH: 1}
    record = voucher(seed, number)
    return steps | {SiteStep.UPDATE: len(record.lines) + 1} | ({SiteStep.CHOICE: 1} if record.currency != "CAD" else {})


def _drawn(fault: str, steps: dict[SiteStep, int], rng: random.Random, turn: int = OFTEN) -> list[Part]:
    """Draw where, when and how often one fault comes in; ``turn`` is the how-manieth keying of its class this is."""
    if fault == NO_FAULT:
        return []
    step = _step(WHERE.get(fault, tuple(steps)), steps, rng, turn)
    skip, times = rng.randrange(steps[step]), rng.choice((1, 1, 2, OFTEN))
    if fault in tuple(Cut):
        return [OnTheWay(step, Cut(fault), rng.choice((SHORT, LONG)), skip, times)]
    if fault in tuple(Ours):
        moment = rng.choice(tuple(KeyingMoment)) if (turn < len(steps) and turn % 2) or rng.random() < 0.5 else None
        skip = rng.randrange(2) if moment in (KeyingMoment.LOOKS, KeyingMoment.LOOKED) else 0 if moment else skip
        return [AtOurs(Ours(fault), moment, None if moment else step, rng.choice(tuple(When)), skip)]
    seed = rng.randrange(1_000_000)
    if fault == SiteFault.TWICE_ON_DOUBLE_CLICK:
        return [
            Switch(SiteFault(fault), SiteStep.UPDATE, times=OFTEN),
            Switch(SiteFault(fault), SiteStep.POST, seconds=SHORT),
        ]
    if fault == SiteFault.LISTS_IN_ANOTHER_FORM:
        steps_with_tables, late = (SiteStep.FOUND, SiteStep.RECORD), rng.choice((0.0, 0.1, 0.3))
        return [Switch(SiteFault(fault), at, times=OFTEN, seed=seed, seconds=late) for at in steps_with_tables]
    late = rng.choice((0.0, 0.02, 0.05, 0.1, 0.3))
    stalls = fault in (SiteFault.STALLS_THEN_SAVES, SiteFault.SAVES_THEN_STALLS)
    seconds = rng.choice((SHORT, LONG)) if stalls else late
    return [Switch(SiteFault(fault), step, skip=skip, times=times, seed=seed, seconds=seconds)]


def _step(among: Sequence[SiteStep], steps: dict[SiteStep, int], rng: random.Random, turn: int) -> SiteStep:
    """Return the step whose turn it is, or draw one; the post, the most dangerous, as often as two others together."""
    there = sorted((step for step in among if step in steps), key=lambda step: step != SiteStep.POST)
    if turn < len(there):
        return there[turn]
    return rng.choice([*there, SiteStep.POST, SiteStep.POST] if SiteStep.POST in there else there)
