"""A permit with every trap in it, and what Trac must hold of it."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from demo.trac import permits
from keywright.model.document import Enclosure, fingerprint
from systems.records.permit_application import PermitApplication
from tests.systems.applications import APPLICATION

MIDNIGHT = dt.timezone(dt.timedelta(hours=-5))  # the zone of the township's Trac

PERMIT = replace(
    APPLICATION,
    project_municipality="Maple Narrows",
    work_description="Deck 12' x 14\" with '''bold''' stairs\n * see #12, WikiStart\n\n{{{ [[BR]] }}} é",
    applicant_address="1 Quay Street\nQuébec",
    builder_name="Build <Right> Inc. 100%",
    designer_name="Dee | Signer",
    designer_bcin="012345",
    declaration_date=dt.date(2026, 12, 1),
)

#: By the names of Trac's fields, what the database must hold of it, but for the date.
STORED = {
    "type": "building permit",
    "summary": "Addition: 12 O'Brien Street, unit B",
    "site_address": "12 O'Brien Street",
    "unit": "B",
    "municipality": "Maple Narrows",
    "postal_code": "L9T 1A1",
    "lot_con": "Lot 3, Con. 4",
    "roll_number": "2409-010-002",
    "est_value": "48500.00",
    "area": "120.5",
    "purpose": "Addition",
    "proposed_use": "House",
    "current_use": "House",
    "work": PERMIT.work_description.replace("\n", "\r\n"),
    "applicant": "Zoë D'Arcy-Müller",
    "applicant_is": "Agent",
    "phone": "905-555-0100",
    "email": "zoe@example.org",
    "applicant_address": "1 Quay Street\r\nQuébec",
    "owner_name": "Sam & Alex Roe",
    "builder": "Build <Right> Inc. 100%",
    "new_home": "1",
    "designer": "Dee | Signer",
    "bcin": "012345",
}


def paper(
    folder: Path, name: str = "Permit application é.pdf", content: bytes = b"%PDF-1.4 an application"
) -> Enclosure:
    """Put a document into a folder, under its hash as the archive does, and return it."""
    sha256 = fingerprint(content)
    (folder / sha256).write_bytes(content)
    return Enclosure(name, folder / sha256, sha256)


def permit(folder: Path, **changes: Any) -> PermitApplication:
    """Return the permit with its application, and with other values where these are given."""
    return replace(PERMIT, **({"file": paper(folder)} | changes))


def day_of(stored: str) -> dt.date:
    """Return the day of a date as Trac keeps it: microseconds, to the midnight of its own zone."""
    return dt.datetime.fromtimestamp(int(stored) / 1_000_000, MIDNIGHT).date()


def numbers(project: Path) -> list[int]:
    """Return the numbers of all permits that Trac holds, by its database."""
    return [row["id"] for row in permits(project)]


def write(project: Path, statement: str, *values: Any) -> None:
    """Change Trac's database past its screens, for what no screen does."""
    with closing(sqlite3.connect(project / "db" / "trac.db", timeout=30)) as book, book:
        book.execute(statement, values)
