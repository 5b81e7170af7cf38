"""Papers that a town really gets, drawn as PDFs and read by ``keywright read`` in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tests.doors import keywright
from tests.extractors.engines import papers

UNSURE = "2500"
"""These tests are about what is printed, and not about how sure a reader of an unknown layout is."""
HEAD = (
    ("Brightwater Pumps Ltd.", "{title}"),
    ("12 Mill Street", ""),
    ("Elora, Ontario N0B 1S0", ""),
    ("GST/HST No. 123456782 RT0001", ""),
    ("", ""),
    ("Invoice No.", "INV-7069"),
    ("Invoice Date", "November 2, 2026"),
    ("Due Date", "December 2, 2026"),
    ("", ""),
    ("Bill to", ""),
    ("Town of Milton", ""),
    ("150 Mary Street", ""),
    ("Milton, Ontario L9T 6Z5", ""),
    ("", ""),
    ("Description", "Amount"),
    ("Pump, repaired", "{minus}1,060.00"),
    ("Subtotal", "{minus}1,060.00"),
    ("HST 13%", "{minus}137.80"),
    ("Total", "{minus}1,197.80"),
)


def paper(*more: tuple[str, str], title: str = "INVOICE", minus: str = "") -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
        canvas.setFont("Vera", 10)
        for place, (label, value) in enumerate((*HEAD, *more)):
            height = 780 - 18 * place
            canvas.drawString(72, height, label)
            canvas.drawRightString(520, height, value.format(title=title, minus=minus))

    return draw


def off(canvas: Canvas) -> None:
    canvas.setFont("Vera", 10)
    canvas.drawString(72, 420, "Total due")
    canvas.drawRightString(520, 420, "9,999.99")


PAPERS: dict[str, tuple[bytes, str, str]] = {
    "plain": (papers.pdf(paper()), "key", "1197.80"),
    "soft hyphen": (papers.pdf(paper(minus="\u00ad")), "refer", "-1197.80"),
    "long dash": (papers.pdf(paper(minus="\u2014")), "refer", "-1197.80"),
    "credit note": (papers.pdf(paper(title="CREDIT NOTE")), "key", "1197.80"),
    "pro forma": (papers.pdf(paper(title="PRO FORMA INVOICE")), "refer", "1197.80"),
    "withdrawn": (papers.pdf(paper(("The amount will be withdrawn on December 2.", ""))), "refer", "1197.80"),
    "paid": (papers.pdf(paper(("Amount paid", "1,197.80"), ("Balance due", "0.00"))), "refer", "1197.80"),
    "layer": (papers.with_layers(paper(), off=off), "key", "1197.80"),
    "swapped digits": (papers.with_swapped_digits(papers.pdf(paper()), "6", "9"), "key", "1197.80"),
}


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("papers")
    for name, (content, _, _) in PAPERS.items():
        (folder / f"{name}.pdf").write_bytes(content)
    done = keywright(
        "read", str(folder), "--json", home=tmp_path_factory.mktemp("home"), KEYWRIGHT_WRONG_FIELDS_IN_10000=UNSURE
    )
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {Path(row["file"]).stem: row for row in rows}


@pytest.mark.parametrize("name", PAPERS)
def test_a_printed_total_is_read_as_it_is_seen_and_keyed_only_where_there_is_something_to_pay(
    readings: dict[str, Any], name: str
) -> None:
    _, verdict, total = PAPERS[name]
    row = readings[name]

    assert row["fields"]["grand_total"]["value"] == total
    assert row["fields"]["invoice_number"]["value"] == "INV-7069"
    assert row["verdict"] == verdict, row["findings"]
