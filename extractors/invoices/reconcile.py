"""Where a document tells twice, in XML and in print, both must say the same: a difference is a finding."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from extractors.invoices.dates import dates_in
from extractors.invoices.layout import Sheet, fold
from extractors.invoices.money import Money
from keywright.fields import Field
from keywright.findings import Finding, Kind
from keywright.readings import Word

COMPARED_AMOUNTS = ("grand_total", "net_total", "tax_total", "amount_due")
COMPARED_TEXTS = ("invoice_number", "iban")


def reconcile(
    xml: Mapping[str, Field[Any]], printed: Mapping[str, Field[Any]], sheet: Sheet, money: Money
) -> tuple[dict[str, Field[Any]], tuple[Finding, ...]]:
    """Return the XML's fields with the place where each is printed, and what differs.

    A value of the XML that stands somewhere on the page is not doubted, whatever the reading of the page made
    of it; one that stands nowhere while the page tells another is.
    """
    if not sheet.rows:
        return dict(xml), ()
    amounts = {amount.value: amount.words for amount in money.all()}
    fields = {name: _placed(field, sheet, amounts) for name, field in xml.items()}
    findings = tuple(_differences(fields, printed))
    rest = {name: field for name, field in printed.items() if name not in fields}
    return {**fields, **rest}, findings


def _placed(field: Field[Any], sheet: Sheet, amounts: Mapping[Decimal, tuple[Word, ...]]) -> Field[Any]:
    words = _where(field, sheet, amounts)
    if not words:
        return field
    box = words[0].box
    for word in words[1:]:
        box = box.around(word.box) if word.box.page == box.page else box
    return replace(field, box=box)


def _where(field: Field[Any], sheet: Sheet, amounts: Mapping[Decimal, tuple[Word, ...]]) -> tuple[Word, ...]:
    if isinstance(field.value, Decimal):
        return amounts.get(field.value) or amounts.get(-field.value) or ()
    if hasattr(field.value, "isoformat"):
        found = (w for row in sheet.rows for w in dates_in(row) if field.value in w.meanings)
        written = next(found, None)
        return written.words if written else ()
    return _words_of(str(field.value), sheet)


def _words_of(text: str, sheet: Sheet) -> tuple[Word, ...]:
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


def _differences(xml: Mapping[str, Field[Any]], printed: Mapping[str, Field[Any]]) -> Iterator[Finding]:
    for name in (*COMPARED_AMOUNTS, *COMPARED_TEXTS, "issue_date", "due_date"):
        one, other = xml.get(name), printed.get(name)
        if one is None or other is None or one.box is not None or other.confidence < 0.6:
            continue
        if _alike(one.value, other.value):
            continue
        title = name.replace("_", " ")
        yield Finding(
            "reconcile",
            f"{title.capitalize()}: the electronic invoice says {one.value}, the page says {other.value}. "
            "Ask the sender which is right.",
            (name,),
            Kind.BUSINESS,
        )


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return _bare(one) == _bare(other)
    return bool(one == other)
