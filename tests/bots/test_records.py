"""What a bot keys comes from the document, field by field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest

from keywright.bot import AnyBot, all_bots
from keywright.model.fields import AMOUNT, DATE, TEXT, YES_NO, Extraction, FieldSpec, InvoiceLine
from tests.keywright.papers import field

NOT_ON_THE_PAPER = {
    "invoice": {"vendor_number", "department", "tax_account"},
    "permit-application": {"roll_number", "file"},
}
"""By document type, the values of a record that a person or the vendor master may give, and no document."""
NUMBERS_AS_TEXT = {"project_value": "$38,500", "work_area_m2": "120.5"}


def filled(bot: AnyBot) -> Extraction:
    """Return a document on which every field of its type is filled in, each with a value of its own."""
    specs = bot.reads.specs()
    values = {name: value_of(place, spec) for place, (name, spec) in enumerate(specs.items(), start=1)}
    values |= {name: text for name, text in NUMBERS_AS_TEXT.items() if name in specs}
    lines = (InvoiceLine("Sand", net_amount=Decimal("1.00")),)
    return Extraction(bot.reads.name, {name: field(name, value) for name, value in values.items()}, lines)


def value_of(place: int, spec: FieldSpec[Any]) -> object:
    values: Mapping[object, object] = {
        TEXT: f"{spec.name} {place}",
        AMOUNT: Decimal(place),
        DATE: dt.date(2026, 1, 1) + dt.timedelta(days=place),
        YES_NO: True,
    }
    options = spec.kind.options
    return options[0][0] if options else values.get(spec.kind, ())


@pytest.mark.parametrize("bot", all_bots().values(), ids=lambda bot: bot.name)
def test_every_value_of_a_record_comes_from_the_field_of_its_name(bot: AnyBot) -> None:
    document = filled(bot)
    record = bot.record(document, None)
    empty = {
        record_field.name for record_field in fields(record) if getattr(record, record_field.name) in ("", None, ())
    }
    assert empty == NOT_ON_THE_PAPER[document.document_type]
    shared = {record_field.name for record_field in fields(record)} & set(document.fields) - set(NUMBERS_AS_TEXT)
    differing = {name for name in shared if getattr(record, name) != document.fields[name].value}
    assert differing <= {"invoice_type"}, "the kind of a bill follows from its total too"
