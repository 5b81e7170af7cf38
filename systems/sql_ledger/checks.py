"""Refers bills that SQL-Ledger would not take or would change, each with a finding that says what to do."""

from __future__ import annotations

from collections.abc import Sequence

from keywright.errors import Refer
from keywright.findings import Kind
from keywright.messages import Message
from systems.records.bill import Bill
from systems.sql_ledger.form import Showing
from systems.web.screen.formats import read_amount


def ensure_payable(record: Bill) -> None:
    """Refer what SQL-Ledger would drop or could not find again: lines of nothing, and numbers that break its list."""
    if not record.lines or any(not line.amount for line in record.lines) or record.grand_total < 0:
        raise _refer(
            "not-payable",
            Message(
                "Cannot be entered in SQL-Ledger. Invoice {invoice} has {count} lines and a total of {total}. "
                "SQL-Ledger takes one line or more, none of them of 0.00, and a credit note's amounts without a "
                "minus. Nothing was posted.",
                invoice=record.invoice_number,
                count=len(record.lines),
                total=record.grand_total,
            ),
            "grand_total",
        )
    if not record.invoice_number.strip() or set(record.invoice_number) & set("<>&"):
        raise _refer(
            "number-not-listed",
            Message(
                "Invoice number not possible in SQL-Ledger. It could not list the number “{number}”. It takes one "
                "without < > and &. Nothing was posted.",
                number=record.invoice_number,
            ),
            "invoice_number",
        )


def ensure_open(record: Bill, page: Showing) -> None:
    """Refer a bill of a period that is closed: there the form has no button to post it."""
    if "Post" not in page.buttons:
        raise _refer(
            "period-closed",
            Message(
                "Period closed in SQL-Ledger. {invoice} is of {day}, and the books are closed to {closed}. Correct the "
                "date, or have the period opened. Nothing was posted.",
                invoice=record.invoice_number,
                day=record.issue_date,
                closed=page.controls.get("closedto") or Message("this clerk"),
            ),
            "issue_date",
        )


def ensure_rate(record: Bill, page: Showing) -> None:
    """Refer a bill in a currency for which no rate is on file on that day: it would be booked at one to one."""
    if record.currency != page.controls.get("defaultcurrency") and not read_amount(
        page.controls.get("exchangerate", "")
    ):
        raise _refer(
            "no-exchange-rate",
            Message(
                "No exchange rate in SQL-Ledger. It has none for {currency} on {day}. Have it entered there, under "
                "Exchange Rates. Nothing was posted.",
                currency=record.currency,
                day=record.issue_date,
            ),
            "currency",
        )


def tax_doubt(record: Bill, accounts: Sequence[str]) -> Refer:
    """Say that it is not clear on which account the tax goes."""
    return _refer(
        "tax-account-unclear",
        Message(
            "Tax account unclear in SQL-Ledger. {vendor} has these tax accounts there: {accounts}; the tax of {tax} "
            "must go to one. Book this one by hand, or have the vendor's tax accounts corrected there. Nothing was "
            "posted.",
            vendor=record.seller_name,
            accounts=tuple(accounts) or Message("none"),
            tax=record.tax_total,
        ),
        "tax_total",
    )


def total_doubt(record: Bill, page: Showing) -> Refer:
    """Say that the form shows another total, or another number of lines, than the document."""
    return _refer(
        "total-differs",
        Message(
            "Total differs in SQL-Ledger. It has {count} lines and a total of {computed} for {invoice}; the document "
            "has {lines} and {total}. Compare lines and tax. Nothing was posted.",
            count=page.rows(),
            computed=page.total,
            invoice=record.invoice_number,
            lines=len(record.lines),
            total=record.grand_total,
        ),
        "grand_total",
        "tax_total",
    )


def vendor_doubt(problem: Message) -> Refer:
    """Say what is not right with the vendor."""
    return _refer(
        "vendor-not-resolved",
        Message(
            "Vendor not found in the target system. {problem} Nothing was posted. Correct the seller's name to one on "
            "file, or have the vendor added.",
            problem=problem,
        ),
        "seller_name",
    )


def _refer(rule: str, message: Message, *fields: str) -> Refer:
    return Refer.because(rule, message, *fields, kind=Kind.SYSTEM, acceptable=False)
