"""Checks whether a document calls itself a bill in any heading: a label with a number alone is not enough."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.supplier_invoice.classify import BY_TITLE, LONGEST, NOT_TITLE, PAYABLE
from extractors.supplier_invoice.fields.names import COUNTRIES, LEGAL
from extractors.supplier_invoice.layout.labels import COLUMN_LABELS, HEADER_LABELS, PARTY_LABELS
from extractors.supplier_invoice.layout.rows import InvoiceSheet, Phrase, fold
from keywright.findings import Finding
from keywright.messages import Message

UNNAMED = "unnamed-paper"  # the rule of the finding
_LARGE = 1.25  # times the usual height of print
_TOP, _UPPER = 0.55, 0.3  # shares of a page that can hold its name and its other headings
_SHORT = 6  # words of a heading at most
_CLEAR = 0.6  # the least confidence (0-1) of a heading, since an engine can take a logo for letters
#: Words after a bill's name in a label.
_LABELLED = NOT_TITLE | {"date", "datum", "fecha", "data", "du", "vom", "currency", "type", "id", "reference", "ref"}
_HEADING = re.compile(r"[^\W\d_](?:[^\d:@/.%_[\]]|\.(?!\w)){3,}")
#: Headings of a part of a bill, and the names of a copy.
_PARTS = {"details", "detail", "summary", "overview", "resume", "sommaire", "original", "copy", "copie", "page"}


def unnamed(sheet: InvoiceSheet, names: str) -> Iterator[Finding]:
    """Yield the finding that no heading calls the document a bill, and another heading is in its place.

    ``names``: the names of its seller and its buyer, which are in large print as well.
    """
    size = _usual_height(sheet)
    if any(_calls_it_a_bill(phrase, size) for phrase in sheet.phrases if _place(sheet, phrase) < _TOP):
        return
    heading = next(_other_headings(sheet, size, names), None)
    if heading is not None:
        yield Finding(
            UNNAMED,
            Message(
                "May not be a bill. No heading says that it is one; it is headed “{heading}”. Check whether it is. "
                "Accept it if we owe this money; set the kind of document to credit note if it gives money back.",
                heading=heading.text,
            ),
            ("invoice_type",),
        )


def _usual_height(sheet: InvoiceSheet) -> float:
    heights = sorted(row.height for row in sheet.rows)
    return heights[len(heights) // 2] if heights else 10.0


def _place(sheet: InvoiceSheet, phrase: Phrase) -> float:
    return phrase.box.top / sheet.depth(phrase.row.page)


def _height(phrase: Phrase) -> float:
    """Return how high the phrase itself is printed, since its row can hold larger and smaller print."""
    heights = sorted(word.box.height for word in phrase.words)
    return heights[len(heights) // 2]


def _calls_it_a_bill(phrase: Phrase, size: float) -> bool:
    """Return whether a phrase names the document, and is not the label of a number, a date or an amount."""
    words = [token for token in phrase.tokens if token[0].isalpha()]
    squeezed = "".join(words)
    if len(squeezed) > 5 and all(len(word) <= 2 for word in words):  # "I N V O I C E"
        words = [squeezed]
    large = _height(phrase) > _LARGE * size
    position = next(_named(words), None)
    if position is None or len(words) > _SHORT:
        return False
    start, stop = position
    after = words[stop] if stop < len(words) else ""
    labelled = "#" in phrase.tokens or phrase.text.endswith(":") or _of_another_bill(phrase)
    return after not in _LABELLED and (large or (start == 0 and not labelled))


def _of_another_bill(phrase: Phrase) -> bool:
    """Return whether the phrase is the label of another document's number: "Original invoice" with one right of it."""
    label = HEADER_LABELS.at(phrase.tokens)
    return phrase.valued and label is not None and label[0] == "other_number"


def _named(words: list[str]) -> Iterator[tuple[int, int]]:
    for length in range(min(LONGEST, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            if BY_TITLE.get(" ".join(words[start : start + length])) in PAYABLE:
                yield start, start + length


def _other_headings(sheet: InvoiceSheet, size: float, names: str) -> Iterator[Phrase]:
    """Yield the phrases at the top of the first page, in large print or capitals, that are not a party's name."""
    own = set(fold(names).lower().split())
    for phrase in sheet.phrases:
        if phrase.row.page != sheet.rows[0].page or _place(sheet, phrase) > _UPPER:
            continue
        words = set(fold(phrase.text).lower().split())
        stands_out = _height(phrase) > _LARGE * size or (phrase.text.isupper() and len(phrase.words) <= _SHORT)
        names_something = stands_out and _HEADING.fullmatch(phrase.text) and not words & own and not words <= _PARTS
        readable = phrase.confidence >= _CLEAR and any(len(word) > 3 for word in words)
        if names_something and readable and not LEGAL.search(phrase.text) and not _is_label(phrase, size):
            yield phrase


def _is_label(phrase: Phrase, size: float) -> bool:
    """Return whether the whole phrase is a known label, or a country; what names a paper is none in large print.

    A label can break after its first words: "SHIP" over "TO".
    """
    tokens = phrase.tokens
    large = _height(phrase) > _LARGE * size
    names_paper = large and " ".join(tokens) in BY_TITLE
    heads = () if names_paper else (COLUMN_LABELS,)
    labels = [known.at(tokens) for known in (HEADER_LABELS, PARTY_LABELS, *heads)]
    broken = any(label[: len(tokens)] == tokens for label, _, _ in PARTY_LABELS.by_first.get(tokens[0], ()))
    return broken or " ".join(tokens) in COUNTRIES or any(label and label[2] == len(tokens) for label in labels)
