"""Which fields of an invoice the profile of a sender's layout learns."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from extractors.supplier_invoice.classify import BY_TITLE, PAYABLE
from extractors.supplier_invoice.reading.headings import UNNAMED
from extractors.supplier_invoice.terms import InvoiceTerms as Invoice
from keywright.model.layout import LayoutFields
from keywright.purchasing.checks import UNKNOWN_ORDER

TOLERANCE = Decimal("0.02")
ZERO = Decimal(0)


def adds_up(amounts: Mapping[str, Decimal]) -> bool:
    """Return whether net and tax make the total, and what was paid, held back or owed before makes the amount due.

    The rules are BR-CO-15 and BR-CO-16 of EN 16931, with holdback and previous balance; an absent amount is zero.
    """
    total = amounts.get(Invoice.grand_total.name)
    if total is None:
        return False
    net, due = amounts.get(Invoice.net_total.name), amounts.get(Invoice.amount_due.name)

    def optional(name: str) -> Decimal:
        return amounts.get(name, ZERO)

    if net is not None and abs(net + optional(Invoice.tax_total.name) - total) > TOLERANCE:
        return False
    less = optional(Invoice.amount_paid.name) + optional(Invoice.holdback.name)
    return due is None or abs(total - less + optional(Invoice.previous_balance.name) - due) <= TOLERANCE


LAYOUT_FIELDS = LayoutFields(
    owner=(Invoice.seller_tax_id, Invoice.seller_name),
    constants=(Invoice.seller_name, Invoice.seller_tax_id, Invoice.buyer_name, Invoice.currency, Invoice.iban),
    account=Invoice.iban,
    dates=(Invoice.issue_date, Invoice.due_date),
    amounts=(
        Invoice.net_total,
        Invoice.tax_total,
        Invoice.grand_total,
        Invoice.amount_paid,
        Invoice.previous_balance,
        Invoice.holdback,
        Invoice.amount_due,
    ),
    codes=(Invoice.invoice_number, Invoice.purchase_order),
    kind=Invoice.invoice_type,
    total=Invoice.grand_total,
    due=Invoice.amount_due,
    adds_up=adds_up,
    habits=frozenset({"BR-CO-10", "BR-CO-13", UNKNOWN_ORDER}),
    settles=frozenset({UNNAMED}),
    other_titles=tuple(title for title, kind in BY_TITLE.items() if kind != "invoice" and kind in PAYABLE),
)
"""The constants, dates, amounts and codes of an invoice."""
