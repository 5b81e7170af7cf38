"""``ledger verify`` names what was done to cases, keyings, documents, receipts and pictures past the ledger."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from keywright.database.models import LedgerEntry, StoredCase
from keywright.ledger import ledger
from keywright.ledger.reconciliation import MOVES_TO, case_faults
from tests.home import unpacked_old_home


def _verify(home: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "KEYWRIGHT_HOME": str(home)}
    command = [sys.executable, "-m", "cli", "ledger", "verify"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100)


def _sql(*statements: str) -> Callable[[Path], None]:
    def tamper(home: Path) -> None:
        with closing(sqlite3.connect(home / "keywright.sqlite3")) as database, database:
            for statement in statements:
                database.execute(statement)

    return tamper


def _file(folder: str, content: bytes | None) -> Callable[[Path], None]:
    """Change the first file of a folder, or remove it; pictures are chosen by the ledger, as some are only of pages."""

    def tamper(home: Path) -> None:
        paths = sorted(path for path in (home / folder).rglob("*") if path.is_file())
        if folder == "pictures":
            with closing(sqlite3.connect(home / "keywright.sqlite3")) as database:
                query = "SELECT json_extract(body, '$.picture') FROM records_ledgerentry WHERE event = 'case-keyed'"
                paths = [path for path in paths if path.name == database.execute(query).fetchone()[0]]
        paths[0].unlink() if content is None else paths[0].write_bytes(content)

    return tamper


NEW_CASE = """
    INSERT INTO records_storedcase (bot, document_id, part, state, received_at, changed_at, findings, settled, attempts,
        not_before, receipt_number, lease_holder, lease_token, sender, sender_key, paper_number, currency, kind)
    SELECT bot, document_id, 7, 'received', received_at, changed_at, '[]', '[]', 0, not_before, '', '', '', '', '', '',
        '', '' FROM records_storedcase WHERE id = 1
"""
TAMPERED = {
    "a state": (
        _sql("UPDATE records_storedcase SET state = 'read' WHERE id = 1"),
        "Case 1 is read, and by its last move in the ledger (case-refused) it is refused.",
    ),
    "a number": (
        _sql("UPDATE records_storedcase SET receipt_number = 'AP-000777' WHERE id = 2"),
        "Case 2 was keyed as AP-000001 by the ledger, and is on file as AP-000777.",
    ),
    "a case put in": (_sql(NEW_CASE), "Case 3 was never opened: the ledger has no entry for that."),
    "a case taken out": (
        _sql("DELETE FROM records_storedcase WHERE id = 1"),
        "Case 1 is missing: the ledger has entries about it.",
    ),
    "another document": (
        _sql(
            "UPDATE records_storedcase SET part = 9 WHERE id = 2",
            "UPDATE records_storedcase SET document_id = (SELECT document_id FROM records_storedcase WHERE id = 1)",
        ),
        "and the ledger opened it for ",
    ),
    "a keying taken out": (_sql("DELETE FROM records_keying"), "and has no keying with its receipt."),
    "a keying's record": (
        _sql("UPDATE records_keying SET identity = 'another record'"),
        "has a keying of another record in town-hall-payables, which has no entry in the ledger.",
    ),
    "a keying's receipt": (
        _sql("UPDATE records_keying SET receipt = json_set(receipt, '$.number', 'AP-000777')"),
        "has a receipt for AP-000777 in town-hall-payables, and the ledger does not close it with that.",
    ),
    "a post": (
        _sql("UPDATE records_keying SET posts = posts + 1"),
        "has 2 posts in town-hall-payables on file, and the ledger has 1 intents, 0 of them withdrawn.",
    ),
    "a document changed": (_file("documents", b"another paper"), "was changed in "),
    "a document gone": (_file("documents", None), "is missing in "),
    "a document put in": (
        _sql(
            "INSERT INTO records_storeddocument (sha256, media_type, file_name, size, received_at, origin)"
            " VALUES ('ab', 'application/pdf', 'bill.pdf', 1, '2026-01-01', '')"
        ),
        "The document ab (bill.pdf) is on file without a case: the ledger does not know it.",
    ),
    "a receipt changed": (_file("receipts", b"<p>"), "The receipt "),
    "a picture gone": (_file("pictures", None), "The picture "),
}


@pytest.fixture(scope="module")
def office_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a keyed and a refused case, whose database has today's tables."""
    home = unpacked_old_home(tmp_path_factory.mktemp("office"))
    assert _verify(home).returncode == 0
    return home


@pytest.mark.parametrize("what", TAMPERED)
def test_what_is_not_as_the_ledger_tells_is_named(tmp_path: Path, office_home: Path, what: str) -> None:
    tamper, fault = TAMPERED[what]
    shutil.copytree(office_home, tmp_path, dirs_exist_ok=True)
    tamper(tmp_path)

    done = _verify(tmp_path)

    assert (done.returncode, done.stderr) == (1, "")
    assert fault in done.stdout


def test_a_file_that_an_interrupted_start_left_is_told_and_is_no_fault(tmp_path: Path) -> None:
    left_over = unpacked_old_home(tmp_path) / "documents" / "ab" / ("ab" * 32)
    left_over.parent.mkdir()
    left_over.write_bytes(b"%PDF")

    done = _verify(tmp_path)

    assert done.returncode == 0
    assert f"{left_over} belongs to no case." in done.stdout


def test_every_event_of_the_ledger_that_moves_a_case_is_known() -> None:
    assert set(MOVES_TO) <= set(ledger.EVENTS)


WRITER = """
from keywright.setup import open_records
open_records()
import sys, time
from django.db import transaction
from keywright.cases import casebook
from keywright.model.case import State
from keywright.model.document import Document
from django.utils import timezone
print("ready", flush=True)
for n in range(100_000):
    document = Document(f"{n:064x}", "application/pdf", f"{n}.pdf", 1, timezone.now(), "test")
    case = casebook.open_case(document, "supplier-invoices", actor="robot").case
    casebook.move(case, State.FAILED, "case-failed", actor="robot", body={})
"""


def test_fifty_verifications_beside_a_robot_at_work_find_no_fault(database: str, tmp_path: Path) -> None:
    environment = {"KEYWRIGHT_HOME": str(tmp_path), "KEYWRIGHT_DATABASE_URL": database, "PATH": "/usr/bin:/bin"}
    writer = subprocess.Popen([sys.executable, "-c", WRITER], env=environment, stdout=subprocess.PIPE)
    assert writer.stdout is not None
    try:
        assert writer.stdout.readline() == b"ready\n"
        for turn in count(1):
            assert ledger.verify().fault == ""
            assert list(case_faults(lambda: None)) == []
            if turn >= 50 and StoredCase.objects.count() > 5:
                break
            assert turn < 5000, "the robot wrote next to nothing"
    finally:
        writer.kill()
        writer.wait()
        writer.stdout.close()

    assert LedgerEntry.objects.count() > 10
