"""What an e-invoice's XML and its page say differently, role by role: total against total, not any number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from rapidfuzz import fuzz

from extractors.supplier_invoice.classify import NAMES, PAYABLE, Title, says_no_bill, several_papers, titles_of
from extractors.supplier_invoice.fields.currency import DOLLARS
from extractors.supplier_invoice.fields.names import LEGAL
from extractors.supplier_invoice.layout.rows import fold
from extractors.supplier_invoice.reading.print import Printed
from extractors.supplier_invoice.sums import same
from keywright.findings import Finding, Kind
from keywright.model.fields import Field

AMOUNTS = ("grand_total", "net_total", "tax_total", "amount_due")
NUMBERS = ("invoice_number", "iban", "seller_tax_id")
DATES = ("issue_date", "due_date")
#: How strongly (0-1) the page must give a value its role, to be held against the XML; measured on hybrid invoices.
_ROLE = {**dict.fromkeys(AMOUNTS, 0.8), **dict.fromkeys(DATES, 0.75), **dict.fromkeys((*NUMBERS, "seller_name"), 0.45)}
_READ = 0.6  # how surely (0-1) it must be read beside
_PLAIN_CURRENCY = 0.95  # a code or a sign of its own is printed; "$" alone is less
_PLAIN_TITLE, _BILLS_TITLE = 0.6, 0.35  # weights at which a page is headed so
_NEARLY, _LABEL = 0.6, 1.5  # shares of the top title's weight at which another stands beside it
_PART = 5  # signs of a number that may be part of a longer writing of it
_ALIKE = 75  # per cent at which two names may be one
_SELF_BILLED = "gutschrift"  # German for a credit note, and for a bill that the buyer writes

Fields = Mapping[str, Field[Any]]


def differences(xml: Fields, read: Fields, printed: Printed) -> Iterator[Finding]:
    """Yield a finding for each role in which the page says, surely enough, something else than the XML.

    A role that the page does not tell is not compared; but a page with amounts must print the total somewhere.
    """
    for name in AMOUNTS:
        yield from _amount(name, xml, read, printed)
    for name in (*NUMBERS, *DATES):
        yield from _value(name, xml, read, printed)
    yield from _seller(xml, read, printed)
    yield from _currency(xml, printed)
    yield from _kind(xml, printed)
    for finding in (
        says_no_bill(printed.sheet),
        several_papers(printed.sheet, printed.numbers, titles_of(printed.sheet)),
    ):
        if finding:
            yield replace(finding, acceptable=True)  # the XML is a bill by its own word


def _amount(name: str, xml: Fields, read: Fields, printed: Printed) -> Iterator[Finding]:
    stated = xml.get(name)
    if stated is None:
        return
    shown = _in_role(name, read, printed)
    if shown is not None:
        if not same(abs(stated.value), abs(shown.value)) or (stated.value < 0 < shown.value):
            yield _differs(name, stated.value, shown.value)
    elif name == "grand_total" and stated.value and _nowhere(stated, printed):
        yield Finding(
            "reconcile",
            f"The total of the electronic invoice, {stated.value}, is printed nowhere on the page. Look whether "
            "the two belong together.",
            (name,),
        )


def _nowhere(stated: Field[Any], printed: Printed) -> bool:
    amounts = [amount for amount in printed.money.all() if amount.money]
    return bool(amounts) and not any(same(abs(amount.value), abs(stated.value)) for amount in amounts)


def _in_role(name: str, read: Fields, printed: Printed) -> Field[Any] | None:
    """Return what the page says in a role of its own, None if it does not say it surely, or only by what follows."""
    shown, candidate = read.get(name), printed.chosen.get(name)
    if shown is None or candidate is None or shown.confidence < _READ or candidate.strength < _ROLE[name]:
        return None
    total = printed.chosen.get("grand_total")
    derived = name != "grand_total" and total is not None and candidate.words == total.words
    return None if derived else shown


def _value(name: str, xml: Fields, read: Fields, printed: Printed) -> Iterator[Finding]:
    """Yield where a number or a date differs; of several that may be it, as of two accounts, one is enough."""
    stated, shown = xml.get(name), _in_role(name, read, printed)
    if stated is None or shown is None:
        return
    rivals = printed.chosen[name].rivals
    if not any(_alike(stated.value, value) for value in (shown.value, *(rival.value for rival in rivals))):
        yield _differs(name, stated.value, shown.value)


def _alike(left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        short, long = sorted((_bare(left), _bare(right)), key=len)
        return short == long or (len(short) >= _PART and short in long)
    return bool(left == right)


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(text).lower())


def _seller(xml: Fields, read: Fields, printed: Printed) -> Iterator[Finding]:
    """Yield that the XML names a seller who is neither the page's, nor printed on it but as the buyer."""
    stated, shown = xml.get("seller_name"), _in_role("seller_name", read, printed)
    if stated is None or shown is None:
        return
    buyer = printed.chosen.get("buyer_name")
    names = [shown.value, *(rival.value for rival in printed.chosen["seller_name"].rivals)]
    if buyer is not None:
        names = [name for name in names if not _same_name(name, buyer.value)] or [shown.value]
    elsewhere = stated.box is not None and not (buyer is not None and _same_name(stated.value, buyer.value))
    if not elsewhere and not any(_same_name(stated.value, name) for name in names):
        yield _differs("seller_name", stated.value, shown.value)


