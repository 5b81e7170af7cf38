"""What speaks for each value that was read, as numbers from 0 to 1: the more, the surer the value is right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from stdnum import iban as iban_rules

from extractors.supplier_invoice.addressee import is_this_office, names_of_this_office
from extractors.supplier_invoice.candidates import Candidate
from extractors.supplier_invoice.classify import PAYABLE, titles_of
from extractors.supplier_invoice.fields.dates import net_days
from extractors.supplier_invoice.fields.names import DOMAIN, FREE_MAIL, LEGAL
from extractors.supplier_invoice.fields.numbers import luhn_ok
from extractors.supplier_invoice.layout.rows import fold
from extractors.supplier_invoice.reading.print import Printed
from extractors.supplier_invoice.signals import CURRENCY_PRINTED, FOLLOWS_FROM_TOTAL, LABELLED, Signal
from extractors.supplier_invoice.sums import same
from keywright.model.reading import Word

Numbers = Iterator[tuple[str, float]]

#: Fields that are read the same way, so that one sort of evidence weighs alike for them.
GROUPS = {
    "invoice_number": "number", "purchase_order": "number", "seller_tax_id": "number", "iban": "number",
    "issue_date": "date", "due_date": "date",
    "net_total": "amount", "tax_total": "amount", "grand_total": "amount", "amount_paid": "amount",
    "amount_due": "amount", "line_total": "amount", "allowance_total": "amount", "charge_total": "amount",
    "previous_balance": "amount", "holdback": "amount", "rounding": "amount", "tax_breakdown": "amount",
    "seller_name": "seller", "seller_address": "seller", "buyer_name": "buyer",
    "currency": "currency", "payment_terms": "date", "invoice_type": "kind",
}  # fmt: skip
SUMMED = ("net_total", "tax_total", "grand_total", "tax_breakdown")
#: How many misreadings in a hundred pass a check digit, or happen to fit the terms of payment.
LET_THROUGH = 0.1
OFFICE = re.compile(
    r"\b(?:town|city|county|municipality|township|region|corporation|university|department|ministry|ville|stadt)\b",
    re.IGNORECASE,
)


def evidence_of(printed: Printed) -> dict[str, dict[str, float]]:
    """Return the evidence for each field that was read from print, by field and by sort of evidence."""
    page = _Page.of(printed)
    found = {name: dict(_evidence(name, one, page)) for name, one in printed.chosen.items()}
    return {**found, "invoice_type": dict(_kind(printed))}


@dataclass(frozen=True, slots=True, eq=False)
class _Page:
    """What the evidence for one field is taken from beside its candidate."""

    printed: Printed
    texts: tuple[str, ...]
    domains: frozenset[str]

    @classmethod
    def of(cls, printed: Printed) -> _Page:
        rows = [row.text for row in printed.sheet.rows]
        found = {match.group(1).lower().split(".")[-1] for row in rows for match in DOMAIN.finditer(row)}
        return cls(printed, tuple(bare(row) for row in rows), frozenset(bare(d) for d in found - FREE_MAIL))


def _evidence(name: str, one: Candidate[Any], page: _Page) -> Numbers:
    legible = min((_sure(word) for word in one.words), default=0.0)
    if vouched_for(name, one, page.printed.chosen):
        legible = 1 - LET_THROUGH * (1 - legible)
    yield "strength", one.strength
    yield "fair", float(one.strength > 0.7)
    yield "strong", float(one.strength > 0.89)
    yield "legible", legible
    yield "readable", float(legible > 0.6)
    yield "clear", float(legible > 0.9)
    yield "alone", _alone(one)
    yield "again", float(_times(one, page.texts) > 1)
    group = GROUPS.get(name, "")
    if group in {"seller", "buyer"}:
        yield from _party(name, one, page)
    elif group == "amount":
        yield from _arithmetic(name, page.printed)
    elif group == "date":
        yield "plain", float(not one.signals.any_of({Signal.DATE_ORDER_ASSUMED, Signal.DATE_ORDER_UNKNOWN}))
        yield "undecided", float(Signal.DATE_ORDER_UNKNOWN in one.signals)
    elif group == "currency":
        yield "plain", float(Signal.SEVERAL_CURRENCIES_POSSIBLE not in one.signals)
        yield "told", float(one.signals.any_of(CURRENCY_PRINTED))


def vouched_for(name: str, one: Candidate[Any], chosen: Mapping[str, Candidate[Any]]) -> bool:
    """Return whether other print says that a value was read as it is: a check digit, or terms between two dates."""
    if name == "seller_tax_id":
        return "RT" in one.value.upper() and luhn_ok(one.value)
    if name == "iban":
        return bool(iban_rules.is_valid(one.value))
    if name in {"issue_date", "due_date"} and {"issue_date", "due_date", "payment_terms"} <= chosen.keys():
        days = net_days(chosen["payment_terms"].value)
        return days is not None and (chosen["due_date"].value - chosen["issue_date"].value).days == days
    return False


def _party(name: str, one: Candidate[Any], page: _Page) -> Numbers:
    """Yield what tells whose name it is: its label, its web address, its legal form, the other party's label."""
    text, parties = str(one.value), page.printed.parties
    yield "labelled", float(one.signals.any_of(LABELLED))
    yield "legal", float(bool(LEGAL.search(text) or (name == "buyer_name" and OFFICE.search(text))))
    if name == "buyer_name":
        yield "ours", float(is_this_office(text, names_of_this_office()))
        yield "addressed", float(parties.buyer_box is not None and parties.buyer_box.height > 20)
        return
    yield "mail", max((_alike(bare(text), domain) for domain in page.domains), default=0.0)
    yield "addressed", float(parties.seller_address is not None)
    yield "other told", float(parties.buyer is not None and parties.buyer.signals.any_of(LABELLED))


