"""Compares a value that was read with its label, by the rules of the corpus: a different spelling is no error."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

#: The fields of an invoice that are scored.
CANONICAL = frozenset({
    "invoice_number", "issue_date", "due_date", "currency", "seller_name", "seller_tax_id", "buyer_name",
    "purchase_order", "net_total", "tax_total", "grand_total", "amount_paid", "amount_due", "iban",
})  # fmt: skip
_AMOUNTS = frozenset({
    "net_total", "tax_total", "grand_total", "amount_paid", "amount_due", "quantity", "unit_price", "net_amount",
    "total",
})  # fmt: skip
_IDENTIFIERS = frozenset({
    "invoice_number", "purchase_order", "seller_tax_id", "buyer_tax_id", "iban", "postal_code", "telephone",
})  # fmt: skip
_NAMES = frozenset({"seller_name", "buyer_name", "company", "address"})
#: A name may be printed longer than its legal form: this much of the longer spelling must be the shorter one.
_LEAST_SHARE, _LEAST_LENGTH = 0.6, 5
#: A line is the same if this much of the words of its description was read.
_LEAST_WORDS = 0.6
Line = Mapping[str, Any]


def right(name: str, label: Any, value: Any) -> bool:
    """Return whether a value says what the label says; a label may be a list of spellings."""
    if isinstance(label, list):
        return any(right(name, spelling, value) for spelling in label)
    wanted, got = _spelled(name, label), _spelled(name, value)
    if wanted == got:
        return True
    short, long = sorted((wanted, got), key=len)
    return (
        name in _NAMES
        and len(short) >= _LEAST_LENGTH
        and long.startswith(short)
        and len(short) / len(long) >= _LEAST_SHARE
    )


def right_lines(labels: Iterable[Line], lines: Sequence[Line]) -> int:
    """Return how many labelled lines were read; a line that was read counts for one label."""
    left = list(lines)
    count = 0
    for label in labels:
        match = next((line for line in left if _same_line(label, line)), None)
        if match is not None:
            left.remove(match)
            count += 1
    return count


def plain(entry: Any) -> Any:
    """Return the value of a field as ``keywright read --json`` prints it, or the value itself."""
    return entry.get("value") if isinstance(entry, dict) else entry


def labels_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the labels of a document that are scored: of an invoice the canonical fields, of others every field."""
    labels = {
        name: label
        for name, label in (row.get("truth") or {}).items()
        if label not in (None, "") and not isinstance(label, list | dict)
    }
    if row.get("kind") == "invoices":
        return {name: label for name, label in labels.items() if name in CANONICAL}
    return labels


def _same_line(label: Line, line: Line) -> bool:
    """Return whether amount and quantity agree where the label has them, and most words of the description."""
    for name in ("net_amount", "quantity"):
        wanted = label.get(name)
        if wanted not in (None, "") and _amount(wanted) != _amount(plain(line.get(name))):
            return False
    wanted_words, words = _words(label.get("description", "")), _words(plain(line.get("description")) or "")
    return not wanted_words or len(wanted_words & words) / len(wanted_words) >= _LEAST_WORDS


def _spelled(name: str, value: Any) -> str:
    """Return the one spelling of all that a clerk would call the same."""
    if isinstance(value, bool):
        return str(value).lower()
    if name in _AMOUNTS:
        return _amount(value) or str(value)
    text = unicodedata.normalize("NFKC", str(value)).casefold().strip()
    if name in _IDENTIFIERS:
        return re.sub(r"[^0-9a-z]", "", text)
    return " ".join(re.sub(r"[^\w\s]", " ", text).split())


def _amount(value: Any) -> str | None:
    try:
        return str(Decimal(str(value).replace(" ", "").replace("\u00a0", "")).quantize(Decimal("0.01")))
    except InvalidOperation:
        return None


def _words(text: Any) -> set[str]:
    return set(_spelled("description", text).split())
