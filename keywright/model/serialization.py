"""How an extraction, its findings and a receipt are written as JSON and read back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal
from typing import Any

from keywright.findings import Finding, Kind
from keywright.messages import Message, Value, holes_of, template_of, values_of
from keywright.model.fields import AMOUNT, DATE, TEXT, YES_NO, Extraction, Field, InvoiceLine, ValueKind
from keywright.model.reading import Box
from keywright.model.target_system import Receipt
from keywright.model.tax_breakdown import BREAKDOWN
from keywright.model.values.amounts import amount_of, stored_amount

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
        **({"votes": dict(field.votes)} if field.votes else {}),
    }


def _field_from_json(name: str, data: Json) -> Field[Any]:
    kind, text = _BY_NAME[data["kind"]], data["value"]
    value = stored_amount(text) if kind is AMOUNT else kind.parse(text)
    box, votes = _box_from_json(data), {str(reader): str(vote) for reader, vote in data.get("votes", {}).items()}
    return Field(name, value, data["text"], data["confidence"], data["source"], box, votes)


def _box_to_json(box: Box | None) -> Json:
    if box is None:
        return {"page": None, "box": None}
    return {"page": box.page, "box": [round(edge, 2) for edge in (box.left, box.top, box.right, box.bottom)]}


def _box_from_json(data: Json) -> Box | None:
    return Box(data["page"], *data["box"]) if data.get("box") else None


_DEEPEST, _MOST_HOLES, _MOST_PARTS, _LONGEST = 4, 12, 100, 10_000
"""Bounds of a message that is read back, in depth, values of a template, parts of a list and characters: it may come
from the process that reads a stranger's document."""

_NUMBERS = ("quantity", "unit_price", "net_amount", "tax_rate")


def line_to_json(line: InvoiceLine) -> Json:
    """Return an invoice line as JSON; what the document does not say is null. Its account is left out if it is open."""
    numbers = {name: getattr(line, name) for name in _NUMBERS}
    coding = {"account": line.account, "cost_centre": line.cost_centre}
    return {
        "description": line.description,
        **{name: None if number is None else format(number, "f") for name, number in numbers.items()},
        **_box_to_json(line.box),
        **{name: text for name, text in coding.items() if text},
    }


def _line_from_json(data: Json) -> InvoiceLine:
    numbers = {name: None if data[name] is None else stored_amount(data[name]) for name in _NUMBERS}
    coding = {name: str(data.get(name, "")) for name in ("account", "cost_centre")}
    values: dict[str, Any] = {**numbers, **coding}
    return InvoiceLine(data["description"], box=_box_from_json(data), **values)


def message_to_json(message: str) -> Json:
    """Write a message down: the English sentence, and what a page needs to write it in another language."""
    if not values_of(message):
        return {"message": str(message)}
    return {"message": str(message), **_template_to_json(message)}


def message_from_json(data: Json) -> str:
    """Return the message that was written as JSON; only its sentence if its template does not give that sentence."""
    message = str(data["message"])
    with suppress(ValueError):
        if "template" in data and (read := _template_from_json(data, _DEEPEST)) == message:
            return read
    return message


def _template_to_json(message: str) -> Json:
    values = {name: _value_to_json(value) for name, value in values_of(message).items()}
    return {"template": template_of(message), "values": values}


def _template_from_json(data: Json, depth: int) -> Message:
    """Read a template and its values back; raises ValueError if they may make a text that is too long to be ours."""
    template, values = str(data["template"]), data.get("values")
    if depth == 0 or len(template) > _LONGEST or template.count("{") > _MOST_HOLES:
        raise ValueError("a template is too long")
    names = holes_of(template) & values.keys() if isinstance(values, dict) else ()
    return Message(template, **{name: _value_from_json((values or {})[name], depth - 1) for name in names})


def _value_to_json(value: Value) -> Any:
    match value:
        case Message():
            return _template_to_json(value)
        case tuple():
            return [_value_to_json(part) for part in value]
        case Decimal():
            return {"amount": write_value(value)}
        case dt.date():
            return {"date": write_value(value)}
    return value


def _value_from_json(data: Any, depth: int) -> Value:
    """Read a value back; a masked amount or day is read as the text that stands for it."""
    match data:
        case {"template": _}:
            return _template_from_json(data, depth)
        case {"amount": amount}:
            number = amount_of(str(amount))
            return str(amount) if number is None else number
        case {"date": day}:
            with suppress(ValueError):
                return dt.date.fromisoformat(str(day))
            return str(day)
        case list() if depth and len(data) <= _MOST_PARTS:
            return tuple(_value_from_json(part, depth - 1) for part in data)
        case int():
            return data
        case str() if len(data) <= _LONGEST:
            return data
    raise ValueError("a value is not one of ours")


def findings_to_json(findings: Iterable[Finding]) -> list[Json]:
    """Return findings as JSON."""
    return [
        {
            "rule": finding.rule,
            **message_to_json(finding.message),
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
            message_from_json(stored),
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
