"""A file, folder or database that is not as it should be ends a command in a sentence, never in a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.doors import keywright


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("verify", "nowhere.html"), "nowhere.html"),
        (("ledger", "verify", "--checkpoints", "."), "."),
        (("read", "bill.txt", "--picture", "nowhere/page.png"), ""),
    ],
)
def test_what_is_not_there_is_named(tmp_path: Path, arguments: tuple[str, ...], names: str) -> None:
    (tmp_path / "bill.txt").write_text("no bill")
    done = keywright(*arguments, home=tmp_path)
    assert "Traceback" not in done.stderr
    if names:
        assert done.returncode == 1
        assert done.stderr.startswith(f"keywright: {names}: ")


def test_a_database_that_is_away_or_damaged_is_told_with_what_to_do(tmp_path: Path) -> None:
    away = keywright("cases", home=tmp_path / "a", KEYWRIGHT_DATABASE_URL="postgresql://u:x@127.0.0.1:1/x")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "keywright.sqlite3").write_bytes(b"no database" * 1000)
    damaged = keywright("cases", home=tmp_path / "b")
    for done in (away, damaged):
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "The database cannot be used: " in done.stderr
        assert "restore it from the backup" in done.stderr


def test_a_folder_in_a_folder_is_named_and_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "in" / "sub").mkdir(parents=True)
    done = keywright("work", "supplier-invoices", "--from", str(tmp_path / "in"), home=tmp_path / "home")
    assert done.returncode == 1
    assert "sub is a folder, and no file in it was taken in. Put the files beside it." in done.stderr


def test_the_names_of_bots_and_systems_are_printed_whole(tmp_path: Path) -> None:
    printed = keywright("bots", home=tmp_path, COLUMNS="80").stdout
    assert "permit-applications" in printed
    assert "town-hall-payables" in printed
