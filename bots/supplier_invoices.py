"""Enters suppliers' invoices and credit notes at the town hall's accounts-payable desk."""

from __future__ import annotations

from extractors.supplier_invoice.checks.before_keying import CHECKS
from extractors.supplier_invoice.document_type import SupplierInvoice
from extractors.supplier_invoice.duplicates import invoice_traits
from extractors.supplier_invoice.terms import ORDER, SELLER
from keywright.bot import Bot
from systems.records.bill import Bill
from systems.town_hall.desks import accounts_payable

bot = Bot(
    name="supplier-invoices",
    title="Supplier invoices into accounts payable",
    reads=SupplierInvoice,
    checks=CHECKS,
    record=Bill.from_extraction,
    keys_into=accounts_payable,
    same_as=invoice_traits,
    seller=SELLER,
    orders=ORDER,
)
