"""Finds the other possible values of an invoice's field, and the meaning in it of print that a person points at."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from extractors.alternatives import Reread, first_few
from extractors.supplier_invoice.candidates import Candidate
from extractors.supplier_invoice.confidence.explain import amounts_named
from extractors.supplier_invoice.fields.amounts import amounts_in
from extractors.supplier_invoice.fields.countries import countries_of, languages_of
from extractors.supplier_invoice.fields.date_formats import dates_in, habits_of, order_of
from extractors.supplier_invoice.fields.numbers import gst_ok, iban_ok
from extractors.supplier_invoice.layout.rows import InvoiceSheet, lay_out
from extractors.supplier_invoice.reading.print import Printed, read_print
from extractors.supplier_invoice.votes import LEARNED, RULES
from keywright.model.alternatives import Choice
from keywright.model.fields import AMOUNT, DATE, TEXT, Extraction, FieldSpec
from keywright.model.reading import Line, Page, Reading, Word, box_of, text_of
from keywright.model.serialization import write_value
from keywright.model.values.printed_amounts import decimal_sign

NUMBERED = frozenset({"invoice_number", "purchase_order", "seller_tax_id"})
"""Texts with digits in them: in a phrase that a person clicks, the words before the digits are the label."""


#: Numbers that prove themselves: the shape by which each is known, and whether its check digits fit.
CHECKED: Mapping[str, tuple[re.Pattern[str], Callable[[str], bool]]] = {
    "seller_tax_id": (re.compile(r"\d.*R ?T", re.IGNORECASE), gst_ok),
    "iban": (re.compile(r"^[A-Z]{2}"), iban_ok),
}
UNLIKE_ANY = re.compile(r"(?!)")


def invoice_choices(
    reading: Reading, extraction: Extraction, specs: Mapping[str, FieldSpec[Any]]
) -> dict[str, tuple[Choice, ...]]:
    """Return the other values of each field: other spellings, the candidates it was chosen over, and further print."""
    spelled = Reread.choices_within(reading, extraction)
    printed = read_print(reading)
    offered = {
        name: (
            *_other_reader(name, extraction, printed),
            *_possible(name, (*spelled.get(name, ()), *_rivals(name, printed))),
            *_printed(name, spec, printed, extraction),
        )
        for name, spec in specs.items()
    }
    return {name: few for name, field_choices in offered.items() if (few := first_few(field_choices, extraction, name))}


def _other_reader(name: str, extraction: Extraction, printed: Printed) -> Iterator[Choice]:
    """Yield the value for which a reader voted and which was not taken."""
    field, learned, by_rules = extraction.fields.get(name), printed.learned.get(name), printed.fields.get(name)
    if field is None:
        return
    boxes = {LEARNED: learned.box if learned else None, RULES: by_rules.box if by_rules else None}
    for reader, vote in field.votes.items():
        if vote != write_value(field.value):
            yield Choice(vote, boxes.get(reader))


def _possible(name: str, choices: Iterable[Choice]) -> Iterator[Choice]:
    """Yield the choices that a field can have: "RTOOO1" is no end of a GST/HST number, and no IBAN has other digits."""
    shape, fits = CHECKED.get(name, (UNLIKE_ANY, gst_ok))
    yield from (choice for choice in choices if fits(choice.value) or not shape.search(choice.value))


def _rivals(name: str, printed: Printed) -> Iterator[Choice]:
    chosen = printed.chosen.get(name)
    if chosen is None:
        return
    rivals: list[Candidate[Any]] = [chosen, *chosen.rivals, *amounts_named(name, printed)]
    for rival in sorted(rivals, key=lambda rival: -rival.strength):
        if isinstance(rival.value, str | Decimal | dt.date):
            yield _choice(write_value(rival.value), rival.words)


def _printed(name: str, spec: FieldSpec[Any], printed: Printed, extraction: Extraction) -> Iterator[Choice]:
    """Yield every date, or every amount of money, on the pages for a field of that kind which was not found."""
    if name in extraction.fields:
        return
    for row in printed.sheet.rows:
        if spec.kind is DATE:
            for date in dates_in(row):
                yield from (_choice(meaning.isoformat(), date.words) for meaning in date.meanings)
        elif spec.kind is AMOUNT and name in ("net_total", "tax_total", "grand_total", "amount_due"):
            for amount in printed.money.by_row[row.index]:
                if amount.money:
                    yield _choice(write_value(amount.value), amount.words)


def _choice(value: str, words: Sequence[Word]) -> Choice:
    words_on_page = [word for word in words if word.box.page == words[0].box.page]
    return Choice(value, box_of(words_on_page) if words_on_page else None)


def values_of(spec: FieldSpec[Any], lines: Sequence[Line], reading: Reading) -> tuple[str, ...]:
    """Return the meanings of lines of print in a field of an invoice, as a person types them, the likeliest first."""
    if spec.kind is TEXT:
        text = " ".join(map(text_of, lines))
        return tuple(dict.fromkeys((*_without_label(spec.name, text), text)))
    if spec.kind.options:
        return tuple(value for value, title in spec.kind.options if title in " ".join(map(text_of, lines)).casefold())
    sheet = lay_out(Reading((Page(1, 0, 0, "", tuple(lines)),)))
    if spec.kind is AMOUNT:
        return tuple(dict.fromkeys(_amounts(sheet, reading)))
    return tuple(dict.fromkeys(_dates(sheet, reading))) if spec.kind is DATE else ()


def _without_label(name: str, phrase: str) -> list[str]:
    """Return the rest of a phrase from its first word with a digit, without its label, for fields with digits."""
    words = phrase.split()
    first = next((place for place, word in enumerate(words) if any(c.isdigit() for c in word)), 0)
    return [" ".join(words[first:])] if name in NUMBERED else []


def _amounts(sheet: InvoiceSheet, reading: Reading) -> list[str]:
    sign = decimal_sign(word.text for page in reading.pages for word in page.words())
    amounts = [amount for row in sheet.rows for amount in amounts_in(row, sign)]
    return [write_value(amount.value) for amount in sorted(amounts, key=lambda amount: not amount.money)]


def _dates(pointed_at: InvoiceSheet, reading: Reading) -> Iterator[str]:
    sheet = lay_out(reading)
    printed_dates = [date for row in sheet.rows for date in dates_in(row)]
    order, _ = order_of(printed_dates, habits_of(countries_of(sheet), languages_of(sheet)))
    for date in (date for row in pointed_at.rows for date in dates_in(row)):
        yield date.value(order).isoformat()
        yield from (meaning.isoformat() for meaning in date.meanings)
