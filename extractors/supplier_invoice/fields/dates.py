"""The dates of a bill, issued and due, and the doubt where day and month cannot be distinguished."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from extractors.supplier_invoice.candidates import Candidate
from extractors.supplier_invoice.classify import BY_TITLE, PAYABLE, titles_of
from extractors.supplier_invoice.fields.amounts import amounts_in
from extractors.supplier_invoice.fields.date_formats import Order, PrintedDate, dates_on, order_of
from extractors.supplier_invoice.layout.beside_label import Labels, ValuePlace, places
from extractors.supplier_invoice.layout.labels import COLUMN_LABELS, Hit
from extractors.supplier_invoice.layout.rows import InvoiceSheet, PrintedRow
from extractors.supplier_invoice.signals import Signal, Signals
from extractors.supplier_invoice.terms import TITLES
from keywright.findings import Finding, Kind
from keywright.messages import Message

NET_DAYS = re.compile(
    r"\bnet\s?(\d{1,3})\b|(?:within|innerhalb(?: von)?|binnen|sous|a|in|dans les)"
    r"\s(\d{1,3})\s(?:days|tagen?|dagen|jours)"
    r"|\b(\d{1,3})\s(?:days|jours|tage|dagen|dias|giorni)\b",
    re.IGNORECASE,
)


#: An earlier date is for those who take a discount for paying early.
DISCOUNT = re.compile(r"skonto|discount|escompte|korting|sconto|descuento", re.IGNORECASE)


TITLED = 0.4  # the weight from which a title counts
#: What a label of a date is called where it says no more than that.
DATE_WORDS = {"date", "datum", "data", "fecha"}


@dataclass(frozen=True, slots=True, eq=False)
class Dates:
    """The two dates, and the findings if a date can be read in two ways."""

    issue: Candidate[dt.date] | None
    due: Candidate[dt.date] | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Near:
    written: PrintedDate
    strength: float
    signals: Signals


def dates_of(sheet: InvoiceSheet, labels: Labels, habits: Iterable[Order], terms: str | None) -> Dates:
    """Find both dates; which number is the day follows from other dates, the terms or the country, in that order."""
    by_row = dates_on(sheet)
    everything = [written for written_on_row in by_row for written in written_on_row]
    issue = _issue(sheet, labels, by_row)
    due = _strongest(_near(labels, by_row, "due_date"))
    order, sure = order_of(everything, habits)
    if sure < 0.95 and issue and due:
        settled = _by_terms(issue.written, due.written, terms)
        order, sure = (settled, 0.96) if settled else (order, sure)
    if sure < 0.95 and issue and due and (settled := _by_sequence(issue.written, due.written)):
        order, sure = settled, 0.96 if settled is order else 0.85
    made = {name: _candidate(near, order, sure) for name, near in (("issue", issue), ("due", due)) if near}
    return Dates(made.get("issue"), made.get("due"), tuple(_doubts(issue, due, order)))


def _issue(sheet: InvoiceSheet, labels: Labels, by_row: list[list[PrintedDate]]) -> _Near | None:
    """Return the date of issue: the labelled date, or else the strongest that the page shows instead.

    A bill without a labelled date of issue can have a statement date, as utility bills do, or a date alone in its head.
    If it has both and they differ, the statement date is weaker.
    """
    labelled, alone = _strongest(_near(labels, by_row, "issue_date")), _unnamed(sheet, labels, by_row)
    if labelled and labelled.strength > 0.5:
        return labelled
    statement = _strongest(_near(labels, by_row, "statement_date"))
    instead = [near for near in (statement, alone, labelled) if near]
    if not instead:
        return None
    surest = max(instead, key=lambda near: near.strength)
    doubtful = surest is statement and alone and alone.written.meanings != statement.written.meanings
    return replace(surest, strength=0.8 * surest.strength) if doubtful else surest


def _near(labels: Labels, by_row: list[list[PrintedDate]], role: str) -> Iterator[_Near]:
    for hit in labels.hits(role):
        for place in places(labels, hit):
            written = _in_place(by_row, place)
            if written and role == "due_date" and DISCOUNT.search(place.row.text):
                written = by_row[place.row.index][-1]  # the last date is for the whole amount, without discount
            if written:
                doubt = 0.9 if written.compact else 1.0
                strength = (
                    hit.weight
                    * place.nearness
                    * doubt
                    * _first_words(hit)
                    * _heads_goods(hit, place)
                    * _of_the_bill(hit, labels)
                )
                strength *= 1.0 if hit.row.page == _home(labels.sheet) else 0.75
                strength *= 0.7 if role == "statement_date" and not _in_head(labels.sheet, hit.row) else 1.0
                yield _Near(written, strength, Signals.of(place.where, hit.text))
                break


def _heads_goods(hit: Hit, place: ValuePlace) -> float:
    """Return a factor below 1 for a bare "Date" that heads a column of a table: its dates are those of the rows."""
    if place.where is not Signal.UNDER_LABEL or hit.weight > 0.85:
        return 1.0
    roles = {heading.role for heading in COLUMN_LABELS.find(hit.row)}
    return (
        0.5
        if roles & {"net_amount", "quantity", "unit_price", "description"} or "balance" in hit.row.text.lower()
        else 1.0
    )


def _of_the_bill(hit: Hit, labels: Labels) -> float:
    """Return a factor below 1 for "Date" next to another word: "Debit date" and "Date de livraison" are other dates.

    If the word is the title of a paper, as in "Reminder date", it is the paper's own date.
    """
    row = hit.row
    if hit.role != "issue_date" or hit.weight > 0.85 or hit.stop - hit.first > 1:
        return 1.0
    if row.tokens[hit.first].text not in DATE_WORDS:
        return 1.0
    phrase = labels.sheet.phrase_at(row, hit.words[0])
    before = row.tokens[hit.first - 1] if hit.first else None
    after = [token.text for token in row.tokens[hit.stop : hit.stop + 2] if token.word < phrase.stop]
    owner = before.text if before is not None and before.word >= phrase.first else ""
    if len(after) == 2 and after[0] in {"de", "du", "d", "des", "of"}:
        owner = after[1]
    return 0.5 if owner.isalpha() and owner not in BY_TITLE else 1.0


def _first_words(hit: Hit) -> float:
    """Return a factor below 1 for a label of one short word, like "le" or "du", which is often no label."""
    text = hit.row.tokens[hit.first].text
    return 0.8 if text in {"le", "vom", "du", "due", "dated"} and hit.stop - hit.first == 1 else 1.0


def _in_place(by_row: list[list[PrintedDate]], place: ValuePlace) -> PrintedDate | None:
    """Return the date that begins in the first words of a place; under a label, in the words of that place only.

    What follows in the row is the value of another label, where a column of values stands next to one of labels.
    """
    width = len(place.words) - (place.where is Signal.UNDER_LABEL)
    reach = range(place.first, place.first + min(4, width + 1))
    return next((written for written in by_row[place.row.index] if written.first in reach), None)


def _strongest(dates: Iterable[_Near]) -> _Near | None:
    candidates = list(dates)
    if not candidates:
        return None

    def weight(near: _Near) -> float:
        agreeing = sum(another.written.meanings == near.written.meanings for another in candidates) - 1
        return near.strength + 0.02 * min(agreeing, 3)

    return max(candidates, key=weight)


def _unnamed(sheet: InvoiceSheet, labels: Labels, by_row: list[list[PrintedDate]]) -> _Near | None:
    """Return the only date in the head of the first page that no label or amount in its row claims."""
    unlabelled: list[PrintedDate] = []
    for row, dates in zip(sheet.rows, by_row, strict=True):
        if _in_head(sheet, row) and len(dates) == 1 and not dates[0].compact and not _of_another(row, labels):
            unlabelled.append(dates[0])
    days = {written.meanings for written in unlabelled}
    if not days:
        return None
    return _Near(unlabelled[0], 0.75 if len(days) == 1 else 0.45, Signals.of(Signal.HEAD_OF_PAGE))


def _in_head(sheet: InvoiceSheet, row: PrintedRow) -> bool:
    return row.page == _home(sheet) and row.words[0].box.top < 0.5 * sheet.depth(row.page)


@lru_cache(maxsize=2)
def _home(sheet: InvoiceSheet) -> int:
    """Return the first page with the title of a bill, else the first page: a cover can come before it."""
    titled = [title.page for title in titles_of(sheet) if title.kind in PAYABLE and title.weight > TITLED]
    return min(titled, default=sheet.rows[0].page)


def _of_another(row: PrintedRow, labels: Labels) -> bool:
    """Return whether a label or an amount of money in the row shows that its date is not the bill's own."""
    hits = labels.by_row[row.index]
    return (
        any(hit.role in {"due_date", "other_date", "statement_date"} for hit in hits)
        or any(_of_the_bill(hit, labels) < 1 for hit in hits)
        or any(amount.money for amount in amounts_in(row, ""))
    )


