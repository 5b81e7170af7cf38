"""Explains a reading: why each field has its value, and where on the page its evidence is."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from extractors.engines.isolation import sandbox
from extractors.supplier_invoice.confidence.explain import Explained, explained_on
from extractors.supplier_invoice.document_type import SupplierInvoice
from extractors.unknown_document import UNKNOWN
from keywright.model.serialization import Json
from keywright.settings.settings import settings

DPI = 110
SURE, DOUBTFUL = (31, 95, 168), (200, 60, 20)


def explain_file(path: Path, kind: str) -> Mapping[str, Explained]:
    """Return why each field of a file has its value; for forms, no reasons are known.

    Raises Refer if the file cannot be read.
    """
    return explained_on(path) if kind in (SupplierInvoice.name, UNKNOWN) else {}


def draw_evidence(path: Path, reading: Json, place: Path) -> int:
    """Draw every page with frames around the printed fields, one page under the other, into one PNG.

    Returns the number of framed fields. Raises Refer if the file cannot be read or drawn.
    """
    pages = [Image.open(io.BytesIO(page.png), formats=("PNG",)).convert("RGB") for page in sandbox.pictures(path, DPI)]
    framed = 0
    for name, field in reading["fields"].items():
        if field["box"] and 0 < field["page"] <= len(pages):
            _frame(pages[field["page"] - 1], name, field)
            framed += 1
    whole = Image.new("RGB", (max(page.width for page in pages), sum(page.height for page in pages)), "white")
    top = 0
    for page in pages:
        whole.paste(page, (0, top))
        top += page.height
    whole.save(place, "PNG")
    return framed


def _frame(page: Image.Image, name: str, field: Json) -> None:
    """Draw a frame around a field with its name above it; a doubtful field gets another colour."""
    pen = ImageDraw.Draw(page)
    x0, y0, x1, y1 = (edge * DPI / 72 for edge in field["box"])
    colour = SURE if field["confidence"] >= settings().refer_below else DOUBTFUL
    pen.rectangle([x0 - 3, y0 - 3, x1 + 3, y1 + 3], outline=colour, width=2)
    text = f"{name} {field['confidence']:.0%}"
    pen.text((x0 - 3, y0 - 4), text, fill=colour, font=ImageFont.load_default(11), anchor="lb")
