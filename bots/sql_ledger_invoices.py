"""Enters suppliers' invoices and credit notes into the accounts payable of SQL-Ledger."""

from __future__ import annotations

from extractors.supplier_invoice.checks.before_keying import CHECKS
from extractors.supplier_invoice.document_type import SupplierInvoice
from extractors.supplier_invoice.duplicates import invoice_traits
from extractors.supplier_invoice.terms import ORDER, SELLER
from keywright.bot import Bot
from systems.records.bill import Bill
from systems.sql_ledger.payables import sql_ledger

bot = Bot(
    name="sql-ledger-invoices",
    title="Supplier invoices into SQL-Ledger",
    reads=SupplierInvoice,
    checks=CHECKS,
    record=Bill.from_extraction,
    keys_into=sql_ledger,
    same_as=invoice_traits,
    seller=SELLER,
    orders=ORDER,
)
