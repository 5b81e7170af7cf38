"""A few invoices of the fifty, keyed into a real SQL-Ledger twice over."""

from __future__ import annotations

import pytest

from bench.sql_ledger_run import compared, invoices, key_all, right
from demo.sql_ledger import running
from demo.sql_ledger.books import bills
from tests.systems.sql_ledger.other_desks import change

pytestmark = pytest.mark.long


def test_each_invoice_stands_in_the_books_once_and_right_and_the_same_again_adds_nothing() -> None:
    records = invoices(6)
    with running() as ledger:
        assert key_all(ledger, records) == 6
        assert compared(records, bills(ledger)) == right(6)
        assert key_all(ledger, records) == 0
        assert compared(records, bills(ledger)) == right(6)

        change(ledger, bills(ledger)[0]["id"], "amount", 1)
        assert compared(records, bills(ledger)) == "5 once and right, 0 missing, 0 twice, 1 wrong, 0 of others"
        change(ledger, bills(ledger)[1]["id"], "invnumber", "other")
        assert compared(records, bills(ledger)) == "4 once and right, 1 missing, 0 twice, 1 wrong, 1 of others"
