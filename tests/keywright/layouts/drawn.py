"""Bills of invented vendors, drawn for these tests: what a layout prints, and what it changes from month to month."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from demo.billing import SampleBill, SampleVendor, dollars, english, line, plain
from demo.paper import PrintColumn, PrintSheet, TableLook
from tests.keywright.layouts.earning import monthly_bill

QUILL = SampleVendor("", "Quill & Ladder Ltd.", "845512300 RT0001", "41 Station Street", "Orangeville", "ON", "L9W 2Z6")
ACCOUNT, OTHER_ACCOUNT = "GB82 WEST 1234 5698 7654 32", "DE89 3704 0044 0532 0130 00"


def quill_bill(month: int, **changes: object) -> SampleBill:
    """Return the bill of a month from a vendor that prints its bank account, and numbers its bills Q-2601 …"""
    bill = monthly_bill(
        month,
        seller=QUILL,
        number=f"Q-26{month:02}",
        lines=(
            line("Roof inspection", f"{month}", "visit", "240.00"),
            line("Ladder hire", "3", "day", f"{30 + month}.50"),
        ),
        iban=ACCOUNT,
    )
    return replace(bill, **changes)  # type: ignore[arg-type]


def drawn(
    bill: SampleBill, title: str = "INVOICE", order: str = "Purchase Order", holdback: str = "", days: str = ""
) -> bytes:
    """Return a bill as a PDF.

    ``order`` is the label of the purchase order, ``holdback`` a row under the total, ``days`` how dates are written.
    """
    sheet = PrintSheet()
    sheet.write(60, 60, bill.seller.name, 17, "VeraBd")
    sheet.lines(60, 76, (bill.seller.address, bill.seller.place, f"HST No. {bill.seller.tax_id}"), 8.5)
    sheet.write(552, 60, title, 18, "VeraBd", "right")
    pairs = [
        ("Number", bill.number),
        ("Date", _day(bill.issued, days)),
        ("Due Date", _day(bill.due or bill.issued, days)),
        (order, bill.purchase_order),
        ("Terms", bill.terms),
    ]
    sheet.pairs(372, 470, 96, pairs)
    sheet.write(60, 150, "Bill to", 8.5, "VeraBd")
    sheet.lines(60, 163, bill.buyer, 8.5)
    columns = (
        PrintColumn("Work done", 60, 320, "left"),
        PrintColumn("Quantity", 320, 390),
        PrintColumn("Price", 390, 470),
        PrintColumn("Amount", 470, 552),
    )
    rows = [
        (entry.description, plain(entry.quantity), english(entry.unit_price), english(entry.net))
        for entry in bill.lines
    ]
    y = sheet.table(232, columns, rows, TableLook(size=8.5)) + 22
    totals = [("Subtotal", dollars(bill.net)), ("HST 13%", dollars(bill.tax)), ("Total CAD", dollars(bill.total))]
    if holdback:
        totals.append(("Statutory holdback", f"-${holdback}"))
    sheet.pairs(400, 548, y, totals, align="right")
    sheet.lines(60, y + 80, (f"Pay to IBAN {bill.iban}", "Roofs, ladders and good advice since 1974"), 8)
    return sheet.finish(f"{title} {bill.number}", bill.seller.name)


def _day(day: dt.date, written: str) -> str:
    return day.strftime(written) if written else f"{day:%B} {day.day}, {day.year}"
