"""How an extraction, its findings and a receipt are written as JSON and read back."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from keywright.findings import Finding, Kind
from keywright.model.fields import AMOUNT, DATE, TEXT, YES_NO, Extraction, Field, InvoiceLine, ValueKind
from keywright.model.reading import Box
from keywright.model.target_system import Receipt
from keywright.model.tax_breakdown import BREAKDOWN
from keywright.model.values.amounts import stored_amount

Json = dict[str, Any]

_KINDS: dict[type, ValueKind[Any]] = {str: TEXT, Decimal: AMOUNT, bool: YES_NO, tuple: BREAKDOWN}
_BY_NAME = {kind.name: kind for kind in (TEXT, AMOUNT, DATE, YES_NO, BREAKDOWN)}


def kind_of(value: object) -> ValueKind[Any]:
    """Return the kind of a field's value, which knows how the value is written."""
    return _KINDS.get(type(value), DATE)


def write_value(value: object) -> str:
    """Return a field's value as text: amounts with a dot, dates in ISO 8601, yes or no."""
    return kind_of(value).write(value)


def extraction_to_json(extraction: Extraction) -> Json:
    """Return an extraction as JSON."""
    return {
        "document_type": extraction.document_type,
        "fields": {name: _field_to_json(field) for name, field in extraction.fields.items()},
        "lines": [line_to_json(line) for line in extraction.lines],
        "findings": findings_to_json(extraction.findings),
        "other_kind": findings_to_json([extraction.other_kind] if extraction.other_kind else []),
    }


def extraction_from_json(data: Json) -> Extraction:
    """Return the extraction that was written as this JSON."""
    return Extraction(
        data["document_type"],
        {name: _field_from_json(name, field) for name, field in data["fields"].items()},
        tuple(_line_from_json(line) for line in data["lines"]),
        findings_from_json(data["findings"]),
        next(iter(findings_from_json(data["other_kind"])), None),
    )


def _field_to_json(field: Field[Any]) -> Json:
    return {
        "value": write_value(field.value),
        "kind": kind_of(field.value).name,
        "text": field.text,
        "confidence": round(field.confidence, 4),
        "source": field.source,
        **_box_to_json(field.box),
    }


def _field_from_json(name: str, data: Json) -> Field[Any]:
    kind, text = _BY_NAME[data["kind"]], data["value"]
    value = stored_amount(text) if kind is AMOUNT else kind.parse(text)
    return Field(name, value, data["text"], data["confidence"], data["source"], _box_from_json(data))


def _box_to_json(box: Box | None) -> Json:
    if box is None:
        return {"page": None, "box": None}
    return {"page": box.page, "box": [round(edge, 2) for edge in (box.left, box.top, box.right, box.bottom)]}


def _box_from_json(data: Json) -> Box | None:
    return Box(data["page"], *data["box"]) if data.get("box") else None


_NUMBERS = ("quantity", "unit_price", "net_amount", "tax_rate")


def line_to_json(line: InvoiceLine) -> Json:
    """Return an invoice line as JSON; what the document does not say is null."""
    numbers = {name: getattr(line, name) for name in _NUMBERS}
    return {
        "description": line.description,
        **{name: None if number is None else format(number, "f") for name, number in numbers.items()},
        **_box_to_json(line.box),
    }


def _line_from_json(data: Json) -> InvoiceLine:
    numbers = {name: None if data[name] is None else stored_amount(data[name]) for name in _NUMBERS}
    return InvoiceLine(data["description"], **numbers, box=_box_from_json(data))


def findings_to_json(findings: Iterable[Finding]) -> list[Json]:
    """Return findings as JSON."""
    return [
        {
            "rule": finding.rule,
            "message": finding.message,
            "fields": list(finding.fields),
            "kind": finding.kind.value,
            "acceptable": finding.acceptable,
            "second_person": finding.second_person,
            "asks": finding.asks,
            "not_by": list(finding.not_by),
            **({"picture": finding.picture} if finding.picture else {}),
        }
        for finding in findings
    ]


def findings_from_json(data: Iterable[Json]) -> tuple[Finding, ...]:
    """Return the findings that were written as this JSON."""
    return tuple(
        Finding(
            stored["rule"],
            stored["message"],
            tuple(stored["fields"]),
            Kind(stored["kind"]),
            stored["acceptable"],
            stored.get("second_person", False),
            stored.get("asks", True),
            tuple(stored.get("not_by", ())),
            stored.get("picture", ""),
        )
        for stored in data
    )


def receipt_to_json(receipt: Receipt, picture: str) -> Json:
    """Return a receipt as JSON; ``picture`` is the hash under which its picture is stored."""
    return {
        "system": receipt.system,
        "number": receipt.number,
        "values": [
            {"name": value.name, "keyed": value.keyed, "typed": value.typed or value.keyed, "shown": value.shown}
            for value in receipt.values
        ],
        "picture": picture,
        "seen_at": receipt.seen_at.isoformat(),
    }