def _candidate(near: _Near, order: Order | None, sure: float) -> Candidate[dt.date]:
    settled = 1.0 if len(near.written.meanings) == 1 else sure if near.written.settled_by(order) else 0.5
    signals = near.signals
    if settled < 1.0:
        signals = signals.plus(Signal.DATE_ORDER_ASSUMED, order) if order else signals.plus(Signal.DATE_ORDER_UNKNOWN)
    return Candidate(near.written.value(order), near.written.words, near.strength * settled, signals)


def net_days(terms: str | None) -> int | None:
    """Return in how many days these terms ask for payment, or None if they give no number."""
    match = NET_DAYS.search(terms or "")
    return next((int(group) for group in match.groups() if group), None) if match else None


def _by_terms(issue: PrintedDate, due: PrintedDate, terms: str | None) -> Order | None:
    days = net_days(terms)
    if days is None or len(issue.meanings) * len(due.meanings) == 1:
        return None
    fits = [o for o in _orders(issue, due) if (due.value(o) - issue.value(o)).days in (days - 1, days, days + 1)]
    return fits[0] if len(fits) == 1 else None


def _orders(issue: PrintedDate, due: PrintedDate) -> list[Order]:
    """Return the orders in which both dates can be written."""
    return [order for order in Order if issue.settled_by(order) and due.settled_by(order)]


def _by_sequence(issue: PrintedDate, due: PrintedDate) -> Order | None:
    """Return the only order in which the due date follows the issue date within a quarter."""
    fits = [o for o in _orders(issue, due) if 0 <= (due.value(o) - issue.value(o)).days <= 95]
    both = len(issue.meanings) > 1 or len(due.meanings) > 1
    return fits[0] if len(fits) == 1 and both else None


def _doubts(issue: _Near | None, due: _Near | None, order: Order | None) -> Iterator[Finding]:
    for name, near in (("issue_date", issue), ("due_date", due)):
        if near and not near.written.settled_by(order):
            message = Message(
                "{title} can be read in two ways. “{text}” can be any of {days}, and nothing on the document says "
                "which. Choose one.",
                title=Message(TITLES[name]),
                text=near.written.text,
                days=tuple(near.written.meanings),
            )
            yield Finding("date-order", message, (name,), Kind.READING)
