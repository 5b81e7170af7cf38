"""Enters suppliers' invoices and credit notes into the accounts payable of SQL-Ledger."""

from __future__ import annotations

from bots.supplier_invoices import SELLER, same_as, voucher
from bots.supplier_invoices import bot as town_hall_bot
from extractors.supplier_invoice.document_type import SupplierInvoice as Invoice
from keywright.bot import Bot
from keywright.model.fields import Extraction
from keywright.model.vendor import Payee
from systems.sql_ledger.payables import Bill, BillLine, sql_ledger


def bill(invoice: Extraction, payee: Payee | None = None) -> Bill:
    """Fill the form from a checked invoice as the town hall's is filled; of a vendor on file the number is typed.

    Lines of 0.00 are left out, since SQL-Ledger keeps none; a description is one line there.
    """
    told = voucher(invoice, payee)
    return Bill(
        invoice_type=told.invoice_type,
        seller_name=told.seller_name,
        vendor_number=told.vendor_number,
        invoice_number=told.invoice_number,
        issue_date=told.issue_date,
        due_date=told.due_date,
        purchase_order=told.purchase_order,
        currency=told.currency,
        lines=tuple(
            BillLine(description=" ".join(line.description.split()), account=line.account, amount=line.amount)
            for line in told.lines
            if line.amount
        ),
        tax_total=told.tax_total,
        notes=told.notes,
    )


bot = Bot(
    name="sql-ledger-invoices",
    title="Supplier invoices into SQL-Ledger",
    reads=Invoice,
    checks=town_hall_bot.checks,
    record=bill,
    keys_into=sql_ledger,
    same_as=same_as,
    seller=SELLER,
)
