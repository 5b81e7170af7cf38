"""A bill as SQL-Ledger's accounts payable holds it, and what its form must show of it, control by control."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from systems.web.screen.formats import Expected, folded
from systems.web.screen.names import account_number, bare_name

KINDS = {"invoice": "transaction", "credit-note": "debit_note"}
HEADINGS = {"invoice": "AP Transaction", "credit-note": "Debit Note"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """One line of a bill; ``account`` is the account's number, as in ``5920``."""

    description: str
    account: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A supplier's bill as SQL-Ledger asks for it.

    Amounts are those printed; a credit note's, which SQL-Ledger calls a debit note, are typed without a minus.
    ``vendor_number`` is typed if it is known, ``seller_name`` otherwise; the vendor on file must bear that name either
    way. Without a ``due_date`` SQL-Ledger computes one from the vendor's terms. ``currency`` is ISO 4217,
    ``department`` a name that the form offers, ``tax_account`` is needed for a vendor with several tax accounts.
    """

    invoice_type: Literal["invoice", "credit-note"] = "invoice"
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
        """Return what the form must show as the total: the lines and the tax."""
        return sum((line.amount for line in self.lines), self.tax_total)


def identity_of(seller: str, invoice_number: str) -> str:
    """Return seller and number without regard to case, blanks and legal forms."""
    return f"{bare_name(seller)} | {folded(invoice_number)}"


def vendor_shown(record: Bill) -> list[Expected]:
    """Return what the form must show of the vendor once it is resolved."""
    return [
        Expected("seller_name", record.seller_name, "vendor", by=bare_name),
        Expected(
            "vendor_number", record.vendor_number or None, "vendornumber", free=not record.vendor_number, by=folded
        ),
    ]


def head_shown(record: Bill) -> list[Expected]:
    """Return what the form must show of the bill as a whole, each with the name of its control."""
    return [
        Expected("invoice_number", record.invoice_number, "invnumber"),
        Expected("issue_date", record.issue_date, "transdate"),
        Expected("due_date", record.due_date, "duedate", free=record.due_date is None),
        Expected("purchase_order", record.purchase_order, "ponumber"),
        Expected("currency", record.currency, "currency"),
        Expected("department", record.department, "department"),
        Expected("notes", record.notes, "notes"),
    ]


def line_shown(line: BillLine, row: int) -> list[Expected]:
    """Return what one row of the form must show, counted from 1."""
    return [
        Expected(f"lines[{row}].net_amount", line.amount, f"amount_{row}"),
        Expected(f"lines[{row}].account", line.account, f"AP_amount_{row}", by=account_number),
        Expected(f"lines[{row}].description", line.description, f"description_{row}"),
    ]
