"""A target system that fails again and again stops the bot in words, and costs its cases no try."""

from __future__ import annotations

from dataclasses import replace

import pytest

from keywright import clock
from keywright.cases import casebook, work_queue
from keywright.cases.worker import Office
from keywright.database.models import LedgerEntry, StoredCase
from keywright.model.case import Case, State
from tasks.runs.run_bot import RunSummary, run_bot
from tests.keywright.papers import BOT
from tests.tasks.registry import Drawer, checked, filing_bot


@pytest.fixture(autouse=True)
def _desk(monkeypatch: pytest.MonkeyPatch) -> None:
    for part, value in (("URL", "http://127.0.0.1:1"), ("USER", "robot"), ("PASSWORD", "pw")):
        monkeypatch.setenv(f"KEYWRIGHT_REGISTRY_{part}", value)


@pytest.fixture
def wary(office: Office) -> Office:
    """An office that gives up a system after three failures in a row."""
    return replace(office, settings=replace(office.settings, failures_in_a_row=3))


def waiting(office: Office, number: int) -> None:
    for number_tried in range(number):
        work_queue.release(checked(office, f"INV-{number_tried}"))


def run(office: Office, drawer: Drawer) -> RunSummary:
    StoredCase.objects.update(not_before=clock.now())
    return run_bot(filing_bot(drawer), office)


def test_a_bot_stops_after_so_many_failures_in_a_row_and_says_so(wary: Office) -> None:
    waiting(wary, 5)

    summary = run(wary, Drawer(dead=99))

    assert summary.troubled
    assert "registry failed 3 times in a row, so the bot stopped" in str(summary)
    assert "The registry does not answer." in str(summary)
    assert sum(summary.states.values()) == 3
    (entry,) = LedgerEntry.objects.filter(event="bot-stopped")
    assert (entry.body["bot"], len(entry.body["cases"])) == (BOT, 3)


def test_the_cases_of_a_system_that_is_away_stay_put_however_often_the_bot_runs(wary: Office) -> None:
    waiting(wary, 4)
    drawer = Drawer(dead=99)

    for _ in range(wary.settings.attempts + 1):
        run(wary, drawer)

    cases = list(casebook.all_cases())
    assert {(case.state, case.attempts) for case in cases} == {(State.CHECKED, 0)}
    drawer.dead = 0
    assert run(wary, drawer).states == {State.KEYED: 4}


def test_failures_that_are_not_in_a_row_stop_nothing_and_cost_a_try_each(wary: Office) -> None:
    waiting(wary, 6)
    drawer = Drawer(dead=1)
    reported: list[Case] = []

    def dead_every_other_time(case: Case) -> None:
        reported.append(case)
        drawer.dead = 1 - len(reported) % 2

    summary = run_bot(filing_bot(drawer), wary, on_case=dead_every_other_time)

    assert not summary.stopped
    assert summary.states == {State.CHECKED: 3, State.KEYED: 3}
    assert [case.attempts for case in reported] == [1, 0, 1, 0, 1, 0]


def test_a_case_that_fails_alone_fails_for_good_when_its_tries_are_used_up(wary: Office) -> None:
    waiting(wary, 1)

    for _ in range(wary.settings.attempts):
        run(wary, Drawer(dead=1))

    (case,) = casebook.all_cases()
    assert case.state is State.FAILED


def test_a_case_that_cannot_be_read_back_is_handed_to_it_in_words_and_the_next_is_worked(wary: Office) -> None:
    waiting(wary, 2)
    row = StoredCase.objects.order_by("pk").first()
    assert row is not None
    StoredCase.objects.filter(pk=row.pk).update(extraction={"document_type": "invoice", "fields": {"x": {}}})

    summary = run(wary, Drawer())

    assert summary.states == {State.KEYED: 1, State.FAILED: 1}
    assert summary.failed == (str(row.pk),)
    assert casebook.get(str(row.pk)).state is State.FAILED
    (entry,) = LedgerEntry.objects.filter(event="case-failed")
    assert "cannot be read back" in entry.body["error"]
    assert [case.state for case in casebook.all_cases()] == [State.FAILED, State.KEYED]
