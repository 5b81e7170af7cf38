"""A plain trade invoice in the colours of several vendors, and the papers that look like invoices and are none."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from demo import letterheads
from demo.billing import TOWN, SampleBill, SampleLine, SampleVendor, cents, dollars, english, in_words, plain
from demo.paper import GREY, PrintColumn, PrintSheet, TableLook


@dataclass(frozen=True, slots=True)
class TradeDress:
    """What makes one vendor's plain invoice another's."""

    ink: str
    pale: str
    logo: Callable[[PrintSheet, float, float, str], None]
    motto: str
    phone: str


def trade(bill: SampleBill, dress: TradeDress) -> bytes:
    """A coloured band, bill and details side by side, a table with thin lines."""
    sheet = PrintSheet()
    sheet.box(0, 0, 612, 92, fill=dress.pale)
    dress.logo(sheet, 48, 26, dress.ink)
    sheet.write(104, 48, bill.seller.name, 17, "VeraBd", ink=dress.ink)
    sheet.write(104, 63, dress.motto, 8.5, "VeraIt", ink=GREY)
    sheet.lines(564, 40, (bill.seller.address, bill.seller.place, dress.phone), 8, 11, align="right")
    sheet.write(48, 126, f"Invoice {bill.number}", 15, "VeraBd", ink=dress.ink)
    sheet.lines(48, 148, ("Invoice to:", *bill.buyer), 9)
    pairs = [
        ("Invoice no:", bill.number),
        ("Date of invoice:", in_words(bill.issued)),
        ("Payment due by:", in_words(bill.due or bill.issued)),
        ("Order no:", bill.purchase_order),
        ("GST/HST no:", bill.seller.tax_id),
    ]
    sheet.pairs(336, 436, 148, [pair for pair in pairs if pair[1]])
    columns = (
        PrintColumn("Description of work", 48, 330, "left"),
        PrintColumn("Quantity", 330, 400),
        PrintColumn("Unit price", 400, 482),
        PrintColumn("Line total", 482, 564),
    )
    rows = [
        (line.description, f"{plain(line.quantity)} {line.unit}", english(line.unit_price), english(line.net))
        for line in bill.lines
    ]
    y = sheet.table(226, columns, rows, TableLook(size=8.5, lead=12, head_fill=dress.pale, head_ink=dress.ink)) + 20
    totals = [("Net total", dollars(bill.net)), ("HST 13%", dollars(bill.tax)), ("Total payable", dollars(bill.total))]
    sheet.pairs(410, 560, y, totals, size=9, lead=16, align="right")
    sheet.lines(48, y, (f"Terms: {bill.terms}", "All prices in Canadian dollars (CAD)."), 8.5)
    return sheet.finish(f"Invoice {bill.number}", bill.seller.name)


def credit_note(bill: SampleBill) -> bytes:
    """A credit note with positive amounts, as its title says what they do: an office supplier."""
    green, sheet = "#2e6b4f", PrintSheet()
    sheet.box(0, 0, 612, 16, fill=green)
    letterheads.river(sheet, 48, 40, green)
    contact = (f"{bill.seller.address}, {bill.seller.place}", "519-555-0121 · returns@grandriver.example.ca")
    letterheads.sender(sheet, 100, 56, bill.seller.name, contact, green)
    sheet.write(48, 124, "CREDIT NOTE", 20, "VeraBd", ink=green)
    sheet.pairs(
        48,
        160,
        150,
        [
            ("Credit Note #", bill.number),
            ("Date", in_words(bill.issued)),
            ("Original Invoice", bill.notes["original"]),
            ("Purchase Order", bill.purchase_order),
            ("GST/HST #", bill.seller.tax_id),
        ],
    )
    sheet.write(340, 150, "Credit to", 8.5, "VeraBd")
    sheet.lines(340, 164, bill.buyer, 8.5)
    columns = (
        PrintColumn("Item", 48, 128, "left"),
        PrintColumn("Description", 128, 354, "left"),
        PrintColumn("Qty", 354, 404),
        PrintColumn("Price", 404, 484),
        PrintColumn("Credit", 484, 564),
    )
    rows = [
        (line.code, line.description, plain(line.quantity), english(line.unit_price), english(line.net))
        for line in bill.lines
    ]
    y = sheet.table(240, columns, rows, TableLook(size=8.5, line=green)) + 20
    totals = [("Net credit", dollars(bill.net)), ("HST 13%", dollars(bill.tax))]
    y = sheet.pairs(384, 560, y, totals, align="right")
    sheet.write(384, y + 4, "Total credit (CAD)", 9.5, "VeraBd")
    sheet.write(560, y + 4, dollars(bill.total), 9.5, "VeraBd", "right")
    sheet.paragraph(48, y + 40, 420, bill.notes["reason"], 8.5)
    return sheet.finish(f"Credit note {bill.number}", bill.seller.name)


@dataclass(frozen=True, slots=True)
class AccountPosting:
    """One line of a customer's account."""

    day: date
    what: str
    amount: Decimal


