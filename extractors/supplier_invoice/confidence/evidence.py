"""The evidence for each value that was read, as numbers from 0 to 1: the higher, the more likely the value is right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from stdnum import iban as iban_rules

from extractors.supplier_invoice.addressee import is_this_office, names_of_this_office
from extractors.supplier_invoice.candidates import Candidate
from extractors.supplier_invoice.classify import PAYABLE, titles_of
from extractors.supplier_invoice.fields.dates import net_days
from extractors.supplier_invoice.fields.names import DOMAIN, FREE_MAIL, LEGAL
from extractors.supplier_invoice.fields.numbers import luhn_ok
from extractors.supplier_invoice.layout.rows import fold
from extractors.supplier_invoice.learned.reader import LearnedValue
from extractors.supplier_invoice.reading.print import Printed
from extractors.supplier_invoice.signals import (
    CURRENCY_PRINTED,
    DATE_ORDER_NOT_PRINTED,
    FOLLOWS_FROM_TOTAL,
    LABELLED,
    Signal,
)
from extractors.supplier_invoice.sums import same
from keywright.model.layout import alike
from keywright.model.reading import Word
from keywright.model.serialization import write_value

Numbers = Iterator[tuple[str, float]]


class Feature(StrEnum):
    """One sort of evidence, a number from 0 to 1; its text is its name in ``calibration.toml`` and in explanations."""

    STRENGTH = "strength"  #: of the candidate
    STRENGTH_OVER_70 = "strength over 0.7"
    STRENGTH_OVER_89 = "strength over 0.89"
    LEGIBLE = "legible"  #: the engine's confidence in its least certain word
    LEGIBLE_OVER_60 = "legible over 0.6"
    LEGIBLE_OVER_90 = "legible over 0.9"
    WITHOUT_RIVAL = "without a rival"  #: how far the next candidate is behind
    PRINTED_AGAIN = "printed again"  #: in another row
    LABELLED = "labelled"
    LEGAL_FORM = "legal form"  #: the name has one, as "Ltd.", or is a public body's
    THIS_OFFICE = "name of this office"
    WITH_ADDRESS = "with an address"
    WEB_ADDRESS = "spelled by a web address"
    BUYER_LABELLED = "buyer labelled"  #: so that the seller is told from the buyer
    PROVEN_BY_SUM = "proven by a sum"
    LINES_ADD_UP = "lines add up"
    FOLLOWS_FROM_TOTAL = "follows from the total"
    ONE_MEANING = "one meaning"  #: of a date, or of a sign of currency
    DAY_AND_MONTH_UNDECIDED = "day and month undecided"
    CURRENCY_PRINTED = "currency printed"
    READERS_AGREE = "both readers agree"  #: the learned reader's likeliest value is the same
    NO_READER_DIFFERS = "no reader differs"  #: how unlikely the learned reader finds every other value
    CONFIRMED = "confirmed by other print"  #: by its check digit, or by the days between two dates


#: Features that follow from another feature.
STEPS = frozenset(
    {Feature.STRENGTH_OVER_70, Feature.STRENGTH_OVER_89, Feature.LEGIBLE_OVER_60, Feature.LEGIBLE_OVER_90}
)

#: Fields that are read the same way, so that a feature has the same weight for them.
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
#: The share of misreadings that pass a check digit, or happen to fit the terms of payment.
LET_THROUGH = 0.1
OFFICE = re.compile(
    r"\b(?:town|city|county|municipality|township|region|corporation|university|department|ministry|ville|stadt)\b",
    re.IGNORECASE,
)


def evidence_of(printed: Printed) -> dict[str, dict[str, float]]:
    """Return the evidence for each field that was read from print, by field and by feature."""
    page = _Page.of(printed)
    evidence = {name: dict(_evidence(name, candidate, page)) for name, candidate in printed.chosen.items()}
    return {**evidence, "invoice_type": dict(_kind(printed))}


@dataclass(frozen=True, slots=True, eq=False)
class _Page:
    """What the evidence for a field is taken from, apart from its candidate."""

    printed: Printed
    texts: tuple[str, ...]
    domains: frozenset[str]

    @classmethod
    def of(cls, printed: Printed) -> _Page:
        rows = [row.text for row in printed.sheet.rows]
        domains = {match.group(1).lower().split(".")[-1] for row in rows for match in DOMAIN.finditer(row)}
        return cls(printed, tuple(bare(row) for row in rows), frozenset(bare(name) for name in domains - FREE_MAIL))


def _evidence(name: str, candidate: Candidate[Any], page: _Page) -> Numbers:
    legible = min((_confidence(word) for word in candidate.words), default=0.0)
    confirmed = confirmed_by_print(name, candidate, page.printed.chosen)
    legible = 1 - LET_THROUGH * (1 - legible) if confirmed else legible
    yield Feature.STRENGTH, candidate.strength
    yield Feature.STRENGTH_OVER_70, float(candidate.strength > 0.7)
    yield Feature.STRENGTH_OVER_89, float(candidate.strength > 0.89)
    yield Feature.LEGIBLE, legible
    yield Feature.CONFIRMED, float(confirmed)
    yield Feature.LEGIBLE_OVER_60, float(legible > 0.6)
    yield Feature.LEGIBLE_OVER_90, float(legible > 0.9)
    yield Feature.WITHOUT_RIVAL, _without_rival(candidate)
    yield Feature.PRINTED_AGAIN, float(_rows_with(candidate, page.texts) > 1)
    yield from _second_reader(candidate, page.printed.learned.get(name))
    group = GROUPS.get(name, "")
    if group in {"seller", "buyer"}:
        yield from _party(name, candidate, page)
    elif group == "amount":
        yield from _arithmetic(name, page.printed)
    elif group == "date":
        yield Feature.ONE_MEANING, float(not candidate.signals.any_of(DATE_ORDER_NOT_PRINTED))
        yield Feature.DAY_AND_MONTH_UNDECIDED, float(Signal.DATE_ORDER_UNKNOWN in candidate.signals)
    elif group == "currency":
        yield Feature.ONE_MEANING, float(Signal.SEVERAL_CURRENCIES_POSSIBLE not in candidate.signals)
        yield Feature.CURRENCY_PRINTED, float(candidate.signals.any_of(CURRENCY_PRINTED))


def _second_reader(candidate: Candidate[Any], learned: LearnedValue | None) -> Numbers:
    """Yield what the learned reader says of a value; it says nothing of fields that it does not read."""
    if learned is None:
        return
    agrees = same_for_readers(write_value(candidate.value), learned.value)
    yield Feature.READERS_AGREE, float(agrees)
    differs = not agrees and not is_other_order(write_value(candidate.value), learned.value)
    yield Feature.NO_READER_DIFFERS, 1.0 - learned.confidence if differs else 1.0


_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


def is_other_order(value: str, learned: str) -> bool:
    """Return whether two dates differ in the order of their numbers alone, which only the rules can tell.

    A year of two figures may be the first number or the last: 26-11-05.
    """
    first, second = _DAY.fullmatch(value), _DAY.fullmatch(learned)
    if not first or not second or value == learned:
        return False
    parts, others = (sorted((date[1][-2:], date[2], date[3])) for date in (first, second))
    return parts == others


def same_for_readers(value: str, learned: str) -> bool:
    """Return whether two readers' values, as they are written, are the same but for the sign and a longer name."""
    if alike(value.lstrip("-"), learned.lstrip("-")):
        return True
    short, long = sorted((bare(value), bare(learned)), key=len)
    letters = sum(map(str.isalpha, short))
    return letters > len(short) / 2 and len(short) >= 5 and long.startswith(short) and len(short) >= 0.6 * len(long)


