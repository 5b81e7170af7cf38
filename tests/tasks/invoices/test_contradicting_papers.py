"""Papers that contradict themselves, drawn as PDFs and read by ``keywright read``: what they leave open is asked."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tests.doors import keywright
from tests.extractors.engines import papers

Draw = Callable[[Canvas], None]
Pairs = Sequence[tuple[str, str]]
HEAD = (
    ("Invoice number", "LF-3301"),
    ("Invoice date", "November 9, 2026"),
    ("Due date", "December 9, 2026"),
)
SUMS = (("Subtotal", "860.00"), ("HST 13%", "111.80"), ("Total", "971.80"))
GOODS = (("Oak posts", "8", "95.00", "760.00"), ("Delivery", "1", "100.00", "100.00"))
TABLE = ("Description", "Quantity", "Unit price", "Amount")


def bill(
    sums: Pairs = SUMS,
    head: Pairs = HEAD,
    goods: Sequence[tuple[str, str, str, str]] = GOODS,
    table: tuple[str, str, str, str] = TABLE,
    notes: Sequence[str] = (),
) -> Draw:
    """Return a function that draws a bill whose head has its labels in one column and their values in another."""

    def draw(canvas: Canvas) -> None:
        pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
        canvas.setFont("Vera", 9)
        seller = ("Larkfield Fencing Ltd.", "7 Beacon Road", "Fergus, Ontario N1M 2W3", "HST No. 123456782 RT0001")
        for place, line in enumerate(seller):
            canvas.drawString(50, 780 - 13 * place, line)
        canvas.drawString(300, 800, "INVOICE")
        for place, (label, value) in enumerate(head):
            canvas.drawString(300, 780 - 14 * place, label)
            canvas.drawString(470, 780 - 14 * place, value)
        for place, line in enumerate(("Bill to", "Town of Milton", "150 Mary Street", "Milton, Ontario L9T 6Z5")):
            canvas.drawString(50, 680 - 13 * place, line)
        for place, (what, *figures) in enumerate((table, *goods)):
            canvas.drawString(50, 600 - 16 * place, what)
            for right, figure in zip((340, 440, 540), figures, strict=True):
                canvas.drawRightString(right, 600 - 16 * place, figure)
        for place, (label, value) in enumerate(sums):
            canvas.drawString(340, 520 - 15 * place, label)
            canvas.drawRightString(540, 520 - 15 * place, value)
        for place, note in enumerate(notes):
            canvas.drawString(50, 420 - 13 * place, note)

    return draw


def slip(number: str, x: float, net: str, tax: str, total: str) -> Draw:
    """Return a function that draws a narrow bill, so that two find place on a page."""

    def draw(canvas: Canvas) -> None:
        pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
        canvas.setFont("Vera", 9)
        lines = (
            *(("Larkfield Fencing Ltd.", ""), ("7 Beacon Road, Fergus, Ontario N1M 2W3", "")),
            *(("HST No. 123456782 RT0001", ""), ("INVOICE", "")),
            *(("Invoice number", number), HEAD[1], ("Bill to", ""), ("Town of Milton", ""), ("", "")),
            *(("Description", "Amount"), ("Oak posts", net), ("Subtotal", net), ("HST 13%", tax), ("Total", total)),
        )
        for place, (label, value) in enumerate(lines):
            canvas.drawString(x, 780 - 16 * place, label)
            canvas.drawRightString(x + 230, 780 - 16 * place, value)

    return draw


def both(upper: Draw, lower: Draw) -> Draw:
    """Return a function that draws two papers on one page."""

    def draw(canvas: Canvas) -> None:
        upper(canvas)
        lower(canvas)

    return draw


FIRST = ("LF-3301", 40, "400.00", "52.00", "452.00")
ODD_LABEL = (*SUMS[:2], ("Amount in your credit", "971.80"))
TWO_TOTALS = (("Subtotal", "860.00"), ("Total", "971.80"), ("Total", "860.00"))
FINISHED = (*HEAD[:2], ("Job finished", "October 28, 2026"), HEAD[2])


def last(day: int) -> dt.date:
    """Return the last time that a month had this day, before today."""
    before = dt.date.today() - dt.timedelta(days=1)
    return next(date for past in range(62) if (date := before - dt.timedelta(days=past)).day == day)


def dated(issued: dt.date, form: str) -> Draw:
    """Return a bill that writes this day, and the one thirty days later, in this form."""
    due = issued + dt.timedelta(days=30)
    return bill(head=(HEAD[0], ("Invoice date", issued.strftime(form)), ("Due date", due.strftime(form))))


FIFTH = last(5)
LIKE_LAST_YEAR = last(dt.date.today().year % 100 - 1)  # its day is written as the year before is

PAPERS: dict[str, tuple[Draw, str, dict[str, str]]] = {
    "plain": (bill(), "key", {"grand_total": "971.80", "issue_date": "2026-11-09", "currency": "CAD"}),
    "delivery as charge and total": (bill(ODD_LABEL), "refer", {}),
    "whole bill as allowance": (bill((*SUMS[:2], ("Discount", "971.80"))), "refer", {}),
    "larger total": (bill(TWO_TOTALS), "refer", {}),
    "credit beside a label of its own": (bill((*SUMS[:2], ("Credit to your account", "971.80"))), "refer", {}),
    "total that is a CR": (bill((*SUMS[:2], ("Total CR", "971.80"))), "refer", {}),
    "another date in the next row": (bill(head=FINISHED), "key", {"issue_date": "2026-11-09"}),
    "currency of the head and of the amounts": (
        bill(head=(*HEAD, ("Currency", "USD")), goods=[(*row[:3], f"{row[3]} CAD") for row in GOODS]),
        "refer",
        {},
    ),
    "currencies of two sums": (bill((("Subtotal CAD", "860.00"), SUMS[1], ("Total USD", "971.80"))), "refer", {}),
    "currency of the columns and of a note": (
        bill(table=(*TABLE[:2], "Unit CAD", "Amount CAD"), notes=("All prices are in USD.",)),
        "refer",
        {},
    ),
    "currency of the total alone": (bill((*SUMS[:2], ("Total (US$)", "971.80"))), "key", {"currency": "USD"}),
    "worth in other money": (
        bill((*SUMS, ("Equivalent in USD", "US$694.14")), notes=("Payments in USD are taken at 1.40.",)),
        "key",
        {"currency": "CAD"},
    ),
    "thousands with an apostrophe": (
        bill((("Subtotal", "1'860.00"), ("HST 13%", "241.80"), ("Total", "2'101.80")), goods=()),
        "key",
        {"currency": "CAD", "grand_total": "2101.80"},
    ),
    "two bills on a page": (both(slip(*FIRST), slip("LF-3302", 320, "200.00", "26.00", "226.00")), "refer", {}),
    "a bill and its copy": (both(slip(*FIRST), slip(FIRST[0], 320, *FIRST[2:])), "key", {"grand_total": "452.00"}),
    "year first": (dated(FIFTH, "%y-%m-%d"), "key", {"issue_date": str(FIFTH)}),
    "year last": (dated(FIFTH.replace(day=28), "%d/%m/%y"), "key", {"issue_date": str(FIFTH.replace(day=28))}),
    "year first or last": (dated(LIKE_LAST_YEAR, "%y-%m-%d"), "refer", {}),
}


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("papers")
    for name, (draw, _, _) in PAPERS.items():
        (folder / f"{name}.pdf").write_bytes(papers.pdf(draw))
    done = keywright("read", str(folder), "--json", home=tmp_path_factory.mktemp("home"))
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {Path(row["file"]).stem: row for row in rows}


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_is_keyed_only_where_its_print_agrees(readings: dict[str, Any], name: str) -> None:
    _, verdict, values = PAPERS[name]
    row = readings[name]

    assert row["verdict"] == verdict, (row["findings"], row["fields"])
    assert {field: row["fields"][field]["value"] for field in values} == values
