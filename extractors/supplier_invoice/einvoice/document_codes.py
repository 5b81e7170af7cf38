"""Decides by an e-invoice's type code (UNTDID 1001) whether it is a bill, a credit note or neither.

Source: UN/EDIFACT data element 1001, and its subset in the code lists of EN 16931-1 for BT-3. That subset also has
documents that need no payment: reminders, customs documents, data sheets. They do not count as bills here.
"""

from __future__ import annotations

from collections.abc import Iterator

from extractors.supplier_invoice.direction import CREDIT_NOTE, INVOICE, Kind
from keywright.findings import Finding
from keywright.messages import Message

#: Documents whose total the buyer owes; 80, 84 and 383 are debit notes.
BILLS = frozenset([
    "80", "82", "84", "204", "218", "219", "295", "326", "331", "380", "382", "383", "384", "385", "386", "387",
    "388", "389", "390", "393", "394", "395", "471", "472", "473", "500", "501", "527", "575", "623", "633", "780",
    "875", "876", "877",
])  # fmt: skip
#: Documents that give money back.
CREDITS = frozenset([
    "81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532",
])  # fmt: skip
#: Documents that are never a bill, with their names.
NO_BILLS = {
    "50": "a priced tender", "105": "a purchase order", "130": "an invoicing data sheet", "220": "an order",
    "221": "a blanket order", "226": "a call-off order", "227": "a consignment order", "230": "a change of an order",
    "231": "an answer to an order", "270": "a delivery note", "310": "a quotation", "315": "a contract",
    "325": "a pro forma invoice", "351": "a despatch advice", "481": "a remittance advice",
    "493": "a statement of account",
}  # fmt: skip
#: Documents that can ask for money, ask for it a second time, or reverse an earlier document.
DOUBTFUL = {
    "71": "a request for payment of earlier bills", "102": "a tax notification", "202": "a direct payment valuation",
    "203": "a provisional payment valuation", "211": "an interim application for payment", "456": "a debit advice",
    "457": "a reversal of a debit", "458": "a reversal of a credit", "553": "a report of discrepancies in an invoice",
    "751": "information for accounting, beside the invoice itself", "817": "a notification of a claim",
    "870": "a consular invoice", "935": "a customs invoice",
}  # fmt: skip


def kind_of(code: str | None, root: Kind | None) -> Kind:
    """Return the kind that a type code gives; ``root`` is the kind of the file's outermost element, or None."""
    if root == CREDIT_NOTE or code in CREDITS:
        return CREDIT_NOTE
    return INVOICE


def never_a_bill(code: str | None) -> Finding | None:
    """Return why a document of this type code must not be posted, None if it could be one to pay."""
    if code not in NO_BILLS:
        return None
    return Finding(
        f"not-an-invoice:code-{code}",
        Message(
            "Not a bill to pay: {kind}. The e-invoice has the type code {code}. It must not be posted.",
            kind=Message(NO_BILLS[code]),
            code=code,
        ),
        ("invoice_type",),
        acceptable=False,
    )


def doubtful_kind(code: str | None, root: Kind | None) -> Iterator[Finding]:
    """Yield the doubt about a type code that does not clearly say who owes whom."""
    if doubt := _doubt(code, root):
        yield Finding(
            "type-code",
            Message(
                "May not be a bill to pay. {doubt} Check what it is, and correct the kind of document.", doubt=doubt
            ),
            ("invoice_type",),
        )


def _doubt(code: str | None, root: Kind | None) -> Message | None:
    if code in DOUBTFUL:
        return Message("The e-invoice is {kind} (type code {code}).", kind=Message(DOUBTFUL[code]), code=code)
    if code is None:
        return None if root else Message("The e-invoice has no type code.")
    if root == CREDIT_NOTE and code in BILLS:
        return Message("The e-invoice is a credit note by its form and a bill by its type code {code}.", code=code)
    if code in BILLS | CREDITS or code in NO_BILLS:
        return None
    return Message("The e-invoice has the unknown type code “{code}”.", code=code[:20])
