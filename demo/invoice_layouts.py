"""How each vendor lays out an invoice: where labels stand, how tables are ruled, how dates and amounts are written."""

from datetime import date
from decimal import Decimal

from demo import letterheads
from demo.billing import SampleBill, dollars, en_lettres, english, french, in_words, plain
from demo.paper import A4, GREY, PrintColumn, PrintSheet, TableLook

PUMP_BLUE = "#1f4e79"
WINE = "#6d213c"


def labels_left(bill: SampleBill, stamp: str = "", spelled: str = "") -> bytes:
    """Labels to the left of values, a filled table head, a totals block: a pump maker.

    `stamp` is pressed across the page, `spelled` is another way to write the number.
    """
    sheet = PrintSheet()
    _pump_head(sheet, bill, spelled or bill.number)
    _pump_totals(sheet, bill, _pump_table(sheet, bill))
    if stamp:
        sheet.stamp(90, 500, stamp)
    sheet.write(306, 752, "Thank you for your business.", 8, "VeraIt", "center", GREY)
    return sheet.finish(f"Invoice {spelled or bill.number}", bill.seller.name)


def _pump_head(sheet: PrintSheet, bill: SampleBill, number: str) -> None:
    blue = PUMP_BLUE
    letterheads.waves(sheet, 48, 40, blue, "#5fa8d3")
    contact = (bill.seller.address, bill.seller.place, "905-555-0142   billing@brightwater.example.ca")
    letterheads.sender(sheet, 102, 54, bill.seller.name, contact, blue)
    sheet.write(564, 58, "INVOICE", 22, "VeraBd", "right", "#8aa4bd")
    sheet.pairs(
        388,
        564,
        92,
        [
            ("Invoice No.:", number),
            ("Invoice Date:", in_words(bill.issued)),
            ("Due Date:", in_words(bill.due or bill.issued)),
            ("P.O. Number:", bill.purchase_order),
            ("Terms:", bill.terms),
        ],
        align="right",
    )
    sheet.write(48, 128, "Bill To:", 8.5, "VeraBd", ink=blue)
    sheet.lines(48, 141, bill.buyer, 8.5)
    sheet.write(216, 128, "Ship To:", 8.5, "VeraBd", ink=blue)
    sheet.lines(216, 141, ("Mill Street Pumping Station", "208 Mill Street", "Millbrook Falls, ON"), 8.5)


def _pump_table(sheet: PrintSheet, bill: SampleBill) -> float:
    columns = (
        PrintColumn("Qty", 48, 88, "right"),
        PrintColumn("Part No.", 88, 158, "left"),
        PrintColumn("Description", 158, 404, "left"),
        PrintColumn("Unit Price", 404, 484),
        PrintColumn("Amount", 484, 564),
    )
    rows = [
        (plain(line.quantity), line.code, line.description, english(line.unit_price), english(line.net))
        for line in bill.lines
    ]
    look = TableLook(head_fill=PUMP_BLUE, head_ink="#ffffff", zebra="#f1f5f9")
    return sheet.table(206, columns, rows, look) + 22


def _pump_totals(sheet: PrintSheet, bill: SampleBill, y: float) -> None:
    totals = [("Subtotal", dollars(bill.net)), ("HST 13%", dollars(bill.tax))]
    y = sheet.pairs(404, 560, y, totals, align="right")
    sheet.box(396, y - 8, 564, y + 12, fill=PUMP_BLUE)
    sheet.write(404, y + 6, "Total Due (CAD)", 9, "VeraBd", ink="#ffffff")
    sheet.write(560, y + 6, dollars(bill.total), 9.5, "VeraBd", "right", "#ffffff")
    sheet.lines(
        48,
        y - 26,
        (
            f"GST/HST Registration No.: {bill.seller.tax_id}",
            "Please quote our invoice number with your payment.",
            "Interest of 1.5% a month is charged on overdue accounts.",
        ),
        7.5,
        ink=GREY,
    )


