"""Cases to test with, made as robots make them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from keywright.cases import casebook, work_queue
from keywright.cases.worker import Office
from keywright.model.case import Case
from keywright.model.document import Document, fingerprint
from keywright.model.duplicates import Trait
from keywright.model.fields import Extraction, Field
from keywright.model.reading import Box

BOT = "supplier-invoices"
NUMBER = Trait("the same number", "inv7")
LEASE = dt.timedelta(seconds=30)


def document(content: bytes = b"an invoice", name: str = "invoice.pdf") -> Document:
    arrived = dt.datetime.now(dt.UTC)
    return Document(fingerprint(content), "application/pdf", name, len(content), arrived, "inbox")


def received(content: bytes = b"an invoice", name: str = "invoice.pdf") -> Case:
    return casebook.open_case(document(content, name), BOT, actor="robot").case


def claimed(content: bytes = b"an invoice") -> Case:
    received(content)
    case = work_queue.claim(BOT, "worker", LEASE)
    assert case is not None
    return case


def field(name: str, value: Any, confidence: float = 0.99) -> Field[Any]:
    return Field(name, value, str(value), confidence, "text-layer", Box(1, 10, 20, 30.5, 40))


def extraction() -> Extraction:
    values = {
        "invoice_number": "INV-7",
        "issue_date": dt.date(2026, 11, 2),
        "grand_total": Decimal("113.00"),
        "urgent": True,
    }
    return Extraction("invoice", {name: field(name, value) for name, value in values.items()})


def read_case(office: Office) -> Case:
    return casebook.record_extraction(claimed(), extraction(), [NUMBER], actor=office.worker)
