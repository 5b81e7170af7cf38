"""The invoices of earlier months, in the layouts of the town's regular vendors: so the demo town has a history.

A clerk confirms them before the demo's own documents arrive, and then those layouts are trusted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from demo import invoice_layouts, invoices, paper, trade_layouts
from demo.billing import SampleBill, SampleLine
from demo.sample import INVOICES, SampleDocument


@dataclass(frozen=True, slots=True)
class PastBill:
    """What an earlier bill of a vendor has of its own: ``quantities`` of the later bill's lines, "0" for none."""

    number: str
    issued: date
    purchase_order: str
    quantities: tuple[str, ...] = ()
    lines: tuple[SampleLine, ...] = ()
    original: str = ""  #: the invoice that a credit note is about

    def like(self, later: SampleBill) -> SampleBill:
        """Return this bill, which is like a later one of the same vendor in all other respects."""
        counted = zip(later.lines, self.quantities, strict=False)
        lines = tuple(replace(line, quantity=Decimal(count)) for line, count in counted if count != "0")
        return replace(
            later,
            number=self.number,
            issued=self.issued,
            due=self.issued + (later.due - later.issued) if later.due else None,
            purchase_order=self.purchase_order,
            lines=self.lines or lines,
            printed_total=None,
            notes={**later.notes, **({"original": self.original} if self.original else {})},
        )


def _tickets(first: date, count: int, ticket: int) -> tuple[SampleLine, ...]:
    return tuple(invoices.tickets(first, count, ticket))


PUMPS = (
    PastBill("INV-4398", date(2026, 8, 12), "PO-26-1031", ("2", "0", "4", "3.5", "1")),
    PastBill("INV-4432", date(2026, 9, 16), "PO-26-1098", ("1", "3", "0", "6", "1")),
)
ASPHALT = (
    PastBill("20377", date(2026, 8, 19), "PO-26-1017", ("62", "0", "310", "8")),
    PastBill("20491", date(2026, 9, 22), "PO-26-1083", ("0", "96.5", "480", "12")),
)
STATIONERY = (
    PastBill("FAC-07960", date(2026, 8, 17), "PO-26-1024", ("12", "6", "0", "4")),
    PastBill("FAC-08087", date(2026, 9, 21), "PO-26-1095", ("30", "0", "10", "2")),
)
CREDITS = (
    PastBill("CN-1071", date(2026, 8, 6), "PO-26-1009", ("1", "2"), original="GR-54311"),
    PastBill("CN-1084", date(2026, 9, 9), "PO-26-1077", ("2", "1"), original="GR-54876"),
)
DIGGING = (
    PastBill("HV-30611", date(2026, 8, 31), "PO-26-1002", lines=_tickets(date(2026, 8, 1), 8, 47480)),
    PastBill("HV-30794", date(2026, 9, 30), "PO-26-1064", lines=_tickets(date(2026, 9, 1), 6, 47835)),
)
CLOTHES = (
    PastBill("748", date(2026, 8, 14), "PO-26-1040", ("6", "0", "11")),
    PastBill("757", date(2026, 9, 18), "PO-26-1102", ("0", "12", "3")),
)
TREES = (
    PastBill("ETC-2231", date(2026, 8, 25), "PO-26-1028", ("4", "1", "2")),
    PastBill("ETC-2264", date(2026, 9, 24), "PO-26-1091", ("6", "0", "1")),
)


@dataclass(frozen=True, slots=True)
class RegularVendor:
    """A vendor whose documents all have one layout: a later bill, how it is drawn, and the earlier bills."""

    file: str
    later: SampleBill
    draw: Callable[[SampleBill], bytes]
    past: tuple[PastBill, ...]


def regular_vendors() -> tuple[RegularVendor, ...]:
    """Return the vendors whose layouts the town knows; Credit Valley and Northfield have sent data only."""
    return (
        RegularVendor("brightwater", invoices.brightwater(), invoice_layouts.labels_left, PUMPS),
        RegularVendor("maple-ridge", invoices.maple_ridge(), _scanned, ASPHALT),
        RegularVendor("papeterie-laurier", invoices.laurier(), invoice_layouts.quebec, STATIONERY),
        RegularVendor("grand-river", invoices.grand_river(), trade_layouts.credit_note, CREDITS),
        RegularVendor("halton-hydrovac", invoices.halton(), invoice_layouts.carried_over, DIGGING),
        RegularVendor("lakeshore-uniforms", invoices.lakeshore(), invoice_layouts.labels_above, CLOTHES),
        RegularVendor("escarpment", invoices.escarpment(), _trees, TREES),
    )


def past_invoices() -> Iterator[tuple[SampleDocument, bytes]]:
    """Yield the earlier documents of the regular vendors with their files' bytes, each vendor's oldest first."""
    for vendor in regular_vendors():
        for past in vendor.past:
            bill = past.like(vendor.later)
            file, title = f"{vendor.file}-{past.issued:%Y-%m}.pdf", f"{bill.seller.name}, {past.issued:%B %Y}"
            yield SampleDocument(file, INVOICES, title, "keyed", bill.truth(), bill.true_lines()), vendor.draw(bill)


def _scanned(bill: SampleBill) -> bytes:
    return paper.scanned(invoice_layouts.boxed(bill), tilt=-1.0, seed=int(bill.number))


def _trees(bill: SampleBill) -> bytes:
    return trade_layouts.trade(bill, invoices.PINES)