def _alike(name: str, domain: str) -> float:
    """Return how much of a name its web address spells, or of the address the name."""
    short, long = sorted((name, domain), key=len)
    return len(short) / len(long) if len(short) > 3 and short in long else 0.0


def _arithmetic(name: str, printed: Printed) -> Numbers:
    """Yield what other amounts prove of this one."""
    one = printed.chosen[name]
    lines = [line.net_amount for line in printed.lines if line.net_amount is not None]
    added = sum(lines, Decimal(0))
    totals = [printed.chosen[total].value for total in ("net_total", "grand_total") if total in printed.chosen]
    yield "sum", float(one.proven or (name in SUMMED and _adds_up(printed)))
    yield "lines", float(bool(lines) and any(same(added, total) for total in totals))
    yield "derived", float(one.signals.any_of(FOLLOWS_FROM_TOTAL))


def _adds_up(printed: Printed) -> bool:
    """Return whether net and a tax that is not nothing make the total."""
    net, tax, gross = (printed.chosen[total].value if total in printed.chosen else None for total in SUMMED[:3])
    return net is not None and gross is not None and bool(tax) and same(net + tax, gross)


def _kind(printed: Printed) -> Numbers:
    """Yield what speaks for the kind of document: how strong its title is, and how far the other kind's is behind."""
    titles = [title for title in titles_of(printed.sheet) if title.kind in PAYABLE]
    first = titles[0].weight if titles else 0.0
    other = next((title.weight for title in titles if title.kind != titles[0].kind), 0.0)
    yield "strength", min(1.0, first)
    yield "alone", max(0.0, 1.0 - other / first) if first else 1.0


def _sure(word: Word) -> float:
    return max(0.0, min(1.0, word.confidence))


def _alone(one: Candidate[Any]) -> float:
    """Return 1 without another candidate, 0 beside one that is as strong and says something else."""
    others = [rival.strength for rival in one.rivals if bare(str(rival.value)) != bare(str(one.value))]
    return max(0.0, min(1.0, 1.0 - max(others, default=0.0) / max(one.strength, 0.01)))


def _times(one: Candidate[Any], texts: tuple[str, ...]) -> int:
    """Return in how many rows of the document the value is printed, as it was read."""
    wanted = bare(" ".join(word.text for word in one.words))
    return sum(wanted in text for text in texts) if len(wanted) > 2 else 0


def bare(text: str) -> str:
    """Return a text without case, accents and all that is neither a letter of the Latin alphabet nor a digit."""
    return re.sub(r"[^a-z0-9]", "", fold(text).lower())


def told(evidence: Mapping[str, float]) -> str:
    """Return the evidence in words, for a person who asks why."""
    return ", ".join(f"{name} {value:.2f}".removesuffix(".00") for name, value in evidence.items() if value)
