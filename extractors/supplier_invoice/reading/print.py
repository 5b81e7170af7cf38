"""Reads the pages of a bill once: its rows, labels, parties, dates, lines and totals."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from extractors.supplier_invoice.candidates import Candidate, best, field_of, surest
from extractors.supplier_invoice.classify import is_credit_note
from extractors.supplier_invoice.direction import CREDIT_NOTE, INVOICE, credit_by_its_label, larger_total
from extractors.supplier_invoice.fields.countries import countries_in, countries_of, languages_of
from extractors.supplier_invoice.fields.currency import EQUIVALENT, contradicts, currencies_beside, currency_of
from extractors.supplier_invoice.fields.date_formats import habits_of
from extractors.supplier_invoice.fields.dates import dates_of
from extractors.supplier_invoice.fields.money import LabelledAmount, Money, labelled, money_of
from extractors.supplier_invoice.fields.numbers import accounts, ibans, numbers_named, orders_named, tax_numbers
from extractors.supplier_invoice.fields.parties import Parties, parties_of
from extractors.supplier_invoice.fields.repeated_totals import credited_beside, settled_beside
from extractors.supplier_invoice.fields.roles import CLASS_OF
from extractors.supplier_invoice.fields.totals import Totals, totals_of
from extractors.supplier_invoice.goods.lines import lines_of, sum_of
from extractors.supplier_invoice.goods.ruled_lines import proven_lines
from extractors.supplier_invoice.layout.beside_label import Labels, labels_of, places
from extractors.supplier_invoice.layout.labels import COLUMN_LABELS, HEADER_LABELS, PARTY_LABELS
from extractors.supplier_invoice.layout.rows import InvoiceSheet, lay_out
from extractors.supplier_invoice.learned.reader import LearnedValue, read_learned
from extractors.supplier_invoice.payment_remarks import settled_by_own_words
from extractors.supplier_invoice.reading.headings import unnamed
from extractors.supplier_invoice.reading.unread_labels import unread
from extractors.supplier_invoice.signals import Signal, Signals
from extractors.supplier_invoice.sums import ZERO, rate_of, same
from keywright.findings import Finding
from keywright.model.fields import Field, InvoiceLine
from keywright.model.reading import Box, Reading, text_of
from keywright.model.tax_breakdown import TaxShare

KNOWN = sorted(
    {
        word
        for words in (HEADER_LABELS.words(), PARTY_LABELS.words(), COLUMN_LABELS.words(), CLASS_OF)
        for word in words
        if len(word) >= 5 and word.isalpha()
    }
)
_PARTIES = ("seller_name", "buyer_name")

CALLED_TOTAL = 0.8  # the strength from which a label counts as calling its amount a total


@dataclass(frozen=True, slots=True, eq=False)
class Printed:
    """The contents of the pages.

    ``numbers`` are all that could be its own; ``totalled`` says whether an amount to pay was found; ``chosen`` are the
    candidates that became fields, with their rivals. ``learned`` is what the second reader sees; it is not asked about
    documents whose data are known.
    """

    sheet: InvoiceSheet
    money: Money
    fields: dict[str, Field[Any]]
    lines: tuple[InvoiceLine, ...]
    findings: tuple[Finding, ...]
    numbers: tuple[Candidate[str], ...]
    totalled: bool
    chosen: Mapping[str, Candidate[Any]]
    parties: Parties
    labels: Labels
    learned: Mapping[str, LearnedValue]


@dataclass(frozen=True, slots=True, eq=False)
class _ByIdentity:
    """A reading that equals only itself: comparing every word would cost more than reading."""

    reading: Reading

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByIdentity) and other.reading is self.reading

    def __hash__(self) -> int:
        return id(self.reading)


def read_print(reading: Reading) -> Printed:
    """Read the pages of a document; the last ones are cached, since recognising and extracting both need them."""
    return _read_print(_ByIdentity(reading))


@lru_cache(maxsize=2)
def _read_print(identity: _ByIdentity) -> Printed:
    """Read the pages of a document.

    1. Lay out the words and find the labels. 2. Read the lines, and with their sum choose the totals. 3. Separate
       seller and buyer. 4. Read the numbers and the dates, in the order that is usual in the country.
    """
    reading = identity.reading
    sheet = lay_out(reading, _mended if _scanned(reading) else lambda token: token)
    labels, money = labels_of(sheet, HEADER_LABELS), money_of(sheet)
    labelled_amounts = list(labelled(money))
    lines = lines_of(money, labelled_amounts)
    totals = totals_of(money, labelled_amounts, sum_of(lines))
    parties = parties_of(sheet, labels)
    countries = countries_of(sheet)
    total = totals.chosen.get("grand_total")
    terms = _terms(labels)
    home = _seller_countries(sheet, parties)
    tax_number = surest(tax_numbers(sheet, labels, parties.buyer_box, parties.seller_box))
    origin = home + countries_in(" ".join(known.value for known in (parties.seller, tax_number) if known))
    habits = habits_of(origin or countries, languages_of(sheet))
    dates = dates_of(sheet, labels, habits, terms.value if terms else None)
    numbers = tuple(numbers_named(labels, "invoice_number"))
    candidates: dict[str, Candidate[Any] | None] = {
        "invoice_number": best(numbers),
        "issue_date": dates.issue,
        "due_date": dates.due,
        "currency": currency_of(money, total.words if total else None, countries, home),
        "purchase_order": best(orders_named(labels)),
        "payment_terms": terms,
        "seller_name": parties.seller,
        "seller_tax_id": tax_number,
        "seller_address": parties.seller_address,
        "buyer_name": parties.buyer,
        "iban": surest(ibans(sheet)) or surest(accounts(labels)),
        "tax_breakdown": _breakdown(money, totals),
        **totals.chosen,
    }
    candidates["net_total"] = candidates.get("net_total") or _untaxed(sheet, totals)
    chosen = {name: c for name, c in candidates.items() if c is not None and c.strength > 0.2}
    fields = {name: field_of(name, c, sheet) for name, c in chosen.items()}
    if sheet.rows:
        kind = CREDIT_NOTE if is_credit_note(sheet) else INVOICE
        fields["invoice_type"] = Field("invoice_type", kind, kind, 0.95, sheet.pages[0].engine)
    other_currencies = currencies_beside(money, chosen["currency"].value) if "currency" in chosen else []
    currency = (contradicts(chosen["currency"].value, other_currencies),) if other_currencies else ()
    doubts = (
        *dates.findings,
        *currency,
        *unread(labels, parties.labels, fields),
        *_doubts_about_paying(money, fields, labelled_amounts, total),
    )
    totals_printed = [chosen[name].value for name in ("line_total", "net_total", "grand_total") if name in chosen]
    lines = proven_lines(lines, money, totals_printed)
    learned = read_learned(reading) if reading.einvoice is None else {}
    return Printed(sheet, money, fields, lines, doubts, numbers, total is not None, chosen, parties, labels, learned)


def _doubts_about_paying(
    money: Money,
    fields: Mapping[str, Field[Any]],
    labelled_amounts: Iterable[LabelledAmount],
    total: Candidate[Decimal] | None,
) -> Iterator[Finding]:
    """Yield the doubts about paying what is headed as an invoice: its total is a credit, or it is settled."""
    if total is None or total.value <= 0 or "invoice_type" not in fields or fields["invoice_type"].value != INVOICE:
        return
    yield from unnamed(money.sheet, " ".join(str(fields[name].value) for name in _PARTIES if name in fields))
    if _called_a_credit(labelled_amounts, total):
        yield credit_by_its_label(total.value)
    else:
        yield from islice(credited_beside(money, total), 1)
    if larger := _larger_total(fields, labelled_amounts, total):
        yield larger_total(total.value, larger)
    due = fields.get("amount_due")
    if due is None or due.value > 0:
        yield from islice(chain(settled_by_own_words(money.sheet), settled_beside(money, total)), 1)


def _larger_total(
    fields: Mapping[str, Field[Any]], labelled_amounts: Iterable[LabelledAmount], total: Candidate[Decimal]
) -> Decimal | None:
    """Return a larger amount that is labelled a total, if neither net and tax nor a payment explains the difference."""
    amounts = {name: field.value for name, field in fields.items() if isinstance(field.value, Decimal)}
    if amounts.get("tax_total") and same(amounts.get("net_total", ZERO) + amounts["tax_total"], total.value):
        return None
    set_off = [
        amounts[name] for name in ("previous_balance", "amount_paid", "holdback", "allowance_total") if name in amounts
    ]
    explained = [*amounts.values(), *(total.value + amount for amount in (*set_off, sum(set_off, ZERO)))]
    called_total = [item for item in labelled_amounts if item.role == "gross" and item.strength > CALLED_TOTAL]
    totals = [item.value for item in called_total if not EQUIVALENT.search(item.amount.row.text)]
    larger = [
        value
        for value in totals
        if value > total.value and not any(same(value, explanation) for explanation in explained)
    ]
    return max(larger, default=None)


def _called_a_credit(labelled_amounts: Iterable[LabelledAmount], total: Candidate[Decimal]) -> bool:
    return any(
        item.credit and item.amount.words == total.words and item.role in {"gross", "due"} for item in labelled_amounts
    )


def _seller_countries(sheet: InvoiceSheet, parties: Parties) -> Counter[str]:
    """Return the countries in the seller's address, or in the lines of the seller's block."""
    address, box = parties.seller_address, parties.seller_box
    words = [w for row in sheet.rows for w in row.words if box and w.box.page == box.page and _in(w.box, box)]
    return countries_in(address.value) if address else countries_in(text_of(words))


def _in(word_box: Box, box: Box) -> bool:
    return box.top - 1 <= word_box.middle <= box.bottom + 1 and box.left - 1 <= word_box.left <= box.right + 1


def _scanned(reading: Reading) -> bool:
    return any(page.engine != "text-layer" for page in reading.pages)


@lru_cache(maxsize=4096)
def _mended(token: str) -> str:
    """Return the known label word that a misread token most likely is, or the token itself."""
    if len(token) < 5 or token in KNOWN or not token.isalpha():
        return token
    near = process.extractOne(token, KNOWN, scorer=OSA.distance, score_cutoff=1 if len(token) < 9 else 2)
    return near[0] if (near and near[0][0] == token[0]) or (near and len(token) > 6) else token


def _terms(labels: Labels) -> Candidate[str] | None:
    return best(_terms_found(labels))


def _terms_found(labels: Labels) -> Iterator[Candidate[str]]:
    for hit in labels.hits("payment_terms"):
        for place in places(labels, hit):
            text = text_of(place.words).strip(" :.-")
            days = re.search(
                r"(?<!\d)\d{1,3}(?!\d)|net|receipt|comptant|immediat|upon|sofort|cash|reception", text, re.IGNORECASE
            )
            if days and len(text) < 80 and not re.fullmatch(r"[\d./-]{6,}", text):
                yield Candidate(text, place.words, hit.weight * place.nearness, Signals.of(place.where, hit.text))
                break


def _untaxed(sheet: InvoiceSheet, totals: Totals) -> Candidate[Decimal] | None:
    """Return the total as the total without tax, if the document mentions no tax at all."""
    total = totals.chosen.get("grand_total")
    taxed = "tax_total" in totals.chosen or any(
        "tax" in CLASS_OF.get(token.text, ()) for row in sheet.rows for token in row.tokens
    )
    return None if taxed or total is None else total.times(0.95, Signal.NO_TAX_PRINTED)


def _breakdown(money: Money, totals: Totals) -> Candidate[tuple[TaxShare, ...]] | None:
    """Return the share of the one rate that makes the tax of the net amount, if there is one."""
    net, tax = totals.chosen.get("net_total"), totals.chosen.get("tax_total")
    if net is None or tax is None or not tax.value:
        return None
    printed = [a.value for a in money.all() if a.percent and Decimal(0) < a.value < 40]
    rate = rate_of(tax.value, net.value, printed)
    share = TaxShare(rate, net.value if rate is not None else None, tax.value)
    strength = tax.strength * (1.0 if rate is not None else 0.9)
    return Candidate((share,), tax.words, strength, Signals.of(Signal.RATE_TIMES_BASE), tax.proven)
