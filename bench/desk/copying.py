"""Copies rows in bulk, in the SQL of each database: a million cases in minutes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import connection

from keywright.database.models import DuplicateKey, LedgerEntry, PagePicture, StoredCase, StoredDocument

Entry = tuple[int, dt.datetime, str, str, int, str, str, str]
"""An entry's columns in the order of ``COLUMNS``."""
COLUMNS = ("number", "at", "actor", "event", "case_id", "body", "previous", "hash")
SECONDS = 90  # from one case to the next

# Each database's own words for: a number as a hash has it, a number with seven digits, a time so many seconds later.
_WORDS = {
    "sqlite": ("printf('%064x', {0})", "printf('%07d', {0})", "datetime({0}, '+' || ({1}) || ' seconds')"),
    "postgresql": ("lpad(to_hex({0}), 64, '0')", "lpad(({0})::text, 7, '0')", "{0} + ({1}) * interval '1 second'"),
}


def multiply(templates: int, times: int) -> None:
    """Copy the cases 1 to ``templates`` so many times, each with a document, a key and numbers of its own."""
    if times < 1:
        return
    sha, seven, later = _WORDS[connection.vendor]
    number = f"(t.id + {templates} * s.n)"
    moved = {name: later.format(f"t.{name}", f"{templates * SECONDS} * s.n") for name in ("received_at", "changed_at")}
    own = {
        **moved,
        "id": number,
        "document_id": sha.format(number),
        "paper_number": f"'inv' || {seven.format(number)}",
        "receipt_number": f"'V-' || {number}",
    }
    cases = [str(field.column) for field in StoredCase._meta.concrete_fields]
    copied = ", ".join(own.get(name, f't."{name}"') for name in cases)
    document = (
        f"{sha.format(number)}, 'application/pdf', 'scan-' || {seven.format(number)} || '.pdf', 1000, "
        f"{moved['received_at']}, 'x'"
    )
    plain = ("sha256", "media_type", "file_name", "size", "received_at", "origin")
    _select(StoredDocument._meta.db_table, plain, document, templates, times)
    _select(StoredCase._meta.db_table, cases, copied, templates, times)
    key = f"{number}, {number}, 'same-number', 'v' || {number}"
    _select(DuplicateKey._meta.db_table, ("id", "case_id", "rule", "key"), key, templates, times)


def _select(table: str, columns: Sequence[str], values: str, templates: int, times: int) -> None:
    names, cases = ", ".join(f'"{name}"' for name in columns), StoredCase._meta.db_table
    with connection.cursor() as cursor:
        # The words are this module's own.
        cursor.execute(
            f"INSERT INTO {table} ({names}) "  # noqa: S608
            f"WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {times}) "
            f"SELECT {values} FROM s CROSS JOIN {cases} t WHERE t.id <= {templates}"
        )


def entries(rows: Sequence[Entry]) -> None:
    """Insert entries of the ledger."""
    table, names = LedgerEntry._meta.db_table, ", ".join(f'"{name}"' for name in COLUMNS)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join("%s" for _ in COLUMNS)
            plain: list[tuple[Any, ...]] = [
                (n, at.replace(tzinfo=None).isoformat(sep=" "), *rest) for n, at, *rest in rows
            ]
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", plain)  # noqa: S608


def catch_up() -> None:
    """Let PostgreSQL go on numbering behind what was inserted, and know how large its tables are."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in (StoredCase, DuplicateKey, PagePicture):
            table = model._meta.db_table
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")  # noqa: S608
        cursor.execute("ANALYZE")
