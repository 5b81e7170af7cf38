"""The gym judges strictly, draws the same from the same seed, and leaves out no fault class and no step."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bench.faults import keep, kept
from bench.gym.judge import KeyingOutcome, Result, judged, wilson
from bench.gym.plan import CLASSES, NO_FAULT, PERMITS_ONLY, POSTS, GymTrial, steps_of, trial
from bench.gym.table import in_markdown, rows
from demo.faulty_network import Cut
from demo.town_hall.switches import SiteFault, SiteStep
from keywright.errors import Stop
from keywright.findings import Finding, Kind
from keywright.model.case import Case, CaseId, State


def case(state: State, kind: Kind | None = None) -> Case:
    findings = (Finding("some-rule", "Look there.", kind=kind),) if kind else ()
    return Case(CaseId("1"), "bot", "hash", "a.pdf", state, dt.datetime.now(dt.UTC), findings=findings)


@pytest.mark.parametrize(
    ("state", "kind", "right", "outcome"),
    [
        (State.KEYED, None, [True], KeyingOutcome.RIGHT),
        (State.KEYED, None, [], KeyingOutcome.MISSING),
        (State.KEYED, None, [False], KeyingOutcome.WRONG),
        (State.KEYED, None, [True, True], KeyingOutcome.DOUBLE),
        (State.REFERRED, Kind.UNCERTAIN, [], KeyingOutcome.REFERRED),
        (State.REFERRED, Kind.UNCERTAIN, [True], KeyingOutcome.REFERRED),
        (State.REFERRED, Kind.SYSTEM, [False], KeyingOutcome.REFERRED),
        (State.REFERRED, Kind.DUPLICATE, [True, True], KeyingOutcome.REFERRED),
        (State.REFERRED, Kind.BUSINESS, [], KeyingOutcome.REFERRED),
        (State.REFERRED, Kind.BUSINESS, [True], KeyingOutcome.WRONG),
        (State.REFERRED, Kind.READING, [True, True], KeyingOutcome.DOUBLE),
        (State.FAILED, None, [], KeyingOutcome.REFERRED),
        (State.FAILED, None, [True], KeyingOutcome.WRONG),
        (State.KEYING, None, [], KeyingOutcome.MISSING),
        (State.KEYING, None, [True], KeyingOutcome.WRONG),
        (State.CHECKED, None, [], KeyingOutcome.MISSING),
    ],
)
def test_a_keying_is_right_only_if_it_stands_there_once_and_safe_only_if_a_person_was_told(
    state: State, kind: Kind | None, right: list[bool], outcome: KeyingOutcome
) -> None:
    assert judged(case(state, kind), right) is outcome


def test_a_share_comes_with_wilsons_interval() -> None:
    low, high = wilson(0, 3000)
    assert low == 0.0
    assert high == pytest.approx(0.001279, abs=1e-6)
    assert wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


def test_the_same_seed_draws_the_same_and_another_seed_another() -> None:
    drawn = [trial(4, number) for number in range(200)]
    assert drawn == [trial(4, number) for number in range(200)]
    assert drawn != [trial(5, number) for number in range(200)]


def test_every_class_has_its_turn_and_comes_in_at_every_step_that_it_can() -> None:
    drawn = [trial(4, number) for number in range(len(CLASSES) * 12)]
    assert Counter(drawn_trial.fault for drawn_trial in drawn) == dict.fromkeys(CLASSES, 12)
    for fault in POSTS:
        assert {step for drawn_trial in drawn if drawn_trial.fault == fault for step in at(drawn_trial)} == {
            SiteStep.POST
        }
    for fault in (SiteFault.LOGS_OUT, *Cut):
        met = {step for drawn_trial in drawn if drawn_trial.fault == fault for step in at(drawn_trial)}
        assert met >= {SiteStep.SEARCH, SiteStep.FOUND, SiteStep.FORM, SiteStep.UPDATE, SiteStep.POST, SiteStep.RECORD}
    assert all(
        at(drawn_trial)[0] is SiteStep.POST
        for drawn_trial in drawn[: len(CLASSES)]
        if drawn_trial.fault in (*Cut, SiteFault.LOGS_OUT)
    )
    assert all(drawn_trial.kind == "permit" for drawn_trial in drawn if drawn_trial.fault in PERMITS_ONLY)
    assert all(not at(drawn_trial) for drawn_trial in drawn if drawn_trial.fault == NO_FAULT)


def test_no_fault_is_drawn_for_a_request_that_never_comes() -> None:
    for number in range(500):
        drawn_trial = trial(4, number)
        steps = steps_of(drawn_trial.kind, 4, number)
        drawn: list[Any] = [
            *drawn_trial.switches,
            *drawn_trial.on_the_way,
            *(own_fault for own_fault in drawn_trial.own_faults if own_fault.step),
        ]
        assert all(part.skip < steps[part.step] for part in drawn)


def test_the_table_tells_what_was_bad_of_which_class() -> None:
    results = [result(n, SiteFault.LOGS_OUT, KeyingOutcome.RIGHT) for n in range(3)]
    results += [
        result(3, Cut.DROPS_AFTER, KeyingOutcome.DOUBLE),
        result(4, Cut.DROPS_AFTER, KeyingOutcome.REFERRED, settled=True),
    ]
    logs_out, dropped, both = rows(results)
    assert (logs_out.name, logs_out.keyed, logs_out.bad) == (SiteFault.LOGS_OUT, 3, 0)
    assert (dropped.name, dropped.bad, dropped.settled) == (Cut.DROPS_AFTER, 1, 1)
    assert (both.keyed, both.bad) == (5, 1)
    assert "| drops the connection after | 2 | 2 | 0 | 1 | 0 | 0 | 1 |" in in_markdown(results)


def at(drawn_trial: GymTrial) -> list[SiteStep]:
    """Return the steps at which a trial's own fault comes in."""
    switches = [switch.step for switch in drawn_trial.switches if switch.fault == drawn_trial.fault]
    cuts = [cut.step for cut in drawn_trial.on_the_way if cut.cut == drawn_trial.fault]
    return switches + cuts


def result(number: int, fault: str, outcome: KeyingOutcome, *, settled: bool = False) -> Result:
    return Result(number, "voucher", fault, "", outcome, settled, (), 1, 1, 1, 0, 1.0, "")


def test_what_a_run_has_kept_is_gone_on_with_by_the_same_seed_only(tmp_path: Path) -> None:
    file, judged = tmp_path / "kept.jsonl", result(3, NO_FAULT, KeyingOutcome.REFERRED)

    keep(file, 4, judged)
    keep(file, 4, judged)

    assert kept(file, 4) == [judged, judged]
    with pytest.raises(Stop, match="of seed 4, not of 5"):
        kept(file, 5)
