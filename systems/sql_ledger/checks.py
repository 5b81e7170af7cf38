"""Refers bills that SQL-Ledger would not take or would change, each with a finding that says what to do."""

from __future__ import annotations

from collections.abc import Sequence

from keywright.errors import Refer
from keywright.findings import Kind
from systems.records.bill import Bill
from systems.sql_ledger.form import Showing
from systems.web.screen.formats import read_amount


def ensure_payable(record: Bill) -> None:
    """Refer what SQL-Ledger would drop or could not find again: lines of nothing, and numbers that break its list."""
    if not record.lines or any(not line.amount for line in record.lines) or record.grand_total < 0:
        raise _refer(
            "not-payable",
            f"Invoice {record.invoice_number!r} has {len(record.lines)} lines and a total of {record.grand_total}. "
            "SQL-Ledger takes one line or more, none of them of 0.00, and a credit note's amounts without a minus",
            "grand_total",
        )
    if not record.invoice_number.strip() or set(record.invoice_number) & set("<>&"):
        raise _refer(
            "number-not-listed",
            f"SQL-Ledger could not list the number {record.invoice_number!r}. It takes one without < > and &",
            "invoice_number",
        )


def ensure_open(record: Bill, page: Showing) -> None:
    """Refer a bill of a period that is closed: there the form has no button to post it."""
    if "Post" not in page.buttons:
        raise _refer(
            "period-closed",
            f"SQL-Ledger has no Post for {record.invoice_number}, of {record.issue_date}: its books are closed to "
            f"{page.controls.get('closedto') or 'this clerk'}. Correct the date, or have the period opened",
            "issue_date",
        )


def ensure_rate(record: Bill, page: Showing) -> None:
    """Refer a bill in a currency for which no rate is on file on that day: it would be booked at one to one."""
    if record.currency != page.controls.get("defaultcurrency") and not read_amount(
        page.controls.get("exchangerate", "")
    ):
        raise _refer(
            "no-exchange-rate",
            f"SQL-Ledger has no rate for {record.currency} on {record.issue_date}. Have it entered there, under "
            "Exchange Rates",
            "currency",
        )


def tax_doubt(record: Bill, accounts: Sequence[str]) -> Refer:
    """Say that it is not clear on which account the tax goes."""
    return _refer(
        "tax-account-unclear",
        f"{record.seller_name} has the tax accounts {', '.join(accounts) or 'none'} at SQL-Ledger, and the tax of "
        f"{record.tax_total} must go to one. Book this one by hand, or have the vendor's tax accounts corrected there",
        "tax_total",
    )


def total_doubt(record: Bill, page: Showing) -> Refer:
    """Say that the form shows another total, or another number of lines, than the document."""
    return _refer(
        "total-differs",
        f"SQL-Ledger holds {page.rows()} lines and a total of {page.total} for {record.invoice_number}; the document "
        f"has {len(record.lines)} and {record.grand_total}. Compare lines and tax",
        "grand_total",
        "tax_total",
    )


def vendor_doubt(what: str) -> Refer:
    """Say what is not right with the vendor."""
    return _refer(
        "vendor-not-resolved",
        f"{what} Correct the seller's name to one on file, or have the vendor added",
        "seller_name",
    )


def _refer(rule: str, message: str, *fields: str) -> Refer:
    return Refer.because(rule, f"{message}. Nothing was posted.", *fields, kind=Kind.SYSTEM, acceptable=False)