def confirmed_by_print(name: str, candidate: Candidate[Any], chosen: Mapping[str, Candidate[Any]]) -> bool:
    """Return whether other print confirms a value: its check digit, or the days between the two dates."""
    if name == "seller_tax_id":
        return "RT" in candidate.value.upper() and luhn_ok(candidate.value)
    if name == "iban":
        return bool(iban_rules.is_valid(candidate.value))
    if name in {"issue_date", "due_date"} and {"issue_date", "due_date", "payment_terms"} <= chosen.keys():
        days = net_days(chosen["payment_terms"].value)
        return days is not None and (chosen["due_date"].value - chosen["issue_date"].value).days == days
    return False


def _party(name: str, candidate: Candidate[Any], page: _Page) -> Numbers:
    """Yield what shows whose name it is: its label, its web address, its legal form, the other party's label."""
    text, parties = str(candidate.value), page.printed.parties
    yield Feature.LABELLED, float(candidate.signals.any_of(LABELLED))
    yield Feature.LEGAL_FORM, float(bool(LEGAL.search(text) or (name == "buyer_name" and OFFICE.search(text))))
    if name == "buyer_name":
        yield Feature.THIS_OFFICE, float(is_this_office(text, names_of_this_office()))
        yield Feature.WITH_ADDRESS, float(parties.buyer_box is not None and parties.buyer_box.height > 20)
        return
    yield Feature.WEB_ADDRESS, max((_alike(bare(text), domain) for domain in page.domains), default=0.0)
    yield Feature.WITH_ADDRESS, float(parties.seller_address is not None)
    yield Feature.BUYER_LABELLED, float(parties.buyer is not None and parties.buyer.signals.any_of(LABELLED))


