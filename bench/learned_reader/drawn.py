"""Bills that the demo draws, with invented values, as further lessons: each layout with several vendors and sums."""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from bench.learned_reader.papers import Lesson
from demo import invoice_layouts, invoices, trade_layouts
from demo.billing import SampleBill, SampleVendor
from extractors.engines.isolation import sandbox
from extractors.supplier_invoice.learned.features import described
from extractors.supplier_invoice.learned.spans import FIELDS

TIMES = 4
"""How often each layout is drawn."""
SEED = 20_261
_FIRST = (
    "Alder",
    "Birchmount",
    "Cobalt",
    "Dunmore",
    "Eastgate",
    "Fernhill",
    "Granite",
    "Hawthorne",
    "Ironwood",
    "Juniper",
)
_TRADE = ("Supply", "Paving", "Electric", "Consulting", "Plumbing", "Landscaping", "Equipment", "Imprimerie", "Elektro")
_FORM = ("Ltd.", "Inc.", "Limited", "Corp.", "ltée", "GmbH", "& Sons", "Co.", "")
_NUMBER = ("INV-{}", "{}", "2026-{}", "FA{}", "R{}-A", "CN-{}", "{}/26", "SI{}")
_ORDER = ("PO-{}", "{}", "4500{}", "PO {}", "B-{}", "26-{}")
_LAYOUTS: tuple[tuple[str, Callable[[], SampleBill], Callable[[SampleBill], bytes]], ...] = (
    ("pump", invoices.brightwater, invoice_layouts.labels_left),
    ("boxed", invoices.maple_ridge, invoice_layouts.boxed),
    ("european", invoices.northfield, invoice_layouts.european),
    ("quebec", invoices.laurier, invoice_layouts.quebec),
    ("credit", invoices.grand_river, trade_layouts.credit_note),
    ("carried", invoices.halton, invoice_layouts.carried_over),
    ("above", invoices.lakeshore, invoice_layouts.labels_above),
    ("pines", invoices.credit_valley, lambda bill: trade_layouts.trade(bill, invoices.PINES)),
    ("bends", invoices.escarpment, lambda bill: trade_layouts.trade(bill, invoices.BENDS)),
)


def drawn_lessons(times: int = TIMES) -> Iterator[Lesson]:
    """Yield the lessons of the drawn bills; the same ones every time."""
    dice = random.Random(SEED)  # noqa: S311
    names = {name for fields in FIELDS.values() for name in fields}
    with tempfile.TemporaryDirectory() as folder:
        for layout, bill_of, draw in _LAYOUTS:
            for number in range(times):
                bill = invented(bill_of(), dice)
                path = Path(folder) / f"{layout}-{number}.pdf"
                path.write_bytes(draw(bill))
                truth = {name: value for name, value in bill.truth().items() if name in names and value}
                reading = sandbox.read(path)
                yield Lesson(path.name, "demo", f"demo-{layout}", truth, False, described(reading))


def invented(bill: SampleBill, dice: random.Random) -> SampleBill:
    """Return a bill like this one with another vendor, other numbers, days and quantities."""
    number, order = dice.choice(_NUMBER), dice.choice(_ORDER)
    issued = dt.date(2026, 1, 1) + dt.timedelta(days=dice.randrange(330))
    lines = tuple(replace(line, quantity=Decimal(dice.randrange(1, 40))) for line in bill.lines)
    return replace(
        bill,
        seller=_vendor(bill.seller, dice),
        number=number.format(dice.randrange(100, 99_999)),
        issued=issued,
        due=issued + dt.timedelta(days=dice.choice((10, 14, 30, 45))) if bill.due else None,
        purchase_order=order.format(dice.randrange(1_000, 99_999)) if bill.purchase_order else "",
        lines=lines,
        printed_total=None,
    )


def _vendor(vendor: SampleVendor, dice: random.Random) -> SampleVendor:
    name = f"{dice.choice(_FIRST)} {dice.choice(_TRADE)} {dice.choice(_FORM)}".strip()
    tax = f"{dice.randrange(100_000_000, 999_999_999)} RT0001"
    return replace(vendor, name=name, tax_id=tax if "RT" in vendor.tax_id else vendor.tax_id)