def boxed(bill: SampleBill) -> bytes:
    """Every value in a box under its small label, a fully ruled table: a paving contractor's printed stationery."""
    ink, sheet = "#222222", PrintSheet()
    letterheads.road(sheet, 42, 38, ink)
    sheet.write(110, 54, bill.seller.name, 14, "VeraBd")
    registered = f"Tel. 905-555-0117    HST Reg. No. {bill.seller.tax_id}"
    sheet.lines(110, 68, (f"{bill.seller.address}, {bill.seller.place}", registered), 8.5, 11)
    sheet.write(570, 56, "INVOICE", 19, "VeraBd", "right")
    _boxes(
        sheet,
        96,
        (
            ("INVOICE NO.", bill.number, 42, 148),
            ("INVOICE DATE", bill.issued.isoformat(), 148, 254),
            ("YOUR P.O. NO.", bill.purchase_order, 254, 360),
            ("TERMS", bill.terms, 360, 464),
            ("DUE DATE", (bill.due or bill.issued).isoformat(), 464, 570),
        ),
    )
    sheet.box(42, 138, 306, 206, ink=ink)
    sheet.write(47, 147, "SOLD TO", 6, "VeraBd")
    sheet.lines(52, 160, bill.buyer, 9)
    sheet.box(306, 138, 570, 206, ink=ink)
    sheet.write(311, 147, "JOB SITE", 6, "VeraBd")
    sheet.lines(316, 160, ("Quarry Road, from Mill Street to Fourth Line", "Contract RFT-2026-14"), 9)
    columns = (
        PrintColumn("DESCRIPTION", 42, 322, "left"),
        PrintColumn("QTY", 322, 374),
        PrintColumn("UNIT", 374, 420, "center"),
        PrintColumn("RATE", 420, 490),
        PrintColumn("AMOUNT", 490, 570),
    )
    rows = [
        (line.description, plain(line.quantity), line.unit, english(line.unit_price), english(line.net))
        for line in bill.lines
    ]
    look = TableLook(size=9, lead=12, rules="grid", head_fill="#dddddd", line=ink)
    y = sheet.table(220, columns, rows, look)
    for label, amount in (("SUBTOTAL", bill.net), ("HST 13%", bill.tax), ("TOTAL DUE", bill.total)):
        sheet.box(420, y, 490, y + 20, ink=ink)
        sheet.box(490, y, 570, y + 20, ink=ink)
        sheet.write(425, y + 13, label, 8.5, "VeraBd")
        sheet.write(566, y + 13, dollars(amount), 9, "VeraBd", "right")
        y += 20
    sheet.lines(42, y + 40, ("Amounts in Canadian dollars. Please remit to the address above.",), 8)
    sheet.curve([330, y + 86, 362, y + 52, 378, y + 104, 420, y + 74], "#333333", 1.2)
    sheet.curve([418, y + 76, 438, y + 60, 442, y + 96, 476, y + 78], "#333333", 1.2)
    sheet.rule(320, y + 92, 500, ink)
    sheet.write(320, y + 102, "Received by (works yard)", 7)
    return sheet.finish(f"Invoice {bill.number}", bill.seller.name)


def _boxes(sheet: PrintSheet, y: float, boxes: tuple[tuple[str, str, float, float], ...]) -> None:
    for label, value, x0, x1 in boxes:
        sheet.box(x0, y, x1, y + 32, ink="#222222")
        sheet.write(x0 + 5, y + 9, label, 6, "VeraBd")
        sheet.write(x0 + 8, y + 25, value, 9.5)


