"""Every fault class, in a real browser against the real town hall: nothing is wrong, missing or double."""

from __future__ import annotations

from collections import Counter

from rich.console import Console

from bench.faults import run
from bench.gym.judge import Outcome
from bench.gym.plan import CLASSES, NO_FAULT
from bench.gym.table import NEVER, on_screen

SEED, TURNS, LANES = 11, 1, 2


def test_whatever_fails_each_record_is_keyed_right_once_or_referred_in_words() -> None:
    numbers = range(TURNS * len(CLASSES))

    results = list(run(SEED, numbers, CLASSES, LANES, pace=1.0))

    Console(width=220).print(on_screen(results, "the short run"))
    assert sorted(one.number for one in results) == list(numbers)
    assert [f"{one.number} {one.outcome}: {one.told}" for one in results if one.outcome in NEVER] == []
    met = Counter(one.fault for one in results if one.fired)
    assert set(CLASSES) - set(met) == {NO_FAULT}
    assert all(one.outcome is Outcome.RIGHT for one in results if one.fault == NO_FAULT)
