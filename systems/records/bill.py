"""A supplier's bill as every accounts-payable screen holds it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from keywright.model.fields import Extraction
from keywright.model.vendor import Payee

InvoiceType = Literal["invoice", "credit-note"]
CREDIT_NOTE: InvoiceType = "credit-note"

DEFAULT_ACCOUNT = "5940"
"""The expense account of lines whose vendor has none on file; the clerk who approves the bill codes it further."""
LONGEST_DESCRIPTION = 120
"""Characters. A longer description of a line is cut, with a mark where it was cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """One line of a bill; ``account`` is the account's number, as in ``5920``."""

    description: str
    account: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A supplier's bill, whatever the system. The names are those of EN 16931, where it has one.

    Amounts are typed as they are printed: a credit note's have no minus.
    ``vendor_number`` is typed if it is known, ``seller_name`` otherwise; the vendor on file must have that name either
    way. Without a ``due_date`` the system computes one from the vendor's terms. ``currency`` is ISO 4217,
    ``department`` a name that the form offers. ``tax_account`` is needed only where a vendor has several tax accounts.
    """

    invoice_type: InvoiceType = "invoice"
    seller_name: str
    vendor_number: str = ""
    invoice_number: str
    issue_date: dt.date
    due_date: dt.date | None = None
    purchase_order: str = ""
    currency: str = "CAD"
    department: str = ""
    lines: tuple[BillLine, ...]
    tax_total: Decimal = Decimal("0.00")
    tax_account: str = ""
    notes: str = ""

    @property
    def grand_total(self) -> Decimal:
        """Return what the system must show as the total: the lines and the tax."""
        return sum((line.amount for line in self.lines), self.tax_total)

    @classmethod
    def from_extraction(cls, invoice: Extraction, payee: Payee | None = None) -> Bill:
        """Return the bill that a checked invoice asks to be entered. The fields are taken by their names.

        A total below zero becomes a credit note with amounts above zero. A vendor on file is entered by its number, and
        the system must then show the name on file.
        """
        total = invoice.required("grand_total", Decimal)
        tax = invoice.optional("tax_total", Decimal) or Decimal("0.00")
        sign = -1 if total < 0 else 1
        account = (payee and payee.expense_account) or DEFAULT_ACCOUNT
        return cls(
            invoice_type=_type_keyed(invoice, total),
            seller_name=payee.name if payee else invoice.required("seller_name", str),
            vendor_number=payee.number if payee else "",
            invoice_number=invoice.required("invoice_number", str),
            issue_date=invoice.required("issue_date", dt.date),
            due_date=invoice.optional("due_date", dt.date),
            purchase_order=invoice.optional("purchase_order", str) or "",
            currency=invoice.required("currency", str),
            lines=_lines(invoice, sign, total - tax, account),
            tax_total=sign * tax,
            notes=_payment_note(invoice, total),
        )


def _type_keyed(invoice: Extraction, total: Decimal) -> InvoiceType:
    """Return whether a document is entered as an invoice or as a credit note, once the minus of its total is removed.

    An invoice below zero gives money back. So does a credit note, above zero and below: that the latter may take an
    earlier credit back is a question of the invoice's checks.
    """
    return CREDIT_NOTE if total < 0 or _is_credit_note(invoice) else "invoice"


def _is_credit_note(invoice: Extraction) -> bool:
    return invoice.optional("invoice_type", str) == CREDIT_NOTE


def _lines(invoice: Extraction, sign: int, net: Decimal, account: str) -> tuple[BillLine, ...]:
    """Return the invoice's lines if they add up to its net, and one line with the net if they do not.

    A line is booked on its own account, and on the vendor's if it has none. No system keys a cost centre.
    """
    amounts = [line.net_amount for line in invoice.lines if line.net_amount is not None]
    if amounts and len(amounts) == len(invoice.lines) and sum(amounts) == net:
        return tuple(
            BillLine(description=_shortened(line.description), account=line.account or account, amount=sign * amount)
            for line, amount in zip(invoice.lines, amounts, strict=True)
        )
    number = invoice.required("invoice_number", str)
    own = {line.account for line in invoice.lines}
    only = next(iter(own)) if len(own) == 1 else ""
    return (BillLine(description=f"Invoice {number}", account=only or account, amount=sign * net),)


def _shortened(description: str) -> str:
    if len(description) <= LONGEST_DESCRIPTION:
        return description
    return f"{description[: LONGEST_DESCRIPTION - 1]}…"


def _payment_note(invoice: Extraction, total: Decimal) -> str:
    """Return the note about a payment that the bill itself mentions; "" if it mentions none."""
    paid = invoice.optional("amount_paid", Decimal) or Decimal(0)
    if paid <= 0 or total <= 0 or _is_credit_note(invoice):
        return ""
    printed = invoice.optional("amount_due", Decimal)
    due = total - paid if printed is None else printed
    return f"The bill says that {paid} of {total} is paid already; {due} is left to pay."
