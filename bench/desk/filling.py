"""Fills an office by bulk SQL: closed cases with their ledger entries, and cases that wait for a person."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import models, transaction

from bench.desk import copying
from keywright.cases import due_dates, summary
from keywright.database.models import DuplicateKey, LedgerHead, PagePicture, StoredCase, StoredDocument
from keywright.findings import Finding, Kind
from keywright.model.fields import Extraction, Field, InvoiceLine
from keywright.model.reading import Box
from keywright.model.serialization import extraction_to_json, findings_to_json

BOT = "supplier-invoices"
TEMPLATES = 1000
"""So many closed cases are made one by one, as they are in earnest; the others are copies of them in SQL."""
VENDORS = 2000
AT_ONCE = 5000
START = dt.datetime(2023, 1, 2, 13, 0, tzinfo=dt.UTC)
ISSUED = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=20)
UNSURE = Finding(
    "confidence",
    "invoice number was read as 'BTG-2O41', but only 61% surely. Compare it with the page.",
    ("invoice_number",),
    Kind.READING,
)
_WORDS = ("Bruce Trail", "Lakeshore", "Côté", "Northern", "Maple", "Millbrook", "Granite", "Harbour", "Simcoe", "Elgin")
_TRADES = ("Gravel", "Uniforms", "Électrique", "Paving", "Plumbing", "Office Supply", "Hydro", "Signs", "Fleet", "Salt")


def vendor(number: int) -> str:
    """Return the name of one of so many vendors."""
    n = number % VENDORS
    return f"{_WORDS[n % 10]} {_TRADES[n // 10 % 10]} {n // 100 + 1} Ltd."


def extraction(number: int) -> dict[str, Any]:
    """Return the stored reading of an invoice, of usual size."""
    net = Decimal(number % 90_000 + 1000) / 100
    events: tuple[tuple[str, Any, float], ...] = (
        ("seller_name", vendor(number), 0.99),
        ("buyer_name", "Town of Millbrook Falls", 0.99),
        ("invoice_number", f"INV-{number:07d}", 0.61),
        ("issue_date", ISSUED, 0.98),
        ("due_date", ISSUED + dt.timedelta(days=30), 0.98),
        ("currency", "CAD", 0.99),
        ("net_total", net, 0.99),
        ("tax_total", (net * Decimal("0.13")).quantize(Decimal("0.01")), 0.98),
        ("grand_total", net + (net * Decimal("0.13")).quantize(Decimal("0.01")), 0.99),
    )
    fields = {
        name: Field(name, value, str(value), sure, "text-layer", Box(1, 60, 70 + 20 * row, 200, 83 + 20 * row))
        for row, (name, value, sure) in enumerate(events)
    }
    lines = (InvoiceLine("Granular A, delivered to Bay Street yard", Decimal(1), net, net),)
    return extraction_to_json(Extraction("supplier-invoice", fields, lines))


def fill(closed: int, waiting: int, picture: str) -> list[int]:
    """Make so many closed and waiting cases in an empty office, with a valid ledger; return the waiting ones.

    ``picture`` is the hash of the picture of every page. Closed cases are made in full thousands.
    """
    closed = max(closed // TEMPLATES, 1) * TEMPLATES
    waits = range(closed + 1, closed + waiting + 1)
    with transaction.atomic():
        for numbers, make in ((range(1, TEMPLATES + 1), _closed), (waits, _waiting)):
            _insert(StoredDocument, [_document(n) for n in numbers])
            _insert(StoredCase, [make(n) for n in numbers])
            _insert(DuplicateKey, [DuplicateKey(id=n, case_id=n, rule="same-number", key=f"v{n}") for n in numbers])
        copying.multiply(TEMPLATES, closed // TEMPLATES - 1)
        drawn = {"page": 1, "width": 595.0, "height": 842.0, "sha256": picture}
        _insert(PagePicture, [PagePicture(id=n, document_id=_sha(n), **drawn) for n in waits])
        _write_ledger(closed + waiting)
    copying.catch_up()
    return list(waits)


def _sha(number: int) -> str:
    return f"{number:064x}"


def _document(number: int) -> StoredDocument:
    name = f"{'scan' if number % 3 else 'Rechnung'}-{number:07d}.pdf"
    return StoredDocument(
        sha256=_sha(number),
        media_type="application/pdf",
        file_name=name,
        size=1000,
        received_at=_at(number),
        origin="x",
    )


def _at(number: int) -> dt.datetime:
    return START + dt.timedelta(seconds=90 * number)


def _closed(number: int) -> StoredCase:
    state = "refused" if number % 25 == 0 else "keyed"
    return StoredCase(state=state, receipt_number=f"V-{number}", **_told(number, _at(number)))


def _waiting(number: int) -> StoredCase:
    since = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=number % 5000)
    due = due_dates.due_at(BOT, Kind.READING.value, since)
    finding = {"findings": findings_to_json([UNSURE]), "kind": Kind.READING.value}
    return StoredCase(state="referred", referred_at=since, due_at=due, **finding, **_told(number, since))


def _told(number: int, at: dt.datetime) -> dict[str, Any]:
    reading = extraction(number)
    bare = {"id": number, "bot": BOT, "document_id": _sha(number), "extraction": reading}
    return {**bare, "received_at": at, "changed_at": at, "not_before": at, **summary.columns_of(BOT, reading)}


def _insert(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Insert rows as they are, many in one statement."""
    model._default_manager.bulk_create(rows, batch_size=500)


def _write_ledger(cases: int) -> None:
    """Write an entry for each case, chained as the ledger chains them, and the head."""
    previous = "0" * 64
    for first in range(1, cases + 1, AT_ONCE):
        rows = []
        for number in range(first, min(first + AT_ONCE, cases + 1)):
            rows.append(_entry(number, previous))
            previous = rows[-1][-1]
        copying.entries(rows)
    LedgerHead.objects.update_or_create(id=1, defaults={"number": cases, "hash": previous})


def _entry(number: int, previous: str) -> copying.Entry:
    at, actor, event = _at(number), f"robot:office:{number % 4}", "case-keyed"
    body = {"system": "town-hall", "number": f"V-{number}"}
    entry = {"number": number, "at": at.isoformat(), "actor": actor, "event": event, "case": number, "body": body}
    canonical = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    chained = hashlib.sha256((previous + canonical).encode()).hexdigest()
    return number, at, actor, event, number, json.dumps(body), previous, chained
