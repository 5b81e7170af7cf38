"""How SQL-Ledger keeps a supplier's bill, and what its form must show of it, control by control."""

from __future__ import annotations

from dataclasses import replace

from systems.records.bill import Bill, BillLine
from systems.web.screen.formats import Expected, folded
from systems.web.screen.names import account_number, bare_name

KINDS = {"invoice": "transaction", "credit-note": "debit_note"}
HEADINGS = {"invoice": "AP Transaction", "credit-note": "Debit Note"}


def as_kept(record: Bill) -> Bill:
    """Return a bill as SQL-Ledger keeps it: without lines of 0.00, each description on one line."""
    lines = (replace(line, description=" ".join(line.description.split())) for line in record.lines if line.amount)
    return replace(record, lines=tuple(lines))


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