def _same_name(left: str, right: str) -> bool:
    """Return whether two names may be one company's, legal forms and order aside; one may be part of the other."""
    plain = [LEGAL.sub(" ", name) for name in (left, right)]
    return bool(fuzz.token_set_ratio(*(fold(name).lower() for name in plain)) >= _ALIKE)


def _currency(xml: Fields, printed: Printed) -> Iterator[Finding]:
    stated, shown = xml.get("currency"), printed.chosen.get("currency")
    if stated is None:
        return
    if shown is not None and shown.strength >= _PLAIN_CURRENCY and shown.value != stated.value:
        yield _differs("currency", stated.value, shown.value)
        return
    total = printed.chosen.get("grand_total")
    signs = {amount.sign for amount in printed.money.all() if total is not None and amount.words == total.words}
    if signs == {"$"} and stated.value not in DOLLARS:
        yield _differs("currency", stated.value, "$")


def _kind(xml: Fields, printed: Printed) -> Iterator[Finding]:
    """Yield that the page is plainly headed as another kind of paper than the XML says it is."""
    stated, total = xml.get("invoice_type"), xml.get("grand_total")
    titles = titles_of(printed.sheet)
    if stated is None or (total is not None and total.value < 0):
        return
    wanted = stated.value.replace("-", " ")
    undisputed = not any(title.kind == wanted for title in titles)
    others = (title for title in titles if title.kind != wanted)
    top = next((title for title in others if title.alone or (undisputed and title.kind in PAYABLE)), None)
    if top is None or not _heads(top):
        return
    if not any(title.kind == wanted and _stands_beside(title, top) for title in titles):
        shown = NAMES.get(top.kind, f"a {top.kind}" if top.kind != "invoice" else "an invoice")
        yield Finding(
            "reconcile",
            f"The electronic invoice is {'an' if wanted == 'invoice' else 'a'} {wanted}, and the page is headed "
            f"“{top.text}”: {shown}. Look which it is, and ask the sender if the page does not say so.",
            ("invoice_type",),
        )


def _heads(title: Title) -> bool:
    """Return whether a page is plainly headed so; a bill's own name is surer than another paper's."""
    least = _BILLS_TITLE if title.kind in PAYABLE else _PLAIN_TITLE
    return title.weight >= least and fold(title.text).lower() != _SELF_BILLED


def _stands_beside(title: Title, top: Title) -> bool:
    """Return whether a title is nearly as strong as the top one; in a label ("Invoice number:") it must be stronger."""
    return title.weight > (_NEARLY if title.alone else _LABEL) * top.weight


def _differs(name: str, stated: object, shown: object) -> Finding:
    title = name.replace("_", " ").capitalize()
    return Finding(
        "reconcile",
        f"{title}: the electronic invoice says {stated}, the page says {shown}. Ask the sender which is right.",
        (name,),
        Kind.BUSINESS,
    )
