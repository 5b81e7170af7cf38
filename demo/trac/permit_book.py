"""What Trac holds, read from its own SQLite database and its own files, past all its screens."""

from __future__ import annotations

import hashlib
import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HELD = ("ticket", "ticket_custom", "ticket_change", "attachment")


@dataclass(frozen=True, slots=True)
class Held:
    """A file that is attached to a permit: its name, its size in bytes by the database, its content's SHA-256."""

    name: str
    size: int
    sha256: str


def permits(project: Path) -> list[dict[str, Any]]:
    """Return every permit, oldest first: the ticket's columns, the township's own fields, and ``files``."""
    with closing(_opened(project)) as book:
        tickets = [dict(row) for row in book.execute("SELECT * FROM ticket ORDER BY id")]
        for ticket in tickets:
            own = book.execute("SELECT name, value FROM ticket_custom WHERE ticket = ?", [ticket["id"]])
            ticket.update((row["name"], row["value"]) for row in own)
            ticket["files"] = [_held(project, row) for row in _attachments(book, ticket["id"])]
    return tickets


def reset(project: Path) -> None:
    """Throw every permit and file away, while Trac runs; the next permit is number 1 again."""
    with closing(_opened(project)) as book, book:
        for table in HELD:
            book.execute(f"DELETE FROM {table}")  # noqa: S608  names of ours
    shutil.rmtree(project / "files" / "attachments" / "ticket", ignore_errors=True)


def _opened(project: Path) -> sqlite3.Connection:
    book = sqlite3.connect(project / "db" / "trac.db", timeout=30)
    book.row_factory = sqlite3.Row
    return book


def _attachments(book: sqlite3.Connection, ticket: int) -> list[sqlite3.Row]:
    return book.execute(
        "SELECT id, filename, size FROM attachment WHERE type = 'ticket' AND id = ? ORDER BY time, filename",
        [str(ticket)],
    ).fetchall()


def _held(project: Path, row: sqlite3.Row) -> Held:
    """Return a file with the hash of its content, which Trac keeps under hashes of the ticket's number and its name."""
    ticket, name = _sha1(row["id"]), _sha1(row["filename"])
    ending = re.search(r"\.[A-Za-z0-9]+\Z", row["filename"])
    path = project / "files" / "attachments" / "ticket" / ticket[:3] / ticket / (name + (ending[0] if ending else ""))
    return Held(row["filename"], row["size"], hashlib.sha256(path.read_bytes()).hexdigest())


def _sha1(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
