"""Says what a list shows of a case and finds it by, and for which kind of exception a person has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from keywright.findings import Finding, Kind
from keywright.model.fields import bare
from keywright.model.values.amounts import amount_of

SENDERS = ("seller_name", "applicant_corporation", "applicant_last_name", "owner_corporation", "owner_last_name")
NUMBERS = ("invoice_number", "registration_number")
AMOUNTS = ("grand_total", "amount_due", "project_value_number", "project_value")
LARGEST = Decimal(10) ** 16
"""No larger amount stands in a list: the column has 18 digits, two of them cents."""

URGENT_FIRST = (Kind.UNCERTAIN, Kind.DUPLICATE, Kind.SYSTEM, Kind.BUSINESS, Kind.READING)
"""Of several kinds of finding the first of these names the case: what may have been keyed comes before all."""


def listed(extraction: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the columns of a case that a list shows, from its extraction as it is written down; folded for a search.

    The sender is called as the document spells it; ``sender_key`` and ``paper_number`` are without case, accents,
    blanks and punctuation.
    """
    found = extraction.get("fields") if isinstance(extraction, Mapping) else None
    fields: Mapping[str, Any] = found if isinstance(found, Mapping) else {}
    sender = _first(fields, SENDERS)
    return {
        "sender": sender[:200],
        "sender_key": bare(sender)[:200],
        "paper_number": bare(_first(fields, NUMBERS))[:100],
        "amount": next((value for name in AMOUNTS if (value := _amount(_first(fields, (name,)))) is not None), None),
        "currency": _first(fields, ("currency",))[:3],
    }


def kind_asked(findings: Iterable[Finding]) -> str:
    """Return the kind of exception for which a person has a case, from what was found about it; "" if nothing was."""
    found = list(findings)
    kinds = {one.kind for one in found if one.asks} or {one.kind for one in found}
    return next((kind.value for kind in URGENT_FIRST if kind in kinds), "")


def _first(fields: Mapping[str, Any], names: Sequence[str]) -> str:
    told = (str(fields[name].get("value") or "") for name in names if isinstance(fields.get(name), Mapping))
    return next((" ".join(text.split()) for text in told if text.strip()), "")


def _amount(text: str) -> Decimal | None:
    """Return an amount in whole cents; None for what is none, or has no place in a list."""
    value = amount_of(text)
    return None if value is None else value.quantize(Decimal("0.01"))
