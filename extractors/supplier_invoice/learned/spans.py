"""Candidates of the learned reader: every span of words that can be an amount, a date, an identifier or a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extractors.supplier_invoice.learned.tokens import CutWord, TokenSheet, text_between
from extractors.supplier_invoice.learned.values import amount_in, days_in, identifier_in

AMOUNT, DATE, IDENTIFIER, NAME = "amount", "date", "identifier", "name"
FIELDS = {
    IDENTIFIER: ("invoice_number", "purchase_order", "seller_tax_id"),
    DATE: ("issue_date", "due_date"),
    AMOUNT: ("grand_total", "amount_due", "net_total", "tax_total"),
    NAME: ("seller_name",),
}
"""The fields that each type of candidate can be."""
MOST = 400
"""The most candidates of a type; a dense page has about a hundred."""
MOST_WORDS = 5
LONGEST_NAME = 80
_WITHIN = 0.9
"""The widest blank within a number or a date, in heights."""
_CUTS = re.compile(r"\s[-–|•·]\s|,\s|\s\(|[|•·]")
_EDGES = " .,:;-–|"


@dataclass(frozen=True, slots=True)
class WordSpan:
    """A candidate: its value as it is written in JSON, its text, and its tokens from ``first`` to before ``stop``.

    ``order`` is the order of the parts of a date. ``second`` is true if the engine's second reading of a word was used.
    """

    value: str
    text: str
    first: int
    stop: int
    order: str = ""
    second: bool = False


def spans_of(sheet: TokenSheet) -> dict[str, list[WordSpan]]:
    """Return the candidates of each type in the order of reading; first and last ones where there are too many."""
    spans: dict[str, list[WordSpan]] = {kind: [] for kind in FIELDS}
    for start, end in sheet.rows:
        row = sheet.tokens[start:end]
        spans[NAME] += _names(row, start)
        for kind, span in _numbers(row, start):
            spans[kind].append(span)
    return {kind: _fewer(few) for kind, few in spans.items()}


def _fewer(spans: list[WordSpan]) -> list[WordSpan]:
    return spans if len(spans) <= MOST else [*spans[: MOST // 2], *spans[-MOST // 2 :]]


def _names(row: tuple[CutWord, ...], start: int) -> Iterator[WordSpan]:
    """Yield each phrase of a row, and its first part where it has several."""
    place = 0
    while place < len(row):
        stop = place + 1
        while stop < len(row) and row[stop].phrase == row[place].phrase:
            stop += 1
        text = text_between(row[place:stop])
        if len(text) < LONGEST_NAME:
            for part in dict.fromkeys((text, _CUTS.split(text)[0], text.split(":", 1)[-1])):
                value = part.strip(_EDGES)
                if sum(sign.isalpha() for sign in value) >= 3:
                    yield WordSpan(value, part.strip(), start + place, start + stop)
        place = stop


def _numbers(row: tuple[CutWord, ...], start: int) -> Iterator[tuple[str, WordSpan]]:
    """Yield the amounts, dates and identifiers of a row: only spans with a digit can be one."""
    digits = [any(map(str.isdigit, token.text)) for token in row]
    second = any(token.word.otherwise for token in row)
    for place in range(len(row)):
        reach = min(place + MOST_WORDS, len(row))
        if not second and True not in digits[place:reach]:
            continue
        for stop in range(place + 1, reach + 1):
            if stop > place + 1 and row[stop - 1].left - row[stop - 2].right > _WITHIN * row[place].height:
                break
            tokens = row[place:stop]
            if True in digits[place:stop]:
                yield from _meanings(text_between(tokens), start + place, start + stop, second=False)
            if second and (otherwise := _second_reading(tokens)):
                yield from _meanings(otherwise, start + place, start + stop, second=True)


def _second_reading(tokens: tuple[CutWord, ...]) -> str:
    """Return the text with the engine's second reading of doubtful words; empty if there is none."""
    if not any(token.word.otherwise for token in tokens):
        return ""
    text = " ".join(token.word.otherwise or token.text for token in tokens)
    return text if any(sign.isdigit() for sign in text) else ""


def _meanings(text: str, first: int, stop: int, *, second: bool) -> Iterator[tuple[str, WordSpan]]:
    value = amount_in(text)
    if value is not None:
        yield AMOUNT, WordSpan(f"{value:.2f}", text, first, stop, second=second)
    days = days_in(text)
    for day, order in days:
        yield DATE, WordSpan(day.isoformat(), text, first, stop, order, second)
    if not days and (value is None or not re.search(r"[.,]\d\d\D*$", text)):
        identifier = identifier_in(text, len(text.split()))
        if identifier is not None:
            yield IDENTIFIER, WordSpan(identifier, text, first, stop, second=second)
