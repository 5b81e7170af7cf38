"""Looks into SQL-Ledger's own database, and does there what is done at other desks of the town, for tests."""

from __future__ import annotations

import datetime as dt
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
        found = [_as_shown(each) for each in db.execute(BILLS)]
        entries = [_as_shown(each) for each in db.execute(LINES)]
    for bill in found:
        own = [each for each in entries if each["trans_id"] == bill["id"]]
        bill["lines"] = [(e["memo"], e["accno"], -e["amount"]) for e in own if "AP_amount" in e["link"]]
        bill["taxes"] = [(e["accno"], -e["amount"]) for e in own if "AP_tax" in e["link"] and e["amount"]]
    return found


def _as_shown(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its texts as SQL-Ledger shows them: it stores each byte of its UTF-8 as a letter of its own."""
    return {
        name: value.encode("latin-1").decode("utf-8") if isinstance(value, str) else value
        for name, value in row.items()
    }


def pay(ledger: SqlLedger, number: int) -> None:
    """Mark a bill paid in full, as the treasurer does at the end of the week."""
    _do(ledger, "UPDATE ap SET paid = amount, datepaid = current_date WHERE id = %s", number)


def close_books(ledger: SqlLedger, to: dt.date | None) -> None:
    """Close the books to a day, or open them again."""
    _do(ledger, "DELETE FROM defaults WHERE fldname = 'closedto'")
    if to:
        _do(ledger, "INSERT INTO defaults (fldname, fldvalue) VALUES ('closedto', %s)", f"{to:%Y%m%d}")


def set_rate(ledger: SqlLedger, currency: str, day: dt.date, rate: str) -> None:
    """Put the exchange rate of a currency on a day on file."""
    _do(ledger, "INSERT INTO exchangerate (curr, transdate, exchangerate) VALUES (%s, %s, %s)", currency, day, rate)


def change(ledger: SqlLedger, number: int, column: str, value: object) -> None:
    """Change one value of a bill, as somebody with another program might."""
    from psycopg import sql

    with psycopg.connect(ledger.database) as db:
        db.execute(sql.SQL("UPDATE ap SET {} = %s WHERE id = %s").format(sql.Identifier(column)), [value, number])


def add_vendor(ledger: SqlLedger, number: str, name: str, like: str) -> None:
    """Put one more vendor on file, with address, terms and taxes of another."""
    with psycopg.connect(ledger.database) as db:
        vendor = db.execute("SELECT nextval('id')").fetchone()
        assert vendor is not None
        db.execute(
            "INSERT INTO vendor (id, name, vendornumber, terms, curr, startdate)"
            " SELECT %s, %s, %s, terms, curr, startdate FROM vendor WHERE vendornumber = %s",
            [vendor[0], name, number, like],
        )
        db.execute("INSERT INTO address (trans_id, city) VALUES (%s, 'Acton')", vendor)
        db.execute(
            "INSERT INTO vendortax (vendor_id, chart_id) SELECT %s, chart_id FROM vendortax"
            " JOIN vendor ON vendor.id = vendor_id WHERE vendornumber = %s",
            [vendor[0], like],
        )


def _do(ledger: SqlLedger, statement: str, *values: object) -> None:
    with psycopg.connect(ledger.database) as db:
        db.execute(statement.encode(), values)
