"""A stored document that is gone costs its own case; all of them gone stops the bot."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from demo.invoice_layouts import labels_left
from demo.invoices import brightwater
from tests.doors import keywright


def worked(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Work the bot's cases, with a town hall at which nobody answers."""
    return keywright(
        *("work", "supplier-invoices", *arguments),
        home=home,
        KEYWRIGHT_TOWN_HALL_PAYABLES_URL="http://127.0.0.1:9",
        KEYWRIGHT_TOWN_HALL_PAYABLES_USER="robot",
        KEYWRIGHT_TOWN_HALL_PAYABLES_PASSWORD="x",
    )


def taken_in(folder: Path) -> Path:
    """Take two bills in and work none of them; return the home."""
    inbox, home = folder / "in", folder / "home"
    inbox.mkdir()
    (inbox / "1-bill.pdf").write_bytes(labels_left(brightwater()))
    (inbox / "2-note.txt").write_text("A note, and no bill.")
    done = worked(home, "--from", str(inbox), "--limit", "0")
    assert "2 documents taken in" in done.stdout, done.stdout + done.stderr
    return home


def cases_of(home: Path) -> dict[str, tuple[str, str]]:
    lines = keywright("cases", "--json", home=home).stdout.splitlines()
    return {case["file"]: (case["state"], case["reason"]) for case in map(json.loads, lines)}


def test_one_document_that_is_gone_is_referred_and_the_next_case_has_its_turn(tmp_path: Path) -> None:
    home = taken_in(tmp_path)
    bill = max(
        (path for path in (home / "documents").rglob("*") if path.is_file()), key=lambda path: path.stat().st_size
    )
    bill.unlink()

    done = worked(home)

    assert done.returncode == 0, done.stderr
    cases = cases_of(home)
    assert cases["1-bill.pdf"][0] == "referred"
    assert "is gone. Have IT restore it from the backup" in cases["1-bill.pdf"][1]
    assert cases["2-note.txt"][0] == "referred"
    assert "Not a readable document: plain text." in cases["2-note.txt"][1]


def test_all_documents_gone_stops_the_bot_and_no_case_is_referred(tmp_path: Path) -> None:
    home = taken_in(tmp_path)
    shutil.rmtree(home / "documents")

    done = worked(home)

    assert done.returncode == 1
    assert "holds no document at all. Mount its disk, or restore it." in done.stderr
    assert {state for state, _ in cases_of(home).values()} == {"received"}
