"""What an invoice shares with its duplicate."""

from __future__ import annotations

from extractors.supplier_invoice.direction import CREDIT_NOTE
from extractors.supplier_invoice.terms import InvoiceTerms as Invoice
from keywright.model.duplicates import ComparedBill, Trait, traits_of
from keywright.model.fields import Extraction
from keywright.model.vendor import Payee


def invoice_traits(invoice: Extraction, payee: Payee | None = None) -> tuple[Trait, ...]:
    """Return what an invoice shares with its duplicate: seller and number, or an amount at about the same time."""
    return traits_of(
        ComparedBill(
            vendor=payee.number if payee else "",
            seller=invoice.value(Invoice.seller_name) or "",
            number=invoice.value(Invoice.invoice_number) or "",
            total=invoice.value(Invoice.grand_total),
            day=invoice.value(Invoice.issue_date),
            currency=invoice.value(Invoice.currency) or "",
            credit=invoice.value(Invoice.invoice_type) == CREDIT_NOTE,
        )
    )
