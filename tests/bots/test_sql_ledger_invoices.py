"""What is typed into SQL-Ledger of a checked invoice."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from bots.sql_ledger_invoices import bot
from keywright.bot import bot_named
from keywright.model.fields import InvoiceLine
from keywright.model.vendor import Payee
from systems.records.bill import Bill
from systems.sql_ledger.bill import as_kept
from tests.bots.test_supplier_invoices import INVOICE


def test_number_and_name_of_the_vendor_master_and_every_value_of_the_invoice_are_typed() -> None:
    record = Bill.from_extraction(INVOICE, Payee("V1001", "Brightwater Pumps Ltd.", "5920"))

    assert (record.vendor_number, record.seller_name, record.invoice_number) == (
        "V1001",
        "Brightwater Pumps Ltd.",
        "INV-7",
    )
    assert [(line.description, line.account, line.amount) for line in record.lines] == [
        ("Seal kit", "5920", Decimal("100.00"))
    ]
    assert (record.tax_total, record.grand_total) == (Decimal("13.00"), Decimal("113.00"))


def test_lines_of_nothing_which_sql_ledger_would_drop_are_left_out_and_descriptions_are_one_line() -> None:
    lines = (InvoiceLine("Seal\nkit", net_amount=Decimal("100.00")), InvoiceLine("Thank you", net_amount=Decimal(0)))
    record = as_kept(Bill.from_extraction(replace(INVOICE, lines=lines)))

    assert [(line.description, line.amount) for line in record.lines] == [("Seal kit", Decimal("100.00"))]


def test_the_bot_is_listed_and_keys_into_sql_ledger() -> None:
    assert bot_named("sql-ledger-invoices") is bot
    assert bot.keys_into.name == "sql-ledger"