def european(bill: SampleBill) -> bytes:
    """A4, an address window, thin lines, a footer in columns: a German software house writing in English."""
    navy, sheet = "#22304a", PrintSheet(A4)
    letterheads.monogram(sheet, 62, 46, navy)
    sheet.write(114, 70, "Northfield", 19, "VeraBd", ink=navy)
    sheet.write(114, 82, "SOFTWARE", 8, "Vera", ink="#f28c28")
    small = f"{bill.seller.name} · {bill.seller.address} · {bill.seller.postal_code} {bill.seller.city}"
    sheet.write(62, 132, small, 6.5, ink=GREY)
    sheet.lines(62, 148, (*bill.buyer, "Canada"), 9.5, 13)
    sheet.pairs(
        370,
        455,
        148,
        [
            ("Invoice number", bill.number),
            ("Invoice date", f"{bill.issued:%d.%m.%Y}"),
            ("Due date", f"{bill.due or bill.issued:%d.%m.%Y}"),
            ("Your order", bill.purchase_order),
            ("VAT ID", bill.seller.tax_id),
        ],
    )
    sheet.write(62, 262, "Invoice", 16, "VeraBd", ink=navy)
    sheet.write(62, 282, "For our services we charge as agreed, in euro (EUR):", 9)
    columns = (
        PrintColumn("Pos.", 62, 92, "left"),
        PrintColumn("Description", 92, 310, "left"),
        PrintColumn("Quantity", 310, 370),
        PrintColumn("Unit", 370, 410, "center"),
        PrintColumn("Unit price", 410, 472),
        PrintColumn("Total EUR", 472, 540),
    )
    rows = [
        (str(place), line.description, plain(line.quantity), line.unit, english(line.unit_price), english(line.net))
        for place, line in enumerate(bill.lines, start=1)
    ]
    y = sheet.table(298, columns, rows, TableLook(size=8.5, lead=12, line=navy)) + 20
    totals = [("Net amount", english(bill.net)), ("19% VAT", english(bill.tax))]
    y = sheet.pairs(390, 536, y, totals, align="right")
    sheet.rule(386, y - 8, 540, navy, 1.2)
    sheet.write(390, y + 6, "Total amount EUR", 9, "VeraBd")
    sheet.write(536, y + 6, english(bill.total), 9.5, "VeraBd", "right")
    sheet.lines(62, y + 44, (bill.terms, "This invoice carries its data as Factur-X (EN 16931)."), 8.5)
    sheet.rule(62, 768, 540)
    place = f"{bill.seller.postal_code} {bill.seller.city}, Germany"
    sheet.lines(62, 780, (bill.seller.name, bill.seller.address, place), 7, 10, ink=GREY)
    sheet.lines(230, 780, ("Bank: Musterbank Köln", f"IBAN {bill.iban}", "BIC COBADEFFXXX"), 7, 10, ink=GREY)
    sheet.lines(
        420, 780, ("+49 221 555-0134", "rechnung@northfield.example", "Amtsgericht Köln HRB 0"), 7, 10, ink=GREY
    )
    return sheet.finish(f"Invoice {bill.number}", bill.seller.name)


def quebec(bill: SampleBill) -> bytes:
    """French, a comma for the cents, two taxes with their numbers: a Montréal stationer."""
    sheet = PrintSheet()
    _french_head(sheet, bill)
    _french_totals(sheet, bill, _french_table(sheet, bill))
    sheet.write(306, 752, "Merci de votre confiance!", 8, "VeraIt", "center", GREY)
    return sheet.finish(f"Facture {bill.number}", bill.seller.name)


def _french_head(sheet: PrintSheet, bill: SampleBill) -> None:
    wine = WINE
    letterheads.leaf(sheet, 50, 36, wine)
    place = f"{bill.seller.city} (Québec)  {bill.seller.postal_code}"
    contact = (bill.seller.address, place, "Tél. : 514 555-0168 · comptes@laurier.example.ca")
    letterheads.sender(sheet, 102, 52, bill.seller.name, contact, wine, "VeraBI")
    sheet.rule(48, 94, 564, wine, 1.4)
    sheet.write(48, 122, "FACTURE", 20, "VeraBd", ink=wine)
    sheet.pairs(
        348,
        468,
        116,
        [
            ("N° de facture :", bill.number),
            ("Date de facturation :", en_lettres(bill.issued)),
            ("Date d’échéance :", en_lettres(bill.due or bill.issued)),
            ("Bon de commande :", bill.purchase_order),
            ("Modalités :", bill.terms),
        ],
        size=8,
    )
    sheet.write(48, 146, "Facturé à :", 8.5, "VeraBd", ink=wine)
    sheet.lines(48, 159, bill.buyer, 8.5)
    sheet.write(48, 222, "Marchandise ramassée au comptoir de Montréal.", 8, "VeraIt", ink=GREY)


