"""An inbox: whole files are taken in once and put away; what cannot be taken in is told and costs nobody else."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bots.supplier_invoices import bot
from keywright.cases import casebook
from keywright.cases.worker import Office
from keywright.database.models import LedgerEntry
from keywright.model.case import Opened
from tasks import receive as module
from tasks.runs.inbox import LeftFile, take_in


def _put(folder: Path, name: str, content: bytes, age: float = 60) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    os.utime(path, (time.time() - age,) * 2)
    return path


def _taken(folder: Path, office: Office, *, put_away: bool = True) -> list[Opened | LeftFile]:
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

    names = sorted(path.name for path in (inbox / "taken" / office.today().isoformat()).iterdir())

    assert names == ["scan (2).pdf", "scan (3).pdf", "scan.pdf"]
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

    left_alone, opened = _taken(inbox, office)

    assert str(left_alone) == f"{large} is larger than 2 MB and was not taken in. Split it."
    assert isinstance(opened, Opened)
    assert large.exists()


def test_a_file_that_cannot_be_put_away_has_its_case_and_is_told(office: Office, tmp_path: Path) -> None:
    path = _put(tmp_path / "inbox", "a.pdf", b"%PDF-1.7 a")
    (path.parent / ".hidden").mkdir()
    (path.parent / "taken").symlink_to(path.parent / ".hidden" / "gone" / "away")

    opened, left_alone = _taken(path.parent, office)

    assert isinstance(opened, Opened)
    assert str(left_alone).startswith(f"{path} cannot be read, or cannot be moved")


def test_a_folder_that_is_not_there_is_told(office: Office, tmp_path: Path) -> None:
    (left_alone,) = _taken(tmp_path / "share", office)

    assert str(left_alone) == (
        f"{tmp_path / 'share'} cannot be opened: No such file or directory. "
        "Make the folder, or let Keywright's user read it."
    )


ODD_NAMES = {
    b"caf\xe9.pdf": "caf_.pdf",
    b"two\nlines.pdf": "two_lines.pdf",
    b"\x1b[2J\x07bell.pdf": "_[2J_bell.pdf",
    "fdp.\u202egpj.pdf".encode(): "fdp._gpj.pdf",
    b"x" * 251 + b".pdf": "x" * 196 + ".pdf",
    "é".encode() * 125 + b".pdf": "é" * 98 + ".pdf",
    b" .. ": "document",
}


def test_a_file_of_any_name_is_taken_in_under_a_safe_one(office: Office, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for number, name in enumerate(ODD_NAMES):
        path = os.fsencode(inbox) + b"/" + name
        Path(os.fsdecode(path)).write_bytes(b"%%PDF-1.7 %d" % number)
        os.utime(path, (time.time() - 60,) * 2)

    taken = _taken(inbox, office)

    assert sorted(event.case.file_name for event in taken if isinstance(event, Opened)) == sorted(ODD_NAMES.values())
    assert len(taken) == len(ODD_NAMES)
    assert [path.name for path in inbox.iterdir()] == ["taken"]
    assert _taken(inbox, office) == []


def test_two_names_that_are_safe_as_one_are_both_kept(office: Office, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    for name in ("a\n.pdf", "a\t.pdf"):
        _put(inbox, name, name.encode())

    assert len(_taken(inbox, office)) == 2
    assert len(list((inbox / "taken" / office.today().isoformat()).iterdir())) == 2


def test_what_is_no_plain_file_is_told_and_opened_by_nobody(office: Office, tmp_path: Path) -> None:
    inbox, secret = tmp_path / "inbox", tmp_path / "secret.pdf"
    _put(inbox, "whole.pdf", b"%PDF-1.7 whole")
    secret.write_bytes(b"%PDF-1.7 secret")
    (inbox / "folder").mkdir()
    (inbox / "link.pdf").symlink_to(secret)
    (inbox / "dangling.pdf").symlink_to(tmp_path / "gone")
    (inbox / "loop.pdf").symlink_to(inbox / "loop.pdf")
    os.mkfifo(inbox / "pipe\x1b[2J.pdf")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(inbox / "socket.pdf"))
        for path in inbox.iterdir():
            os.utime(path, (time.time() - 60,) * 2, follow_symlinks=False)

        taken = _taken(inbox, office)

    opened = [event.case.file_name for event in taken if isinstance(event, Opened)]
    left_alone = {str(event).removeprefix(f"{inbox}/") for event in taken if isinstance(event, LeftFile)}
    link = "is a link to another place and was not taken in. Put the file itself there."
    assert opened == ["whole.pdf"]
    assert {f"{name} {link}" for name in ("link.pdf", "dangling.pdf", "loop.pdf")} < left_alone
    assert "folder is a folder, and no file in it was taken in. Put the files beside it." in left_alone
    assert any(sentence.startswith("pipe_[2J.pdf is no file (a pipe") for sentence in left_alone)
    assert any(sentence.startswith("socket.pdf ") for sentence in left_alone)
    assert len(left_alone) == 6


def test_a_file_from_the_future_is_taken_in(office: Office, tmp_path: Path) -> None:
    _put(tmp_path / "inbox", "a.pdf", b"%PDF-1.7 a", age=-86_400)

    assert len(_taken(tmp_path / "inbox", office)) == 1


def test_a_command_takes_in_odd_names_and_tells_what_it_left(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    Path(os.fsdecode(os.fsencode(inbox) + b"/caf\xe9\n.pdf")).write_bytes(b"%PDF-1.7 a")
    (inbox / "\x1b[31mlink.pdf").symlink_to("/etc/passwd")
    (inbox / "zwhole.pdf").write_bytes(b"%PDF-1.7 b")
    command = [sys.executable, "-m", "cli", "work", "supplier-invoices", "--from", str(inbox), "--limit", "0"]
    environment = {"PATH": os.environ["PATH"], "KEYWRIGHT_HOME": str(tmp_path / "home")}

    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)

    assert done.returncode == 1
    assert "2 documents taken in" in done.stdout
    assert f"keywright: {inbox}/_[31mlink.pdf is a link to another place" in done.stderr
    assert "Traceback" not in done.stderr and "\x1b" not in done.stderr
