"""Reads what SQL-Ledger holds from its own database, past all its screens."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import dict_row

from demo.sql_ledger.instance import SqlLedger

BILLS = """
SELECT ap.id, ap.invnumber, vendor.vendornumber, vendor.name AS vendor, ap.transdate, ap.duedate, ap.ponumber,
    trim(ap.curr) AS curr, ap.exchangerate, department.description AS department, ap.notes, ap.taxincluded,
    round(ap.amount::numeric, 2) AS amount, round(ap.netamount::numeric, 2) AS netamount
FROM ap JOIN vendor ON vendor.id = ap.vendor_id LEFT JOIN department ON department.id = ap.department_id
ORDER BY ap.id
"""
LINES = """
SELECT acc_trans.trans_id, acc_trans.memo, chart.accno, round(acc_trans.amount::numeric, 2) AS amount, chart.link
FROM acc_trans JOIN chart ON chart.id = acc_trans.chart_id
WHERE NOT acc_trans.fx_transaction
ORDER BY acc_trans.id
"""


def bills(ledger: SqlLedger) -> list[dict[str, Any]]:
    """Return every bill in accounts payable, oldest first.

    Keys are those of the query above, with ``lines`` (description, account, amount) and ``taxes`` (account, amount);
    amounts are ``Decimal`` in the bill's currency, below zero on a debit note.
    """
    with psycopg.connect(ledger.database, row_factory=dict_row) as db:
        rows = [_as_shown(entry) for entry in db.execute(BILLS)]
        entries = [_as_shown(entry) for entry in db.execute(LINES)]
    for bill in rows:
        own = [entry for entry in entries if entry["trans_id"] == bill["id"]]
        bill["lines"] = [(e["memo"], e["accno"], -e["amount"]) for e in own if "AP_amount" in e["link"]]
        bill["taxes"] = [(e["accno"], -e["amount"]) for e in own if "AP_tax" in e["link"] and e["amount"]]
    return rows


def _as_shown(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its texts as SQL-Ledger shows them: it stores each byte of its UTF-8 as a letter of its own."""
    return {
        name: value.encode("latin-1").decode("utf-8") if isinstance(value, str) else value
        for name, value in row.items()
    }