def _french_table(sheet: PrintSheet, bill: SampleBill) -> float:
    columns = (
        PrintColumn("Quantité", 48, 100, "center"),
        PrintColumn("Description", 100, 356, "left"),
        PrintColumn("Prix unitaire", 356, 460),
        PrintColumn("Montant", 460, 564),
    )
    rows = [
        (
            plain(line.quantity).replace(".", ","),
            line.description,
            f"{french(line.unit_price)} $",
            f"{french(line.net)} $",
        )
        for line in bill.lines
    ]
    return sheet.table(236, columns, rows, TableLook(size=8.5, head_fill="#f2e6ea", head_ink=WINE)) + 20


def _french_totals(sheet: PrintSheet, bill: SampleBill, y: float) -> None:
    taxes = [(f"{tax.name} ({str(tax.rate).replace('.', ',')} %)", tax.on(bill.net)) for tax in bill.taxes]
    totals = [("Sous-total", bill.net), *taxes]
    amounts = [(label, f"{french(amount)} $") for label, amount in totals]
    y = sheet.pairs(400, 560, y, amounts, align="right")
    sheet.rule(396, y - 8, 564, WINE, 1.2)
    sheet.write(400, y + 6, "TOTAL À PAYER", 9.5, "VeraBd")
    sheet.write(560, y + 6, f"{french(bill.total)} $", 9.5, "VeraBd", "right")
    numbers = (
        f"N° TPS : {bill.seller.tax_id}",
        f"N° TVQ : {bill.notes['TVQ']}",
        "Montants en dollars canadiens (CAD).",
    )
    sheet.lines(48, y - 24, numbers, 8)


def carried_over(bill: SampleBill, page_length: int = 26) -> bytes:
    """Many lines over several pages, each closed by a sum that the next one takes up: a hydro-vac contractor."""
    sheet = PrintSheet()
    pages = [bill.lines[start : start + page_length] for start in range(0, len(bill.lines), page_length)]
    columns = (
        PrintColumn("Date", 42, 100, "left"),
        PrintColumn("Ticket", 100, 150, "left"),
        PrintColumn("Description", 150, 366, "left"),
        PrintColumn("Hours / Qty", 366, 432),
        PrintColumn("Rate", 432, 498),
        PrintColumn("Amount", 498, 570),
    )
    carried = Decimal("0.00")
    for number, page in enumerate(pages, start=1):
        y = _carried_head(sheet, bill, number, len(pages))
        rows = [("", "", "Brought forward", "", "", english(carried))] if number > 1 else []
        for line in page:
            day, ticket = line.code.split(" ")
            amounts = (plain(line.quantity), english(line.unit_price), english(line.net))
            rows.append((day, ticket, line.description, *amounts))
            carried += line.net
        if number < len(pages):
            rows.append(("", "", "Subtotal carried forward", "", "", english(carried)))
        y = sheet.table(y, columns, rows, TableLook(rules="none", head_fill="#f0b323", zebra="#f7f7f7"))
        if number == len(pages):
            _carried_totals(sheet, bill, y)
        sheet.write(570, 760, f"Page {number} of {len(pages)}", 7.5, align="right", ink=GREY)
        if number < len(pages):
            sheet.next_page()
    return sheet.finish(f"Invoice {bill.number}", bill.seller.name)


