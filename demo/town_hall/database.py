"""The town hall's own SQLite database: its tables, its vendors, and looking into it for tests."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

VENDORS = Path(__file__).resolve().parents[1] / "vendors.csv"
SHORT_TERMS = {"V1004": 15, "V1009": 45}  # days; the others have 30

SCHEMA = """
CREATE TABLE IF NOT EXISTS vendors (
    number TEXT PRIMARY KEY, name TEXT, tax_id TEXT, address TEXT, city TEXT, province TEXT,
    postal_code TEXT, terms INTEGER
);
CREATE TABLE IF NOT EXISTS vouchers (
    id INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT, vendor TEXT REFERENCES vendors,
    invoice_number TEXT, invoice_date TEXT, due_date TEXT, po_number TEXT, currency TEXT,
    department TEXT, tax TEXT, total TEXT, paid TEXT DEFAULT '0.00', notes TEXT, booked_by TEXT,
    status TEXT DEFAULT 'Posted', booked_at REAL
);
CREATE TABLE IF NOT EXISTS voucher_lines (
    voucher INTEGER REFERENCES vouchers, place INTEGER, description TEXT, account TEXT, amount TEXT
);
CREATE TABLE IF NOT EXISTS permits (
    id INTEGER PRIMARY KEY AUTOINCREMENT, status TEXT DEFAULT 'Active', filed_by TEXT,
    project_address TEXT, unit TEXT, municipality TEXT, postal_code TEXT, lot_con TEXT,
    roll_number TEXT, purpose TEXT, proposed_use TEXT, current_use TEXT, work_description TEXT,
    project_value TEXT, area_m2 TEXT, applicant_name TEXT, applicant_type TEXT,
    applicant_phone TEXT, applicant_email TEXT, applicant_address TEXT, owner_name TEXT,
    builder_name TEXT, tarion_new_home TEXT, designer_name TEXT, designer_bcin TEXT,
    declaration_date TEXT, booked_at REAL
);
CREATE TABLE IF NOT EXISTS permit_files (permit INTEGER REFERENCES permits, name TEXT, content BLOB);
"""


def path_in(home: Path) -> Path:
    """Return where the database of the town hall in ``home`` is."""
    return home / "town_hall.sqlite3"


def prepare(home: Path) -> Path:
    """Make the database with its vendors, if it is not there; return its path."""
    home.mkdir(parents=True, exist_ok=True)
    with opened(path_in(home)) as db, VENDORS.open(encoding="utf-8", newline="") as file:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(SCHEMA)
        db.executemany(
            "INSERT OR IGNORE INTO vendors VALUES (:number, :name, :tax_id, :address, :city,"
            " :province, :postal_code, :terms)",
            [row | {"terms": SHORT_TERMS.get(row["number"], 30)} for row in csv.DictReader(file)],
        )
    return path_in(home)


@contextmanager
def opened(database: Path) -> Iterator[sqlite3.Connection]:
    """Open the database for one piece of work and commit it at the end."""
    db = sqlite3.connect(database, timeout=10)
    db.row_factory = sqlite3.Row
    db.create_function("folded", 1, lambda text: str(text or "").casefold(), deterministic=True)
    try:
        with db:
            yield db
    finally:
        db.close()


def voucher_number(voucher: int) -> str:
    """Return the number that the town hall gives its n-th voucher."""
    return f"AP-{voucher:06d}"


def permit_number(permit: int) -> str:
    """Return the number that the town hall gives its n-th permit application."""
    return f"BP-2026-{permit:04d}"


def vouchers(database: Path) -> list[dict[str, Any]]:
    """Return every voucher booked, oldest first.

    Keys are the table's columns with ``number`` (``AP-000001``), ``vendor`` (the vendor's number),
    ``vendor_name`` and ``lines`` (``description``, ``account``, ``amount``). Amounts are
    ``Decimal``, below zero on a credit note; dates are ISO 8601 text, empty where there is none.
    """
    with opened(database) as db:
        rows = db.execute(
            "SELECT vouchers.*, vendors.name AS vendor_name FROM vouchers"
            " JOIN vendors ON vendors.number = vouchers.vendor ORDER BY id"
        ).fetchall()
        return [_voucher(row, _lines(db, row["id"])) for row in rows]


def permits(database: Path) -> list[dict[str, Any]]:
    """Return every permit application filed, oldest first: the columns, ``number``, and ``files`` (name, content)."""
    with opened(database) as db:
        rows = db.execute("SELECT * FROM permits ORDER BY id").fetchall()
        return [dict(row) | {"number": permit_number(row["id"]), "files": permit_files(db, row["id"])} for row in rows]


def permit_files(db: sqlite3.Connection, permit: int) -> list[tuple[str, bytes]]:
    """Return the name and the content of each file attached to a permit application, oldest first."""
    rows = db.execute("SELECT name, content FROM permit_files WHERE permit = ? ORDER BY rowid", [permit]).fetchall()
    return [(row["name"], row["content"]) for row in rows]


def pay(database: Path, number: str) -> None:
    """Mark the voucher ``number`` paid in full, as the treasurer does at the end of the week."""
    with opened(database) as db:
        moved = db.execute("UPDATE vouchers SET paid = total WHERE id = ?", [int(number.removeprefix("AP-"))])
        if moved.rowcount != 1:
            raise KeyError(f"The town hall has no voucher {number}.")


def _lines(db: sqlite3.Connection, voucher: int) -> list[dict[str, Any]]:
    rows = db.execute(
        "SELECT description, account, amount FROM voucher_lines WHERE voucher = ? ORDER BY place",
        [voucher],
    ).fetchall()
    return [dict(row) | {"amount": Decimal(row["amount"])} for row in rows]


def _voucher(row: sqlite3.Row, lines: list[dict[str, Any]]) -> dict[str, Any]:
    money = {name: Decimal(row[name]) for name in ("tax", "total", "paid")}
    return dict(row) | money | {"number": voucher_number(row["id"]), "lines": lines}
