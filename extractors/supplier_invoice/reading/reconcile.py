"""Combines XML and print where a document says things twice; a difference between them is a finding."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from extractors.supplier_invoice.fields.date_formats import dates_in
from extractors.supplier_invoice.layout.rows import InvoiceSheet, fold
from extractors.supplier_invoice.reading.comparison import differences
from extractors.supplier_invoice.reading.print import Printed
from keywright.findings import Finding
from keywright.model.fields import Field
from keywright.model.reading import Word


def reconcile(
    xml: Mapping[str, Field[Any]], page_fields: Mapping[str, Field[Any]], printed: Printed
) -> tuple[dict[str, Field[Any]], tuple[Finding, ...]]:
    """Return the XML's fields with the places where they are printed, and the differences.

    ``page_fields`` are the fields that were read from the pages, with their confidence. A field that only the pages
    have is taken from there.
    """
    sheet = printed.sheet
    if not sheet.rows:
        return dict(xml), ()
    amounts = {amount.value: amount.words for amount in printed.money.all()}
    fields = {name: _placed(field, page_fields.get(name), sheet, amounts) for name, field in xml.items()}
    findings = tuple(differences(fields, page_fields, printed))
    rest = {name: field for name, field in page_fields.items() if name not in fields}
    return {**fields, **rest}, findings


def _placed(
    field: Field[Any], page_field: Field[Any] | None, sheet: InvoiceSheet, amounts: Mapping[Decimal, tuple[Word, ...]]
) -> Field[Any]:
    """Return a field with its place: where it was read in its own role, or where the same value is printed."""
    if page_field is not None and page_field.value == field.value and page_field.box is not None:
        return replace(field, box=page_field.box)
    words = _where(field, sheet, amounts)
    if not words:
        return field
    box = words[0].box
    for word in words[1:]:
        box = box.around(word.box) if word.box.page == box.page else box
    return replace(field, box=box)


def _where(field: Field[Any], sheet: InvoiceSheet, amounts: Mapping[Decimal, tuple[Word, ...]]) -> tuple[Word, ...]:
    if isinstance(field.value, Decimal):
        return amounts.get(field.value) or amounts.get(-field.value) or ()
    if hasattr(field.value, "isoformat"):
        matches = (w for row in sheet.rows for w in dates_in(row) if field.value in w.meanings)
        printed_date = next(matches, None)
        return printed_date.words if printed_date else ()
    return _words_of(str(field.value), sheet)


def _words_of(text: str, sheet: InvoiceSheet) -> tuple[Word, ...]:
    wanted = _bare(text)
    for row in sheet.rows:
        if not wanted or wanted not in _bare(row.text):
            continue
        for first in range(len(row.words)):
            joined = ""
            for stop in range(first, len(row.words)):
                joined += _bare(row.words[stop].text)
                if wanted in joined:
                    break
            else:
                continue
            if joined.startswith(wanted[:1]) and len(joined) <= len(wanted) + 12:
                return row.words[first : stop + 1]
    return ()


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(text).lower())