def _carried_head(sheet: PrintSheet, bill: SampleBill, number: int, pages: int) -> float:
    letterheads.drill(sheet, 42, 34, "#3a3a3a")
    contact = (f"{bill.seller.address}, {bill.seller.place}", "905-555-0155 · dispatch@haltonhydrovac.example.ca")
    letterheads.sender(sheet, 98, 50, bill.seller.name, contact)
    if number > 1:
        sheet.write(570, 50, f"Invoice {bill.number} (continued)", 9, "VeraBd", "right")
        return 92
    sheet.write(570, 52, "INVOICE", 20, "VeraBd", "right")
    pairs = [
        ("Invoice Number", bill.number),
        ("Date", in_words(bill.issued)),
        ("Payment Due", in_words(bill.due or bill.issued)),
        ("PO Number", bill.purchase_order),
        ("Pages", str(pages)),
    ]
    sheet.pairs(380, 470, 104, pairs, lead=13)
    sheet.write(42, 104, "Customer", 8.5, "VeraBd")
    sheet.lines(42, 117, bill.buyer, 8.5)
    return 182


def _carried_totals(sheet: PrintSheet, bill: SampleBill, y: float) -> None:
    totals = [("Subtotal", dollars(bill.net)), ("HST @ 13%", dollars(bill.tax)), ("Invoice Total", dollars(bill.total))]
    sheet.rule(400, y + 8, 570, "#3a3a3a", 1)
    sheet.pairs(406, 566, y + 24, totals, size=9, align="right")
    notes = (
        f"HST Registration {bill.seller.tax_id}",
        f"Payment terms: {bill.terms}",
        "All amounts in Canadian dollars.",
    )
    sheet.lines(42, y + 24, notes, 8)


def labels_above(bill: SampleBill, password: str = "") -> bytes:
    """Labels above values, much air and no line anywhere: a uniform shop."""
    sheet = PrintSheet(password=password)
    letterheads.stripes(sheet, 56, 44, "#0b7285")
    sheet.write(112, 62, bill.seller.name, 16, ink="#0b7285")
    sheet.write(112, 76, "Workwear · Safety footwear · Embroidery", 8, ink=GREY)
    for x, label, value in (
        (56, "Invoice number", bill.number),
        (186, "Invoice date", f"{bill.issued:%b} {bill.issued.day}, {bill.issued.year}"),
        (316, "Due date", _short(bill.due or bill.issued)),
        (446, "Customer PO", bill.purchase_order),
    ):
        sheet.write(x, 124, label, 7.5, ink=GREY)
        sheet.write(x, 139, value, 10.5)
    sheet.write(56, 172, "Billed to", 7.5, ink=GREY)
    sheet.lines(56, 187, bill.buyer, 9.5, 13)
    sheet.write(316, 172, "From", 7.5, ink=GREY)
    sheet.lines(316, 187, (bill.seller.name, bill.seller.address, bill.seller.place, "905-555-0176"), 9.5, 13)
    columns = (
        PrintColumn("Description", 52, 330, "left"),
        PrintColumn("Quantity", 330, 400),
        PrintColumn("Price", 400, 480),
        PrintColumn("Amount", 480, 560),
    )
    rows = [
        (line.description, plain(line.quantity), dollars(line.unit_price), dollars(line.net)) for line in bill.lines
    ]
    y = sheet.table(262, columns, rows, TableLook(size=9, lead=14, rules="none", head_ink=GREY)) + 30
    for x, label, amount in (
        (186, "Subtotal", bill.net),
        (316, "HST (13%)", bill.tax),
        (446, "Amount due", bill.total),
    ):
        sheet.write(x, y, label, 7.5, ink=GREY)
        sheet.write(x, y + 17, f"{dollars(amount)} CAD" if label == "Amount due" else dollars(amount), 11.5)
    sheet.lines(56, y + 60, (f"Terms: {bill.terms}", f"GST/HST {bill.seller.tax_id}"), 8.5)
    return sheet.finish(f"Invoice {bill.number}", bill.seller.name)


def _short(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"
