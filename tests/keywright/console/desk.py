"""Invoices drawn, read by hand and referred, as the review page meets them."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any

import pypdfium2
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from keywright.bot import bot_named
from keywright.cases import casebook
from keywright.cases.worker import Office
from keywright.findings import Finding, Kind
from keywright.messages import Message
from keywright.model.case import Case
from keywright.model.document import Document
from keywright.model.duplicates import Trait
from keywright.model.fields import Extraction, Field, InvoiceLine
from keywright.model.reading import Box, DrawnPage
from keywright.settings.settings import settings

BOT = "supplier-invoices"
PASSWORD = "paper in, records out"

Print = tuple[str, Any, str, float, float, float]
"""A field's name, its value, its print, how sure its reading is, and where it stands: points from left and top."""

PRINTED: Sequence[Print] = (
    ("seller_name", "Bruce Trail Gravel Ltd.", "Bruce Trail Gravel Ltd.", 0.99, 60, 70),
    ("buyer_name", "Town of Millbrook Falls", "Town of Millbrook Falls", 0.99, 60, 100),
    ("invoice_number", "BTG-2O41", "BTG-2O41", 0.61, 420, 130),
    ("issue_date", dt.date(2026, 11, 2), "2 November 2026", 0.98, 420, 150),
    ("due_date", dt.date(2026, 12, 2), "2 December 2026", 0.97, 420, 170),
    ("currency", "CAD", "CAD", 0.99, 420, 190),
    ("net_total", Decimal("1250.00"), "1,250.00", 0.99, 470, 420),
    ("tax_total", Decimal("162.50"), "162.50", 0.98, 470, 440),
    ("grand_total", Decimal("1412.50"), "1,412.50", 0.99, 470, 460),
)

LINES = (
    InvoiceLine("Granular A, delivered to Bay Street yard", Decimal("50"), Decimal("18.00"), Decimal("900.00")),
    InvoiceLine("Haulage", Decimal("7"), Decimal("50.00"), Decimal("350.00"), Decimal("13")),
)

UNSURE = Finding(
    "confidence",
    Message(
        "{title} unclear ({percent}% confidence). It was read as “{text}”. Compare it with the page.",
        title=Message("Invoice number"),
        percent=61,
        text="BTG-2O41",
    ),
    ("invoice_number",),
    Kind.READING,
)


def office() -> Office:
    return Office.of(settings())


def pdf(pages: int = 1) -> bytes:
    """Return an invoice as a PDF on which each value stands where ``PRINTED`` says."""
    paper = io.BytesIO()
    canvas = Canvas(paper, pagesize=A4, invariant=True)
    height = A4[1]
    for page in range(1, pages + 1):
        canvas.setFont("Helvetica-Bold", 20)
        canvas.drawString(60, height - 120, "INVOICE" if page == 1 else f"Page {page}")
        if page == 1:
            for name, _value, text, _sure, x, top in PRINTED:
                canvas.setFont("Helvetica", 8)
                canvas.drawRightString(x - 12, height - top, name.replace("_", " ") if x > 100 else "")
                canvas.setFont("Helvetica", 11)
                canvas.drawString(x, height - top, text)
            for row, line in enumerate(LINES):
                canvas.drawString(60, height - 300 - 18 * row, line.description)
                canvas.drawRightString(520, height - 300 - 18 * row, str(line.net_amount))
        canvas.showPage()
    canvas.save()
    return paper.getvalue()


@cache
def pictures(content: bytes) -> list[DrawnPage]:
    drawn = []
    for number, page in enumerate(pypdfium2.PdfDocument(content), 1):
        png = io.BytesIO()
        page.render(scale=1.6).to_pil().save(png, "PNG")
        drawn.append(DrawnPage(number, page.get_width(), page.get_height(), png.getvalue()))
    return drawn


def extraction(printed: Sequence[Print] = PRINTED) -> Extraction:
    fields = {
        name: Field(name, value, text, sure, "text-layer", Box(1, x, top - 10, x + 5.8 * len(text), top + 3))
        for name, value, text, sure, x, top in printed
    }
    return Extraction("supplier-invoice", fields, LINES)


def opened(name: str = "gravel.pdf", content: bytes = b"", bot: str = BOT) -> Case:
    """Open a case for a document that is kept in the archive."""
    here = office()
    content = content or pdf() + name.encode()
    stored = here.documents.put(content)
    document = Document(stored, "application/pdf", name, len(content), dt.datetime.now(dt.UTC), "inbox")
    return casebook.open_case(document, bot, actor="robot").case


def referred(
    name: str = "gravel.pdf",
    findings: Sequence[Finding] = (UNSURE,),
    read_before: Extraction | None = None,
    traits: Sequence[Trait] = (),
    pages: int = 1,
) -> Case:
    """Return a case that was read, drawn and referred."""
    case = opened(name, pdf(pages) + name.encode())
    case = casebook.record_extraction(case, read_before or extraction(), traits, actor="robot")
    here = office()
    drawn = pictures(pdf(pages))
    casebook.keep_pictures(case, [(page, here.pictures.put(page.png)) for page in drawn])
    return casebook.refer(case, findings, actor="robot")


def its_traits() -> tuple[Trait, ...]:
    """Return what a duplicate would share with the invoice that is read here."""
    return tuple(bot_named(BOT).same_as(extraction(), None))


def unreadable(name: str = "locked.pdf") -> Case:
    """Return a case whose document could not be opened."""
    message = f"{name} is encrypted and cannot be opened. Ask its sender for a copy without a password."
    finding = Finding("encrypted", message, kind=Kind.READING, acceptable=False)
    return casebook.refer(opened(name, b"%PDF locked " + name.encode()), [finding], actor="robot")
