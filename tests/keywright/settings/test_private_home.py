"""Nobody but its owner can read the home: neither what was there before, nor what any process writes there."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

from tests.home import open_to_others


def started(home: Path, *arguments: str, umask: int = 0o022) -> subprocess.CompletedProcess[str]:
    """Run a command as somebody does whose files all users of the machine may read."""
    environment = {**os.environ, "KEYWRIGHT_HOME": str(home)}
    command = [sys.executable, "-m", "cli", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, umask=umask)


def test_a_new_home_is_for_its_owner_alone_and_so_are_the_files_beside_a_database_in_use(tmp_path: Path) -> None:
    home = tmp_path / "home"

    done = started(home, "cases")

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    with sqlite3.connect(home / "keywright.sqlite3") as database:  # while it is open, -wal and -shm stand beside it
        database.execute("SELECT count(*) FROM records_ledgerentry")
        assert started(home, "vendors", "import", str(vendors(tmp_path))).returncode == 0
        assert {"keywright.sqlite3-wal", "keywright.sqlite3-shm"} <= {path.name for path in home.iterdir()}
        assert not open_to_others(home)


def vendors(folder: Path) -> Path:
    path = folder / "vendors.csv"
    path.write_text("Number,Name\nV1,Maple Paving\n", encoding="utf-8")
    return path


def test_a_home_that_was_open_is_closed_at_the_next_start_and_what_links_lead_to_is_left_alone(tmp_path: Path) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "scans"
    started(home, "cases")
    elsewhere.mkdir(mode=0o775)
    elsewhere.chmod(0o775)
    (home / "documents" / "ab").mkdir(parents=True)
    (home / "documents" / "ab" / "abcd").write_bytes(b"a paper")
    (home / "inbox").mkdir()
    (home / "inbox" / "supplier-invoices").symlink_to(elsewhere)
    for path in (home, *home.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)

    assert started(home, "cases").returncode == 0

    assert not open_to_others(home)
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o775


def test_a_folder_with_folders_of_others_is_not_locked_and_what_is_ours_in_it_is(tmp_path: Path) -> None:
    shared = tmp_path / "srv"
    (shared / "www").mkdir(parents=True)
    (shared / "documents").mkdir()
    for path in (shared, shared / "www", shared / "documents"):
        path.chmod(0o755)

    done = started(shared, "cases")

    assert "holds folders that are not Keywright's (www)" in done.stderr
    assert stat.S_IMODE(shared.stat().st_mode) == 0o755
    assert stat.S_IMODE((shared / "www").stat().st_mode) == 0o755
    assert not open_to_others(shared / "documents")
    assert stat.S_IMODE((shared / "keywright.sqlite3").stat().st_mode) == 0o600