def _alike(name: str, domain: str) -> float:
    """Return how much of a name its web address spells, or of the address the name."""
    short, long = sorted((name, domain), key=len)
    return len(short) / len(long) if len(short) > 3 and short in long else 0.0


def _arithmetic(name: str, printed: Printed) -> Numbers:
    """Yield what other amounts prove of this amount."""
    candidate = printed.chosen[name]
    lines = [line.net_amount for line in printed.lines if line.net_amount is not None]
    added = sum(lines, Decimal(0))
    totals = [printed.chosen[total].value for total in ("net_total", "grand_total") if total in printed.chosen]
    yield Feature.PROVEN_BY_SUM, float(candidate.proven or (name in SUMMED and _adds_up(printed)))
    yield Feature.LINES_ADD_UP, float(bool(lines) and any(same(added, total) for total in totals))
    yield Feature.FOLLOWS_FROM_TOTAL, float(candidate.signals.any_of(FOLLOWS_FROM_TOTAL))


def _adds_up(printed: Printed) -> bool:
    """Return whether the net and a tax other than zero make the total."""
    net, tax, gross = (printed.chosen[total].value if total in printed.chosen else None for total in SUMMED[:3])
    return net is not None and gross is not None and bool(tax) and same(net + tax, gross)


def _kind(printed: Printed) -> Numbers:
    """Yield the evidence for the kind of document: how strong its title is, and how far the other kind's is behind."""
    titles = [title for title in titles_of(printed.sheet) if title.kind in PAYABLE]
    first = titles[0].weight if titles else 0.0
    second = next((title.weight for title in titles if title.kind != titles[0].kind), 0.0)
    yield Feature.STRENGTH, min(1.0, first)
    yield Feature.WITHOUT_RIVAL, max(0.0, 1.0 - second / first) if first else 1.0


def _confidence(word: Word) -> float:
    return max(0.0, min(1.0, word.confidence))


def _without_rival(candidate: Candidate[Any]) -> float:
    """Return 1 if no candidate has another value, 0 if one with another value is as strong."""
    value = bare(str(candidate.value))
    rivals = [rival.strength for rival in candidate.rivals if bare(str(rival.value)) != value]
    return max(0.0, min(1.0, 1.0 - max(rivals, default=0.0) / max(candidate.strength, 0.01)))


def _rows_with(candidate: Candidate[Any], texts: tuple[str, ...]) -> int:
    """Return in how many rows of the document the value is printed."""
    wanted = bare(" ".join(word.text for word in candidate.words))
    return sum(wanted in text for text in texts) if len(wanted) > 2 else 0


def bare(text: str) -> str:
    """Return the Latin letters and the digits of a text, in lower case and without accents."""
    return re.sub(r"[^a-z0-9]", "", fold(text).lower())


def evidence_in_words(evidence: Mapping[str, float]) -> str:
    """Return the evidence in words for a person, without the steps of strength and legibility; a 1 is left out."""
    features = {name: value for name, value in evidence.items() if value and name not in STEPS}
    return ", ".join(name if value == 1 else f"{name} {value:.2f}" for name, value in features.items())