def statement(seller: SampleVendor, day: date, postings: tuple[AccountPosting, ...]) -> bytes:
    """A statement of account: it lists invoices and bills nothing."""
    sheet = PrintSheet()
    letterheads.stripes(sheet, 56, 44, "#0b7285")
    sheet.write(112, 62, seller.name, 16, ink="#0b7285")
    sheet.lines(112, 76, (f"{seller.address}, {seller.place}", "905-555-0176"), 8, ink=GREY)
    sheet.write(560, 62, "STATEMENT OF ACCOUNT", 14, "VeraBd", "right")
    sheet.lines(56, 130, ("To:", *TOWN), 9.5, 13)
    sheet.pairs(372, 466, 130, [("Statement date", in_words(day)), ("Account", "MILFAL01")])
    columns = (
        PrintColumn("Date", 56, 136, "left"),
        PrintColumn("Reference", 136, 320, "left"),
        PrintColumn("Charges", 320, 400),
        PrintColumn("Credits", 400, 480),
        PrintColumn("Balance", 480, 560),
    )
    balance, rows = Decimal("0.00"), []
    for posting in postings:
        balance += posting.amount
        charge, credit = (english(posting.amount), "") if posting.amount > 0 else ("", english(-posting.amount))
        rows.append((posting.day.isoformat(), posting.what, charge, credit, english(balance)))
    y = sheet.table(210, columns, rows, TableLook(size=8.5, lead=12))
    sheet.write(480, y + 26, "Account balance", 9.5, "VeraBd", "right")
    sheet.write(556, y + 26, dollars(balance), 9.5, "VeraBd", "right")
    ages = [("Current", 56), ("31-60 days", 182), ("61-90 days", 308), ("Over 90 days", 434)]
    for (label, x), amount in zip(ages, (balance, Decimal(0), Decimal(0), Decimal(0)), strict=True):
        sheet.box(x, y + 54, x + 126, y + 92, ink="#b5b5b5")
        sheet.write(x + 63, y + 68, label, 8, "VeraBd", "center")
        sheet.write(x + 63, y + 84, dollars(amount), 9, align="center")
    note = "This is a statement of your account, not an invoice. Please pay from the invoices listed."
    sheet.paragraph(56, y + 120, 500, note, 9)
    return sheet.finish("Statement of account", seller.name)


def purchase_order(number: str, day: date, seller: SampleVendor, lines: tuple[SampleLine, ...]) -> bytes:
    """The town's own order to a vendor, which is sometimes filed with the bills."""
    blue, sheet = "#2b4c7e", PrintSheet()
    letterheads.arms(sheet, 48, 38, blue)
    letterheads.sender(sheet, 98, 54, TOWN[0], ("Procurement", *TOWN[2:]), blue)
    sheet.write(564, 56, "PURCHASE ORDER", 17, "VeraBd", "right", blue)
    pairs = [
        ("P.O. Number", number),
        ("Order Date", in_words(day)),
        ("Deliver by", "December 4, 2026"),
        ("Buyer", "P. Quill"),
    ]
    sheet.pairs(400, 564, 100, pairs, align="right")
    sheet.write(48, 118, "Vendor", 8.5, "VeraBd", ink=blue)
    sheet.lines(48, 131, (seller.name, seller.address, seller.place), 9)
    columns = (
        PrintColumn("Item", 48, 110, "left"),
        PrintColumn("Description", 110, 350, "left"),
        PrintColumn("Qty Ordered", 350, 424),
        PrintColumn("Unit Cost", 424, 494),
        PrintColumn("Extended", 494, 564),
    )
    rows = [
        (line.code, line.description, plain(line.quantity), english(line.unit_price), english(line.net))
        for line in lines
    ]
    y = sheet.table(190, columns, rows, TableLook(rules="grid", head_fill="#e3e9f2")) + 22
    net = sum((line.net for line in lines), Decimal("0.00"))
    hst = cents(net * 13 / 100)
    totals = [("Subtotal", dollars(net)), ("HST 13%", dollars(hst)), ("Order Total", dollars(net + hst))]
    sheet.pairs(430, 560, y, totals, align="right")
    note = "This order is not an invoice. Send invoices, quoting the P.O. number, to ap@millbrookfalls.example.ca."
    sheet.paragraph(48, y + 70, 420, note, 8.5)
    return sheet.finish(f"Purchase order {number}", TOWN[0])
