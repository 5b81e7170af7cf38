"""What is typed at the accounts-payable desk of a checked invoice."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from bots.supplier_invoices import bot
from keywright.model.fields import Extraction, InvoiceLine
from keywright.model.vendor import Payee
from systems.records.bill import DEFAULT_ACCOUNT, Bill
from tests.keywright.papers import field

VALUES = {
    "invoice_number": "INV-7",
    "issue_date": dt.date(2026, 11, 2),
    "seller_name": "BRIGHTWATER PUMPS",
    "currency": "CAD",
    "grand_total": Decimal("113.00"),
    "tax_total": Decimal("13.00"),
}
INVOICE = Extraction(
    "invoice",
    {name: field(name, value) for name, value in VALUES.items()},
    (InvoiceLine("Seal kit", net_amount=Decimal("100.00")),),
)


def test_of_a_vendor_on_file_number_and_name_on_file_and_the_vendor_s_own_account_are_typed() -> None:
    record = Bill.from_extraction(INVOICE, Payee("V1001", "Brightwater Pumps Ltd.", "5920"))

    assert (record.vendor_number, record.seller_name) == ("V1001", "Brightwater Pumps Ltd.")
    assert [line.account for line in record.lines] == ["5920"]


def test_without_a_vendor_master_the_name_is_typed_as_it_is_printed() -> None:
    record = Bill.from_extraction(INVOICE, None)

    assert (record.vendor_number, record.seller_name) == ("", "BRIGHTWATER PUMPS")
    assert [line.account for line in record.lines] == [DEFAULT_ACCOUNT]


def test_the_bot_tells_where_the_seller_stands() -> None:
    assert bot.seller is not None
    assert bot.seller.of(INVOICE).name == "BRIGHTWATER PUMPS"
