"""Compares an e-invoice's XML with its page, role by role: total with total, not with any number."""

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
from extractors.supplier_invoice.terms import TITLES
from keywright.findings import Finding, Kind
from keywright.messages import Message, Value
from keywright.model.fields import Field

AMOUNTS = ("grand_total", "net_total", "tax_total", "amount_due")
NUMBERS = ("invoice_number", "iban", "seller_tax_id")
DATES = ("issue_date", "due_date")
#: How clearly (0-1) the page must give a value its role to compare it with the XML; measured on hybrid invoices.
_ROLE = {**dict.fromkeys(AMOUNTS, 0.8), **dict.fromkeys(DATES, 0.75), **dict.fromkeys((*NUMBERS, "seller_name"), 0.45)}
_READ = 0.6  # the confidence (0-1) with which it must also be read
_PLAIN_CURRENCY = 0.95  # a currency code or an unambiguous sign is printed; "$" alone is less
_PLAIN_TITLE, _BILLS_TITLE = 0.6, 0.35  # the least weights of a page's heading
_NEARLY, _LABEL = 0.6, 1.5  # shares of the top title's weight at which another title is nearly as strong
_PART = 5  # characters of a number that can be part of a longer spelling of it
_ALIKE = 75  # per cent at which two names count as one
_SELF_BILLED = "gutschrift"  # German for a credit note, and for a bill that the buyer writes

Fields = Mapping[str, Field[Any]]


def differences(xml: Fields, page_fields: Fields, printed: Printed) -> Iterator[Finding]:
    """Yield a finding for each role in which the page clearly says something else than the XML.

    A role that the page does not show is not compared; but a page with amounts must print the total somewhere.
    """
    for name in AMOUNTS:
        yield from _amount(name, xml, page_fields, printed)
    for name in (*NUMBERS, *DATES):
        yield from _value(name, xml, page_fields, printed)
    yield from _seller(xml, page_fields, printed)
    yield from _currency(xml, printed)
    yield from _kind(xml, printed)
    for finding in (
        says_no_bill(printed.sheet),
        several_papers(printed.sheet, printed.numbers, titles_of(printed.sheet)),
    ):
        if finding:
            yield replace(finding, acceptable=True)  # the XML is a bill by its own word


def _amount(name: str, xml: Fields, page_fields: Fields, printed: Printed) -> Iterator[Finding]:
    stated = xml.get(name)
    if stated is None:
        return
    on_page = _in_role(name, page_fields, printed)
    if on_page is not None:
        if not same(abs(stated.value), abs(on_page.value)) or (stated.value < 0 < on_page.value):
            yield _difference(name, stated.value, on_page.value)
    elif name == "grand_total" and stated.value and _not_printed(stated, printed):
        yield Finding(
            "reconcile",
            Message(
                "E-invoice and page differ. The total of the e-invoice, {total}, is printed nowhere on the page. Check "
                "whether the two belong together.",
                total=stated.value,
            ),
            (name,),
        )


def _not_printed(stated: Field[Any], printed: Printed) -> bool:
    amounts = [amount for amount in printed.money.all() if amount.money]
    return bool(amounts) and not any(same(abs(amount.value), abs(stated.value)) for amount in amounts)


def _in_role(name: str, page_fields: Fields, printed: Printed) -> Field[Any] | None:
    """Return the page's value in a role of its own; None if it is not clear, or only derived from the total."""
    on_page, candidate = page_fields.get(name), printed.chosen.get(name)
    if on_page is None or candidate is None or on_page.confidence < _READ or candidate.strength < _ROLE[name]:
        return None
    total = printed.chosen.get("grand_total")
    derived = name != "grand_total" and total is not None and candidate.words == total.words
    return None if derived else on_page


def _value(name: str, xml: Fields, page_fields: Fields, printed: Printed) -> Iterator[Finding]:
    """Yield the finding that a number or a date differs; of several possible ones, as of two accounts, one match is
    enough.
    """
    stated, on_page = xml.get(name), _in_role(name, page_fields, printed)
    if stated is None or on_page is None:
        return
    rivals = printed.chosen[name].rivals
    if not any(_alike(stated.value, value) for value in (on_page.value, *(rival.value for rival in rivals))):
        yield _difference(name, stated.value, on_page.value)


