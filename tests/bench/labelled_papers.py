"""Labelled documents anywhere: manifests with drawn documents, and the commands that read them in their own process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from demo import documents
from demo.billing import SampleBill, vendor
from demo.invoice_layouts import labels_left
from demo.invoices import brightwater
from demo.trade_layouts import credit_note, statement
from keywright.settings.settings import CHECKOUT

Row = Mapping[str, Any]


def manifest_of(folder: Path, rows: Sequence[Row]) -> Path:
    """Write a manifest of invoices, with the demo's documents beside it."""
    documents.make(folder / "invoices")
    return written(folder, rows)


def written(folder: Path, rows: Sequence[Row]) -> Path:
    """Write a manifest of invoices whose files are there."""
    lines = [
        json.dumps({"kind": "invoices", "lang": "en", **row, "file": f"invoices/{row['file']}"}) + "\n" for row in rows
    ]
    folder.mkdir(exist_ok=True)
    (folder / "manifest.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder / "manifest.jsonl"


def bench(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a benchmark in a process of its own, with a home of its own and no corpus."""
    environment = {"PATH": os.environ["PATH"], "KEYWRIGHT_HOME": str(folder / "home"), "PYTHONPATH": str(CHECKOUT)}
    command = [sys.executable, "-m", "cli", "bench", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def monthly_bills(folder: Path, count: int) -> Iterator[Row]:
    """Draw bills of one vendor in one layout, a month apart, and yield their rows."""
    first = brightwater()
    for number in range(count):
        days = timedelta(days=30 * number)
        lines = tuple(replace(line, quantity=line.quantity + number) for line in first.lines[number % 2 :])
        bill = replace(
            first,
            number=f"INV-{4471 + 13 * number}",
            issued=date(2026, 1, 14) + days,
            due=date(2026, 2, 13) + days,
            purchase_order=f"PO-26-{1187 + 7 * number}",
            lines=lines,
        )
        yield drawn(folder, f"pumps-{number + 1}.pdf", labels_left(bill), bill, "pumps")


def drawn(folder: Path, name: str, pdf: bytes, bill: SampleBill, layout: str) -> Row:
    """Put a document where its manifest will be, and return its row."""
    (folder / "invoices").mkdir(parents=True, exist_ok=True)
    (folder / "invoices" / name).write_bytes(pdf)
    truth: dict[str, Any] = {key: value for key, value in bill.truth().items() if key != "invoice_type"}
    kind = "credit_note" if bill.credit else "invoice"
    return {"file": name, "doc_type": kind, "text_layer": True, "vendor": layout, "truth": truth}


def credit(folder: Path) -> Row:
    """Draw a credit note of the same vendor in a layout of its own."""
    bill = replace(
        brightwater(),
        number="CN-118",
        credit=True,
        issued=date(2026, 5, 4),
        due=None,
        terms="",
        notes={"original": "INV-4400", "reason": "returned"},
    )
    return drawn(folder, "credit.pdf", credit_note(bill), bill, "pumps-credit")


def account_statement(folder: Path) -> Row:
    """Draw a statement, which must never be keyed."""
    bill = replace(brightwater(), number="STMT-7")
    row = drawn(folder, "statement.pdf", statement(vendor("V1001"), date(2026, 5, 31), ()), bill, "statement")
    return {**row, "doc_type": "statement", "truth": {"seller_name": bill.seller.name}}
