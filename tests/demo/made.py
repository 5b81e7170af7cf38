"""The demo's documents as tests look at them: what is printed in a file, what stands in its fields."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdfium2
from pypdf import PdfReader

from demo.billing import en_lettres, french, in_words
from demo.documents import make


class Made:
    """The folder of documents and what is known about each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.samples = {sample.file: sample for sample in make(folder)}

    def text(self, file: str) -> str:
        """What is printed in a file, on all its pages, blanks made one."""
        document = pypdfium2.PdfDocument(self.folder / file, password=self.samples[file].password or None)
        printed = " ".join(document[number].get_textpage().get_text_bounded() for number in range(len(document)))
        document.close()
        return re.sub(r"\s+", " ", printed)

    def fields(self, file: str) -> dict[str, Any]:
        """The values of its AcroForm, by full name."""
        return {name: field.get("/V", "") for name, field in (PdfReader(self.folder / file).get_fields() or {}).items()}


def ways_to_print(name: str, value: str) -> set[str]:
    """How a vendor may print a canonical value."""
    if name.endswith("_date"):
        day = date.fromisoformat(value)
        return {value, in_words(day), en_lettres(day), f"{day:%d.%m.%Y}", f"{day:%b} {day.day}, {day.year}"}
    if name.endswith(("_total", "_due")) or name in {"net_amount", "unit_price"}:
        amount = Decimal(value)
        return {f"{amount:,.2f}", french(amount).replace("\u00a0", " ")}
    if name == "quantity":
        return {value, value.replace(".", ",")}
    if name == "currency":
        return {"EUR"} if value == "EUR" else {"CAD", "Canadian dollars"}
    if name == "invoice_type":
        return {"CREDIT NOTE"} if value == "credit-note" else {"INVOICE", "Invoice", "FACTURE"}
    return {value}
