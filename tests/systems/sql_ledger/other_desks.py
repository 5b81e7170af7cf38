"""Does in SQL-Ledger's database what is done at other desks of the town."""

from __future__ import annotations

import datetime as dt

import psycopg
from psycopg import sql

from demo.sql_ledger.instance import SqlLedger


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
    """Change one value of a bill, as another program might."""
    with psycopg.connect(ledger.database) as db:
        db.execute(sql.SQL("UPDATE ap SET {} = %s WHERE id = %s").format(sql.Identifier(column)), [value, number])


def add_vendor(ledger: SqlLedger, number: str, name: str, model: str) -> None:
    """Put one more vendor on file, with address, terms and taxes of another."""
    with psycopg.connect(ledger.database) as db:
        vendor = db.execute("SELECT nextval('id')").fetchone()
        assert vendor is not None
        db.execute(
            "INSERT INTO vendor (id, name, vendornumber, terms, curr, startdate)"
            " SELECT %s, %s, %s, terms, curr, startdate FROM vendor WHERE vendornumber = %s",
            [vendor[0], name, number, model],
        )
        db.execute("INSERT INTO address (trans_id, city) VALUES (%s, 'Acton')", vendor)
        db.execute(
            "INSERT INTO vendortax (vendor_id, chart_id) SELECT %s, chart_id FROM vendortax"
            " JOIN vendor ON vendor.id = vendor_id WHERE vendornumber = %s",
            [vendor[0], model],
        )


def _do(ledger: SqlLedger, statement: str, *values: object) -> None:
    with psycopg.connect(ledger.database) as db:
        db.execute(statement.encode(), values)
