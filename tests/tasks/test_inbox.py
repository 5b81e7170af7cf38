"""An inbox: whole files are taken in once and put away; what cannot be taken in is told and costs nobody else."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from bots.supplier_invoices import bot
from keywright import casebook
from keywright.cases import Opened
from keywright.office import Office
from keywright.records.models import LedgerEntry
from tasks import inbox as module
from tasks.inbox import Left, take_in


def _put(folder: Path, name: str, content: bytes, age: float = 60) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    os.utime(path, (time.time() - age,) * 2)
    return path


def _taken(folder: Path, office: Office, *, put_away: bool = True) -> list[Opened | Left]:
    return list(take_in(folder, bot, office, put_away=put_away))


def test_a_file_is_put_away_once_its_case_is_open_and_is_not_taken_in_again(office: Office, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    _put(inbox, "a.pdf", b"%PDF-1.7 a")

    (opened,) = _taken(inbox, office)

    assert isinstance(opened, Opened)
    assert opened.new
    assert (inbox / "taken" / office.today().isoformat() / "a.pdf").read_bytes() == b"%PDF-1.7 a"
    assert _taken(inbox, office) == []
    assert LedgerEntry.objects.count() == 1


def test_files_of_one_name_are_all_kept(office: Office, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    for content in (b"%PDF-1.7 a", b"%PDF-1.7 b", b"%PDF-1.7 c"):
        _put(inbox, "scan.pdf", content)
        _taken(inbox, office)

    kept = sorted(path.name for path in (inbox / "taken" / office.today().isoformat()).iterdir())

    assert kept == ["scan (2).pdf", "scan (3).pdf", "scan.pdf"]
    assert len(list(casebook.all_cases(bot.name))) == 3


def test_a_file_that_is_still_being_written_waits_for_the_next_run(office: Office, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    half = _put(inbox, "half.pdf", b"%PDF-1.7 ha", age=0)

    assert _taken(inbox, office) == []
    assert half.exists()

    os.utime(half, (time.time() - 60,) * 2)
    assert len(_taken(inbox, office)) == 1


def test_a_folder_that_is_no_inbox_is_left_as_it_is(office: Office, tmp_path: Path) -> None:
    path = _put(tmp_path / "mine", "a.pdf", b"%PDF-1.7 a", age=0)

    (opened,) = _taken(path.parent, office, put_away=False)

    assert isinstance(opened, Opened)
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_is_too_large_is_told_and_the_next_is_taken_in(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGEST", 2_000_000)
    inbox = tmp_path / "inbox"
    large = _put(inbox, "a.pdf", b"%PDF" * 600_000)
    _put(inbox, "b.pdf", b"%PDF-1.7 b")

    left, opened = _taken(inbox, office)

    assert str(left) == f"{large} is larger than 2 MB and was not taken in. Split it."
    assert isinstance(opened, Opened)
    assert large.exists()


def test_a_file_that_cannot_be_put_away_has_its_case_and_is_told(office: Office, tmp_path: Path) -> None:
    path = _put(tmp_path / "inbox", "a.pdf", b"%PDF-1.7 a")
    (path.parent / ".hidden").mkdir()
    (path.parent / "taken").symlink_to(path.parent / ".hidden" / "gone" / "away")

    opened, left = _taken(path.parent, office)

    assert isinstance(opened, Opened)
    assert str(left).startswith(f"{path} cannot be read, or cannot be moved")


def test_a_folder_that_is_not_there_is_told(office: Office, tmp_path: Path) -> None:
    (left,) = _taken(tmp_path / "share", office)

    assert str(left) == (
        f"{tmp_path / 'share'} cannot be opened: No such file or directory. "
        "Make the folder, or let Keywright's user read it."
    )
