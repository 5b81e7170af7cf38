"""Reports labels whose value could not be read: a label without its value is a doubt, not an absent field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from extractors.supplier_invoice.layout.beside_label import Labels
from extractors.supplier_invoice.layout.labels import Hit
from extractors.supplier_invoice.terms import TITLES
from keywright.findings import Finding, Kind
from keywright.messages import Message
from keywright.model.fields import Field
from keywright.model.reading import text_of

#: Fields that a bill need not have; if it has the label, it most likely has the value too.
NAMED = ("due_date", "purchase_order")
SURE = 0.85
#: Terms of payment in the place of a date: "Due date: Upon receipt".
_TERMS = re.compile(
    r"\W*(?:(?:due )?(?:up)?on (?:receipt|presentation|demand)|net\W*\d|\d+ (?:days|jours)|immediate|cash|c\.?o\.?d\b"
    r"|comptant|(?:a|à|sur|dès) (?:la )?r[eé]ception|sofort)",
    re.IGNORECASE,
)


def unread(labels: Labels, parties: Labels, fields: Mapping[str, Field[Any]]) -> Iterator[Finding]:
    """Yield a finding for each field that the page labels or must have, and that was not read.

    ``parties`` are the labels of seller and buyer, ``labels`` all others.
    """
    printed_labels = {name: _named(labels, name) for name in NAMED} | {"buyer_name": _named(parties, "buyer")}
    for name, label in printed_labels.items():
        if name not in fields and label:
            message = Message(
                "{title} could not be read. The page has the label “{label}”. Look there, and type it in if it is "
                "there.",
                title=Message(TITLES[name]),
                label=label,
            )
            yield Finding("unread", message, (name,), Kind.READING)
    if "grand_total" in fields and "net_total" not in fields:
        message = Message(
            "{title} not found, so nothing proves the total. Look on the page, and type it in if it is there.",
            title=Message(TITLES["net_total"]),
        )
        yield Finding("unread", message, ("net_total",), Kind.READING)


def _named(labels: Labels, name: str) -> str:
    """Return the most certain label of a field as printed, or nothing if there is none."""
    hits = [hit for hit in labels.hits(name) if hit.weight >= SURE and _alone(hit, labels)]
    return _text(max(hits, key=lambda hit: hit.weight)) if hits else ""


def _alone(hit: Hit, labels: Labels) -> bool:
    """Return whether the label begins its phrase and at most three words follow, unlike in a sentence."""
    phrase = labels.sheet.phrase_at(hit.row, hit.words[0])
    following = text_of(hit.row.words[hit.words[1] + 1 :])
    return phrase.first == hit.words[0] and phrase.stop - hit.words[1] < 5 and not _TERMS.match(following)


def _text(hit: Hit) -> str:
    first, last = hit.words
    return text_of(hit.row.words[first : last + 1])
