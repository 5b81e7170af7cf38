"""The fields of an invoice, with the names of EN 16931."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from keywright.model.fields import AMOUNT, DATE, TEXT, FieldSpec, ValueKind, specs_of
from keywright.model.order import OrderFields
from keywright.model.tax_breakdown import BREAKDOWN, Breakdown
from keywright.model.vendor import SellerFields

BILL_KINDS = (("invoice", "invoice"), ("credit-note", "credit note"))
"""The kinds of document that are posted as bills, as they are stored, with their titles."""
_TYPED = {"invoice": "invoice", "facture": "invoice", "credit note": "credit-note", "note de crédit": "credit-note"}


def _bill_kind(text: str) -> str:
    try:
        return _TYPED[" ".join(text.replace("-", " ").casefold().split())]
    except KeyError:
        raise ValueError(f"{text[:60]!r} is neither invoice nor credit-note.") from None


BILL_KIND: ValueKind[str] = ValueKind("choice", _bill_kind, str, options=BILL_KINDS)


class InvoiceTerms:
    """The fields of an invoice in the order a person reads them (source: EN 16931-1, BT and BG terms)."""

    invoice_number: FieldSpec[str] = FieldSpec(TEXT, "Invoice number")
    issue_date: FieldSpec[dt.date] = FieldSpec(DATE, "Invoice date")
    invoice_type: FieldSpec[str] = FieldSpec(BILL_KIND, "Kind of document")
    currency: FieldSpec[str] = FieldSpec(TEXT, "Currency")
    due_date: FieldSpec[dt.date] = FieldSpec(DATE, "Due date")
    purchase_order: FieldSpec[str] = FieldSpec(TEXT, "Purchase order")
    payment_terms: FieldSpec[str] = FieldSpec(TEXT, "Payment terms")
    seller_name: FieldSpec[str] = FieldSpec(TEXT, "Seller")
    seller_tax_id: FieldSpec[str] = FieldSpec(TEXT, "GST/HST number")
    seller_address: FieldSpec[str] = FieldSpec(TEXT, "Seller's address")
    buyer_name: FieldSpec[str] = FieldSpec(TEXT, "Buyer")
    iban: FieldSpec[str] = FieldSpec(TEXT, "Bank account")
    other_accounts: FieldSpec[str] = FieldSpec(TEXT, "Further bank accounts")
    line_total: FieldSpec[Decimal] = FieldSpec(AMOUNT, "Sum of lines")
    allowance_total: FieldSpec[Decimal] = FieldSpec(AMOUNT, "Allowances")
    charge_total: FieldSpec[Decimal] = FieldSpec(AMOUNT, "Charges")
    net_total: FieldSpec[Decimal] = FieldSpec(AMOUNT, "Total before tax")
    tax_total: FieldSpec[Decimal] = FieldSpec(AMOUNT, "Tax")
    grand_total: FieldSpec[Decimal] = FieldSpec(AMOUNT, "Total with tax")
    amount_paid: FieldSpec[Decimal] = FieldSpec(AMOUNT, "Amount paid")
    previous_balance: FieldSpec[Decimal] = FieldSpec(AMOUNT, "Previous balance")
    holdback: FieldSpec[Decimal] = FieldSpec(AMOUNT, "Holdback")
    rounding: FieldSpec[Decimal] = FieldSpec(AMOUNT, "Rounding")
    amount_due: FieldSpec[Decimal] = FieldSpec(AMOUNT, "Amount due")
    tax_breakdown: FieldSpec[Breakdown] = FieldSpec(BREAKDOWN, "Tax by rate")


SELLER = SellerFields(
    name=InvoiceTerms.seller_name,
    tax_number=InvoiceTerms.seller_tax_id,
    bank_account=InvoiceTerms.iban,
    address=InvoiceTerms.seller_address,
    other_accounts=InvoiceTerms.other_accounts,
)
"""The fields by which the seller is found in the vendor master."""

ORDER = OrderFields(
    number=InvoiceTerms.purchase_order,
    currency=InvoiceTerms.currency,
    net=InvoiceTerms.net_total,
    gross=InvoiceTerms.grand_total,
    tax=InvoiceTerms.tax_total,
    kind=InvoiceTerms.invoice_type,
    credit="credit-note",
)
"""The fields that are matched with the purchase orders on file."""

TITLES = {name: spec.title for name, spec in specs_of(InvoiceTerms).items()}
"""The titles of the fields, by name."""
