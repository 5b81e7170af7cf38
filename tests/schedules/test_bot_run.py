"""How a timed run ends: with what became of the cases in words, and as a failure only if IT must look."""

from __future__ import annotations

from pathlib import Path

import pytest
from prefect.logging import disable_run_logger

from demo.town_hall import running
from demo.town_hall.switches import SiteFault, SiteStep, Switch, switch_on
from schedules.bot_run import probe_system, run_bot


def test_a_run_that_finds_nothing_is_completed_and_says_so(database: str, tmp_path: Path) -> None:
    with disable_run_logger():
        state = run_bot.fn("supplier-invoices", folder=str(tmp_path))

    assert state.is_completed()
    assert state.message == "supplier-invoices: nothing was waiting."


def test_a_run_whose_folder_is_away_fails_and_names_it(database: str, tmp_path: Path) -> None:
    with disable_run_logger():
        state = run_bot.fn("supplier-invoices", folder=str(tmp_path / "share"))

    assert state.is_failed()
    assert f"{tmp_path / 'share'} cannot be opened: No such file or directory." in str(state.message)


def test_a_run_that_cannot_go_on_fails_with_the_reason_in_words(database: str) -> None:
    with disable_run_logger():
        state = run_bot.fn("cat-licences")

    assert state.is_failed()
    assert str(state.message).startswith("There is no bot 'cat-licences'. There are: ")


def test_a_probe_is_completed_on_screens_as_recorded_and_fails_in_words_on_changed_ones(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(tmp_path) as hall, disable_run_logger():
        for part, value in {"URL": hall.url, "USER": "clerk", "PASSWORD": "clerk-pw"}.items():
            monkeypatch.setenv(f"KEYWRIGHT_TOWN_HALL_PAYABLES_{part}", value)
        state = probe_system.fn("supplier-invoices")
        assert state.is_completed()
        assert state.message == "town-hall-payables: as recorded."

        switch_on(tmp_path, Switch(SiteFault.RENAMES_A_BUTTON, SiteStep.FORM, times=9))
        state = probe_system.fn("supplier-invoices")
        assert state.is_failed()
        assert str(state.message).startswith("town-hall-payables: Add AP Transaction: the button ")


def test_a_probe_that_nobody_may_sign_in_for_fails_and_names_the_setting(database: str) -> None:
    with disable_run_logger():
        state = probe_system.fn("supplier-invoices")
    assert state.is_failed()
    assert "KEYWRIGHT_TOWN_HALL_PAYABLES_URL" in str(state.message)
