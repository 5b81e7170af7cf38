"""Every fault class, in a real browser against the real town hall: nothing is wrong, missing or double."""

from __future__ import annotations

from collections import Counter

import pytest

from bench.faults import run
from bench.gym.judge import KeyingOutcome
from bench.gym.plan import CLASSES, NO_FAULT
from bench.gym.table import NEVER, on_screen
from keywright.terminal import SafeConsole

pytestmark = pytest.mark.long

SEED, TURNS, LANES = 11, 1, 1
ASKED_ONCE = 15  # the form pops up a question once
STALE_TO_THE_END = 301  # the list shows yesterday's from the look after the post on


def test_whatever_fails_each_record_is_keyed_right_once_or_referred_in_words() -> None:
    numbers = [*range(TURNS * len(CLASSES)), STALE_TO_THE_END]

    results = list(run(SEED, numbers, CLASSES, LANES, pace=1.0))

    SafeConsole(width=220).print(on_screen(results, "the short run"))
    assert sorted(result.number for result in results) == numbers
    assert [f"{result.number} {result.outcome}: {result.told}" for result in results if result.outcome in NEVER] == []
    met = Counter(result.fault for result in results if result.fired)
    assert set(CLASSES) - set(met) == {NO_FAULT}
    assert all(result.outcome is KeyingOutcome.RIGHT for result in results if result.fault == NO_FAULT)
    by_number = {result.number: result for result in results}
    assert by_number[ASKED_ONCE].outcome is KeyingOutcome.RIGHT, "nothing was posted: it is entered once more"
    late = by_number[STALE_TO_THE_END]
    assert (late.outcome, late.records, late.settled) == (KeyingOutcome.REFERRED, 1, True), (
        "a look by itself settles it"
    )
