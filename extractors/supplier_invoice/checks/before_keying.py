"""What a supplier's invoice must meet before a bot may key it, in whichever system."""

from __future__ import annotations

from extractors.supplier_invoice.addressee import addressed_to_us
from extractors.supplier_invoice.checks.arithmetic import CHECKS as ARITHMETIC
from extractors.supplier_invoice.checks.canada import CHECKS as CANADA
from extractors.supplier_invoice.direction import sign_is_plain, something_is_due
from extractors.supplier_invoice.terms import ORDER, SELLER
from extractors.supplier_invoice.terms import InvoiceTerms as Invoice
from keywright.model.checks import (
    Check,
    confident,
    in_order,
    not_a_duplicate,
    not_after_today,
    not_older_than,
    present,
)
from keywright.model.fields import specs_of
from keywright.purchasing.checks import order_on_file
from keywright.settings.settings import settings
from keywright.vendors.checks import vendor_on_file

UNKEYED = (
    Invoice.other_accounts,
    Invoice.payment_terms,
    Invoice.seller_address,
    Invoice.tax_breakdown,
    Invoice.line_total,
)
"""Fields that help to prove the others. No bill holds them, so that a doubt about one is no reason to ask a person."""

CHECKS: tuple[Check, ...] = (
    present(Invoice.invoice_number, Invoice.issue_date, Invoice.seller_name, Invoice.currency, Invoice.grand_total),
    sign_is_plain,
    something_is_due,
    *ARITHMETIC,
    *CANADA,
    addressed_to_us,
    not_after_today(Invoice.issue_date),
    not_older_than(Invoice.issue_date, days=730),
    in_order(Invoice.issue_date, Invoice.due_date),
    not_a_duplicate,
    *vendor_on_file(SELLER),
    order_on_file(ORDER),
    confident(lambda: settings().refer_below, besides=UNKEYED, specs=lambda: specs_of(Invoice)),
)