def _alike(first: Any, second: Any) -> bool:
    if isinstance(first, str) and isinstance(second, str):
        short, long = sorted((_bare(first), _bare(second)), key=len)
        return short == long or (len(short) >= _PART and short in long)
    return bool(first == second)


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(text).lower())


def _seller(xml: Fields, page_fields: Fields, printed: Printed) -> Iterator[Finding]:
    """Yield the finding that the XML names a seller who is not the page's, and is not printed on it except as the
    buyer.
    """
    stated, on_page = xml.get("seller_name"), _in_role("seller_name", page_fields, printed)
    if stated is None or on_page is None:
        return
    buyer = printed.chosen.get("buyer_name")
    names = [on_page.value, *(rival.value for rival in printed.chosen["seller_name"].rivals)]
    if buyer is not None:
        names = [name for name in names if not _same_name(name, buyer.value)] or [on_page.value]
    elsewhere = stated.box is not None and not (buyer is not None and _same_name(stated.value, buyer.value))
    if not elsewhere and not any(_same_name(stated.value, name) for name in names):
        yield _difference("seller_name", stated.value, on_page.value)


def _same_name(first: str, second: str) -> bool:
    """Return whether two names can be one company's, ignoring legal forms and order; one can be part of the other."""
    plain = [LEGAL.sub(" ", name) for name in (first, second)]
    return bool(fuzz.token_set_ratio(*(fold(name).lower() for name in plain)) >= _ALIKE)


def _currency(xml: Fields, printed: Printed) -> Iterator[Finding]:
    stated, on_page = xml.get("currency"), printed.chosen.get("currency")
    if stated is None:
        return
    if on_page is not None and on_page.strength >= _PLAIN_CURRENCY and on_page.value != stated.value:
        yield _difference("currency", stated.value, on_page.value)
        return
    total = printed.chosen.get("grand_total")
    signs = {amount.sign for amount in printed.money.all() if total is not None and amount.words == total.words}
    if signs == {"$"} and stated.value not in DOLLARS:
        yield _difference("currency", stated.value, "$")


def _kind(xml: Fields, printed: Printed) -> Iterator[Finding]:
    """Yield the finding that the page is clearly headed as another kind of document than the XML says."""
    stated, total = xml.get("invoice_type"), xml.get("grand_total")
    titles = titles_of(printed.sheet)
    if stated is None or (total is not None and total.value < 0):
        return
    wanted = stated.value.replace("-", " ")
    undisputed = not any(title.kind == wanted for title in titles)
    other_titles = (title for title in titles if title.kind != wanted)
    top = next((title for title in other_titles if title.alone or (undisputed and title.kind in PAYABLE)), None)
    if top is None or not _clearly_heads(top):
        return
    if not any(title.kind == wanted and _nearly_as_strong(title, top) for title in titles):
        kind_on_page = NAMES.get(top.kind, f"a {top.kind}" if top.kind != "invoice" else "an invoice")
        message = Message(
            "E-invoice and page differ. The e-invoice is {stated}, and the page is headed “{heading}”: {shown}. Check "
            "which it is, and ask the sender if the page does not say so.",
            stated=Message("an invoice") if wanted == "invoice" else Message(f"a {wanted}"),
            heading=top.text,
            shown=Message(kind_on_page),
        )
        yield Finding("reconcile", message, ("invoice_type",))


def _clearly_heads(title: Title) -> bool:
    """Return whether a title clearly heads the page; a bill's own name is more certain than another document's."""
    least = _BILLS_TITLE if title.kind in PAYABLE else _PLAIN_TITLE
    return title.weight >= least and fold(title.text).lower() != _SELF_BILLED


def _nearly_as_strong(title: Title, top: Title) -> bool:
    """Return whether a title is nearly as strong as the top one; in a label ("Invoice number:") it must be stronger."""
    return title.weight > (_NEARLY if title.alone else _LABEL) * top.weight


def _difference(name: str, stated: Value, on_page: Value) -> Finding:
    message = Message(
        "E-invoice and page differ: {title}. The e-invoice says {stated}, the page says {shown}. Ask the sender which "
        "is right.",
        title=Message(TITLES[name]),
        stated=stated,
        shown=on_page,
    )
    return Finding("reconcile", message, (name,), Kind.BUSINESS)
