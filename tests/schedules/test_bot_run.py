"""How a timed run ends: with what became of the cases in words, and as a failure only if IT must look."""

from __future__ import annotations

from pathlib import Path

from prefect.logging import disable_run_logger

from schedules.bot_run import run_bot


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
