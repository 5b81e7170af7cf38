"""Where a document tells twice, in XML and in print, both must say the same: a difference is a finding."""

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
    xml: Mapping[str, Field[Any]], read: Mapping[str, Field[Any]], printed: Printed
) -> tuple[dict[str, Field[Any]], tuple[Finding, ...]]:
    """Return the XML's fields with the place where each is printed, and what differs.

    ``read`` are the fields that were read from the pages, with their confidence. What only the pages tell is taken
    from there.
    """
    sheet = printed.sheet
    if not sheet.rows:
        return dict(xml), ()
    amounts = {amount.value: amount.words for amount in printed.money.all()}
    fields = {name: _placed(field, read.get(name), sheet, amounts) for name, field in xml.items()}
    findings = tuple(differences(fields, read, printed))
    rest = {name: field for name, field in read.items() if name not in fields}
    return {**fields, **rest}, findings


def _placed(
    field: Field[Any], read: Field[Any] | None, sheet: InvoiceSheet, amounts: Mapping[Decimal, tuple[Word, ...]]
) -> Field[Any]:
    """Return a field with its place: where it was read in its own role, else where the same is printed."""
    if read is not None and read.value == field.value and read.box is not None:
        return replace(field, box=read.box)
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
        found = (w for row in sheet.rows for w in dates_in(row) if field.value in w.meanings)
        written = next(found, None)
        return written.words if written else ()
    return _words_of(str(field.value), sheet)


def _words_of(text: str, sheet: InvoiceSheet) -> tuple[Word, ...]:
    want = _bare(text)
    for row in sheet.rows:
        if not want or want not in _bare(row.text):
            continue
        for first in range(len(row.words)):
            joined = ""
            for stop in range(first, len(row.words)):
                joined += _bare(row.words[stop].text)
                if want in joined:
                    break
            else:
                continue
            if joined.startswith(want[:1]) and len(joined) <= len(want) + 12:
                return row.words[first : stop + 1]
    return ()


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(text).lower())
