"""Decides whether a bill asks for money or gives it back, by its name and the sign of its total together."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from extractors.supplier_invoice.terms import InvoiceTerms as Invoice
from keywright.findings import Finding
from keywright.messages import Message
from keywright.model.checks import Circumstances
from keywright.model.fields import Extraction

Kind = Literal["invoice", "credit-note"]
INVOICE: Kind = "invoice"
CREDIT_NOTE: Kind = "credit-note"

RULE = "invoice-sign"
_FIELDS = ("grand_total", "invoice_type")


def sign_is_plain(invoice: Extraction, _: Circumstances) -> Iterator[Finding]:
    """Find an invoice whose total is below zero: it gives money back, but is not called a credit note."""
    total = invoice.value(Invoice.grand_total)
    if total is not None and total < 0 and invoice.value(Invoice.invoice_type) != CREDIT_NOTE:
        yield Finding(
            RULE,
            Message(
                "Negative total on an invoice. The total is {total}, and the document does not call itself a credit "
                "note. Compare the sign with the page. Accept to enter it as a credit note of {credit}; correct the "
                "total if no money is given back.",
                total=total,
                credit=-total,
            ),
            _FIELDS,
        )


def doubtful_credit(total: Decimal | None) -> Iterator[Finding]:
    """Yield the doubt about a document that is called a credit note and has a total below zero.

    Most senders who print a minus there mean the credit itself, but in some standards it is a credit that is taken
    back.
    """
    if total is not None and total < 0:
        yield Finding(
            RULE,
            Message(
                "Negative total on a credit note. The document calls itself a credit note, and its total is {total}. "
                "Accept to enter it as a credit of {credit}. If it reverses an earlier credit, so that money is owed, "
                "set the kind of document to invoice and the amounts to {credit}.",
                total=total,
                credit=-total,
            ),
            _FIELDS,
        )


def credit_by_its_label(total: Decimal) -> Finding:
    """Return the doubt about an invoice above zero whose total is next to a word for a credit."""
    return Finding(
        RULE,
        Message(
            "Invoice or credit note? The total {total} is marked as a credit, and the document does not call itself a "
            "credit note. Check on the page who owes whom: if money is given back, set the kind of document to "
            "credit note.",
            total=total,
        ),
        _FIELDS,
    )


def larger_total(total: Decimal, larger: Decimal) -> Finding:
    """Return the doubt about a total if the page also calls a larger amount a total."""
    return Finding(
        "larger-total",
        Message(
            "Two different totals. The total was read as {total}, but the page also calls {larger} a total, and does "
            "not say why they differ. Check on the page which one is billed, and correct the total if it is {larger}.",
            total=total,
            larger=larger,
        ),
        ("grand_total",),
    )


def credit_by_its_name(words: str) -> Finding:
    """Return the doubt about an invoice that also calls itself a credit."""
    return Finding(
        RULE,
        Message(
            "Invoice or credit note? The document is headed as an invoice, and it also says “{words}”. Check on the "
            "page who owes whom: if money is given back, set the kind of document to credit note.",
            words=words,
        ),
        _FIELDS,
    )


def something_is_due(invoice: Extraction, _: Circumstances) -> Iterator[Finding]:
    """Find a bill with nothing left to pay; for a bill that is paid in part, report the rest."""
    total, paid = invoice.value(Invoice.grand_total), invoice.value(Invoice.amount_paid) or Decimal(0)
    printed = invoice.value(Invoice.amount_due)
    if total is None or total <= 0:
        return
    if invoice.value(Invoice.invoice_type) == CREDIT_NOTE:
        if paid > 0 and printed is not None and printed <= 0:
            yield Finding(
                "nothing-due",
                Message(
                    "Credit already paid out. The credit is {total}, {paid} of it is paid out already, and {due} is "
                    "left. Accept only to enter it as a credit of {total} and the payment separately; otherwise "
                    "reject it.",
                    total=total,
                    paid=paid,
                    due=printed,
                ),
                ("amount_due", "amount_paid", "grand_total"),
            )
        return
    due = total - paid if printed is None else printed
    if due <= 0:
        yield Finding(
            "nothing-due",
            Message(
                "Nothing left to pay. The total is {total}, and the amount due is {due}. Accept only to enter it as a "
                "bill of {total} and the payment separately; otherwise reject it.",
                total=total,
                due=due,
            ),
            ("amount_due", "amount_paid", "grand_total"),
        )
    elif paid > 0:
        yield Finding(
            "paid-in-part",
            Message(
                "Partly paid. {paid} of the total {total} is paid already; {due} is left. The bill is entered with its "
                "total and a note of this, and the payment is not: check that it is on the vendor's account.",
                paid=paid,
                total=total,
                due=due,
            ),
            ("amount_due", "amount_paid"),
            asks=False,
        )
