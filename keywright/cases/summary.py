"""The columns that lists and searches use of a case, and the kind of exception for which a person has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from keywright.bot import document_type_of
from keywright.findings import Finding, Kind
from keywright.model.document_type import KeyFields
from keywright.model.fields import FieldSpec, bare
from keywright.model.values.amounts import amount_of

LARGEST = Decimal(10) ** 16
"""Larger amounts are not listed: the column has 18 digits, two of them cents."""

URGENT_FIRST = (Kind.UNCERTAIN, Kind.DUPLICATE, Kind.SYSTEM, Kind.BUSINESS, Kind.READING)
"""If a case has several kinds of finding, the first of these is its kind: a possible keying is the most urgent."""


def columns_of(bot: str, extraction: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the list columns of a case of this bot, as they change with its extraction.

    The key fields of a bot that is no longer installed are not known: its cases keep their columns.
    """
    document_type = document_type_of(bot)
    if document_type is None:
        return {} if extraction else listed(KeyFields(), None)
    return listed(document_type.key_fields, extraction)


def listed(key_fields: KeyFields, extraction: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the list columns of a case, from its extraction as JSON; folded for a search.

    The sender is spelled as on the document; ``sender_key`` and ``paper_number`` are without case, accents, blanks and
    punctuation.
    """
    values = extraction.get("fields") if isinstance(extraction, Mapping) else None
    fields: Mapping[str, Any] = values if isinstance(values, Mapping) else {}
    amounts = (_amount(_first(fields, (spec,))) for spec in key_fields.amount)
    sender = _first(fields, key_fields.sender)
    return {
        "sender": sender[:200],
        "sender_key": bare(sender)[:200],
        "paper_number": bare(_first(fields, key_fields.number))[:100],
        "amount": next((amount for amount in amounts if amount is not None), None),
        "currency": _first(fields, key_fields.currency)[:3],
    }


def kind_asked(findings: Iterable[Finding]) -> str:
    """Return the kind of exception for which a person has a case, from its findings; "" without any."""
    all_findings = list(findings)
    kinds = {finding.kind for finding in all_findings if finding.asks} or {finding.kind for finding in all_findings}
    return next((kind.value for kind in URGENT_FIRST if kind in kinds), "")


def _first(fields: Mapping[str, Any], specs: Sequence[FieldSpec[Any]]) -> str:
    """Return the text of the first of these fields that is filled in, with single blanks; "" if none is."""
    values = (fields.get(spec.name) for spec in specs)
    texts = (str(value.get("value") or "") for value in values if isinstance(value, Mapping))
    return next((" ".join(text.split()) for text in texts if text.strip()), "")


def _amount(text: str) -> Decimal | None:
    """Return an amount in whole cents; None if the text is none, or is too large for a list."""
    value = amount_of(text)
    return None if value is None else value.quantize(Decimal("0.01"))
