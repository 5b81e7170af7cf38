"""The bills that arrive at the demo town: ten that a bot may key, and the ways in which others may not be keyed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from demo import invoice_layouts, letterheads, paper, trade_layouts
from demo.billing import GERMAN_VAT, QUEBEC, VILLE, SampleBill, SampleLine, SampleVendor, line, vendor
from demo.e_invoice import cii, factur_x, ubl
from demo.sample import INVOICES, SampleDocument
from demo.trade_layouts import AccountPosting, TradeDress, trade

LOCKED_WITH = "lakeshore-2026"

PINES = TradeDress("#2f5d34", "#e9f1e6", letterheads.pine, "Certified arborists since 1988", "905-555-0139")
PANES = TradeDress("#12707f", "#e2f1f3", letterheads.pane, "Windows · Awnings · Solar panels", "289-555-0187")
BENDS = TradeDress("#7a4b1e", "#f5ece2", letterheads.river, "Soil and water testing", "519-555-0103")


def brightwater() -> SampleBill:
    """Pump parts on an order."""
    return SampleBill(
        vendor("V1001"),
        "INV-4471",
        date(2026, 10, 14),
        (
            line("Submersible sewage pump, 7.5 hp, 600 V", "1", "each", "6480.00", "SP-7500"),
            line("Mechanical seal kit, silicon carbide", "2", "each", "312.50", "MS-118"),
            line(
                "Guide rail bracket, stainless steel, with anchor bolts and vibration pads",
                "4",
                "each",
                "86.25",
                "GR-044",
            ),
            line("Field service: removal and installation, two technicians", "7.5", "hour", "148.00", "LAB-2"),
            line("Freight and handling", "1", "each", "185.00", "FRT"),
        ),
        due=date(2026, 11, 13),
        purchase_order="PO-26-1187",
        terms="Net 30 days",
    )


def dearer_seals() -> SampleBill:
    """Seals on an order that has another price for them."""
    return replace(
        brightwater(),
        number="INV-4519",
        issued=date(2026, 11, 6),
        due=date(2026, 12, 6),
        purchase_order="PO-26-1207",
        lines=(line("Mechanical seal kit, silicon carbide", "4", "each", "338.00", "MS-118"),),
    )


def maple_ridge() -> SampleBill:
    """Asphalt, on paper."""
    return SampleBill(
        vendor("V1002"),
        "20618",
        date(2026, 10, 21),
        (
            line("HL-3 surface asphalt, supplied and placed", "84.5", "t", "128.40"),
            line("HL-8 binder asphalt, supplied and placed", "120", "t", "112.75"),
            line("Cold milling, 50 mm", "640", "m2", "6.85"),
            line("Traffic control, two flaggers", "16", "h", "74.00"),
        ),
        due=date(2026, 11, 20),
        purchase_order="PO-26-1154",
        terms="NET 30",
    )


def northfield() -> SampleBill:
    """Software from abroad, in euro."""
    return SampleBill(
        vendor("V1007"),
        "NF-2026-0392",
        date(2026, 11, 2),
        (
            line("Asset register licence, 40 users, November 2026", "1", "month", "1890.00"),
            line("Interface to the work order system", "6", "day", "940.00"),
            line("Remote training for administrators", "5", "hour", "115.00"),
        ),
        due=date(2026, 12, 2),
        taxes=GERMAN_VAT,
        purchase_order="PO-26-1201",
        terms="Payable within 30 days without deduction",
        currency="EUR",
        iban="DE89 3704 0044 0532 0130 00",
    )


def laurier() -> SampleBill:
    """Paper, in French."""
    return SampleBill(
        vendor("V1005"),
        "FAC-08215",
        date(2026, 10, 19),
        (
            line("Papier recyclé 8½ × 11, caisse de 10 rames", "24", "caisse", "54.90"),
            line("Enveloppes à fenêtre n° 10, boîte de 500", "12", "boîte", "31.75"),
            line("Chemises de classement, format légal, paquet de 100", "8", "paquet", "27.40"),
            line("Cartouche d’encre noire, grande capacité", "5", "unité", "96.35"),
        ),
        due=date(2026, 11, 18),
        taxes=QUEBEC,
        purchase_order="PO-26-1166",
        terms="Net 30 jours",
        buyer=VILLE,
        notes={"TVQ": "1212345677 TQ0001"},
    )


def grand_river() -> SampleBill:
    """Chairs that went back."""
    return SampleBill(
        vendor("V1003"),
        "CN-1093",
        date(2026, 11, 5),
        (
            line("Task chair, mesh back, returned unused", "3", "each", "289.00", "CH-2201"),
            line("Keyboard tray, wrong model supplied", "2", "each", "74.50", "KT-018"),
        ),
        purchase_order="PO-26-1139",
        credit=True,
        notes={
            "original": "GR-55120",
            "reason": "Goods returned on October 28, 2026 against our invoice GR-55120. The credit is applied to your "
            "account; please deduct it from your next payment.",
        },
    )


def halton() -> SampleBill:
    """A month of digging, ticket by ticket."""
    return SampleBill(
        vendor("V1004"),
        "HV-30977",
        date(2026, 10, 31),
        tuple(tickets(date(2026, 10, 1), 62, 48210)),
        due=date(2026, 11, 30),
        purchase_order="PO-26-1122",
        terms="Net 30",
    )


def tickets(first: date, count: int, ticket: int) -> Iterator[SampleLine]:
    """Yield the lines of a month's digging, four on a ticket, from its first day and ticket on."""
    work = (
        ("Hydro-vac truck with operator", "265.00", ("6.5", "8", "7.25", "9", "5.5")),
        ("Swamper", "68.50", ("6.5", "8", "7.25", "9", "5.5")),
        ("Spoil disposal, load", "142.00", ("1", "2", "2", "1", "3")),
        ("Daylighting of utilities, locate hole", "95.00", ("4", "6", "3")),
    )
    places = ("Mill St. at Third Line", "Quarry Road", "Dufferin Park", "Pumping Station No. 2")
    for number in range(count):
        what, price, amounts = work[number % len(work)]
        day = first + timedelta(days=number * 30 // count)
        place = places[number // len(work) % len(places)]
        quantity = amounts[number // len(work) % len(amounts)]
        yield line(f"{what}, {place}", quantity, "h", price, f"{day.isoformat()} {ticket + number // 4}")


def lakeshore() -> SampleBill:
    """Work clothes."""
    return SampleBill(
        vendor("V1008"),
        "771",
        date(2026, 11, 4),
        (
            line("Hi-vis parka, class 2, town crest embroidered", "14", "each", "118.00"),
            line("Safety boot, CSA grade 1, pair", "9", "pair", "164.95"),
            line("Insulated coverall, navy", "6", "each", "97.50"),
        ),
        due=date(2026, 12, 4),
        purchase_order="PO-26-1195",
        terms="Net 30 days",
    )


def credit_valley() -> SampleBill:
    """Water tests, sent as data only."""
    return SampleBill(
        vendor("V1010"),
        "CVE-9023",
        date(2026, 11, 9),
        (
            line("Bacteriological water sample, analysed", "36", "sample", "42.00"),
            line("Lead and metals panel, analysed", "12", "sample", "88.50"),
            line("Sampling technician, on site", "9.5", "hour", "79.00"),
        ),
        due=date(2026, 12, 9),
        purchase_order="PO-26-1188",
        terms="Net 30 days",
    )


def first_on_paper() -> SampleBill:
    """Soil tests: the first bill of this vendor that is printed and not sent as data."""
    return replace(
        credit_valley(),
        number="CVE-9107",
        issued=date(2026, 11, 10),
        due=date(2026, 12, 10),
        lines=(
            line("Soil sample, petroleum hydrocarbons", "8", "sample", "136.00"),
            line("Drilling crew, half a day", "1", "visit", "1150.00"),
        ),
        purchase_order="PO-26-1204",
    )


def escarpment() -> SampleBill:
    """Pruning whose total was typed with two digits changed round: 5,186.70 became 5,168.70."""
    right = SampleBill(
        vendor("V1006"),
        "ETC-2298",
        date(2026, 10, 27),
        (
            line("Crown cleaning of street maples, Mill Street", "9", "trees", "285.00"),
            line("Removal of ash tree, dead, with stump", "2", "trees", "795.00"),
            line("Chipping and haulage", "3", "loads", "145.00"),
        ),
        due=date(2026, 11, 26),
        purchase_order="PO-26-1170",
        terms="Net 30 days",
    )
    return replace(right, printed_total=right.total - Decimal("18.00"))


def blue_heron() -> SampleBill:
    """Window cleaning by a vendor that is not in the vendor master."""
    stranger = SampleVendor(
        "", "Blue Heron Window Care Inc.", "845512300 RT0001", "41 Station Street", "Orangeville", "ON", "L9W 2Z6"
    )
    return SampleBill(
        stranger,
        "BH-0417",
        date(2026, 11, 6),
        (
            line("Exterior windows, Town Hall, four storeys", "1", "visit", "1240.00"),
            line("Interior windows, library", "1", "visit", "485.00"),
            line("Lift rental", "2", "days", "310.00"),
        ),
        due=date(2026, 12, 6),
        purchase_order="PO-26-1199",
        terms="Net 30 days",
    )


def _statement() -> bytes:
    postings = (
        AccountPosting(date(2026, 10, 1), "Balance brought forward", Decimal("1284.10")),
        AccountPosting(date(2026, 10, 9), "Invoice 752", Decimal("936.77")),
        AccountPosting(date(2026, 10, 20), "Payment received, thank you", Decimal("-1284.10")),
        AccountPosting(date(2026, 10, 27), "Invoice 764", Decimal("412.45")),
        AccountPosting(date(2026, 11, 4), "Invoice 771", lakeshore().total),
    )
    return trade_layouts.statement(vendor("V1008"), date(2026, 11, 10), postings)


def _order() -> bytes:
    lines = (
        line("Submersible sewage pump, 10 hp, 600 V", "1", "each", "7920.00", "SP-9000"),
        line("Control panel, duplex, with alarm", "1", "each", "3150.00", "CP-220"),
    )
    return trade_layouts.purchase_order("PO-26-1210", date(2026, 11, 12), vendor("V1001"), lines)


def _keyed(file: str, title: str, bill: SampleBill, content: bytes) -> tuple[SampleDocument, bytes]:
    return SampleDocument(file, INVOICES, title, "keyed", bill.truth(), bill.true_lines()), content


def _referred(
    file: str, title: str, reason: str, content: bytes, bill: SampleBill | None = None
) -> tuple[SampleDocument, bytes]:
    truth, lines = (bill.truth(), bill.true_lines()) if bill else ({}, ())
    return SampleDocument(file, INVOICES, title, "referred", truth, lines, reason), content


def keyable_invoices() -> tuple[tuple[SampleDocument, bytes], ...]:
    """Bills that an honest reader keys without asking, each with its file's bytes."""
    euro, notes = northfield(), grand_river()
    pump, paving, office = brightwater(), maple_ridge(), laurier()
    digging, clothes, water = halton(), lakeshore(), credit_valley()
    return (
        _keyed("brightwater-4471.pdf", "Invoice for pump parts", pump, invoice_layouts.labels_left(pump)),
        _keyed(
            "maple-ridge-scan.pdf",
            "Scanned invoice for asphalt",
            paving,
            paper.scanned(invoice_layouts.boxed(paving), tilt=2.0, seed=20618),
        ),
        _keyed(
            "northfield-facturx.pdf",
            "Factur-X invoice in euro",
            euro,
            factur_x(invoice_layouts.european(euro), cii(euro)),
        ),
        _keyed("papeterie-laurier-fr.pdf", "French invoice with TPS and TVQ", office, invoice_layouts.quebec(office)),
        _keyed(
            "grand-river-credit-note.pdf", "Credit note for returned chairs", notes, trade_layouts.credit_note(notes)
        ),
        _keyed(
            "halton-hydrovac-three-pages.pdf",
            "Invoice of three pages with sums carried over",
            digging,
            invoice_layouts.carried_over(digging),
        ),
        _keyed(
            "lakeshore-uniforms-771.pdf",
            "Invoice with labels above its values",
            clothes,
            invoice_layouts.labels_above(clothes),
        ),
        _keyed("credit-valley-9023.xml", "UBL invoice, data only", water, ubl(water)),
    )


def other_invoices() -> tuple[tuple[SampleDocument, bytes], ...]:
    """What arrives among the bills and must not be keyed, each for a reason of its own."""
    wrong, stranger, again = escarpment(), blue_heron(), replace(brightwater(), number="Inv 4471")
    locked = replace(lakeshore(), number="774", issued=date(2026, 11, 11), due=date(2026, 12, 11))
    torn = replace(credit_valley(), number="CVE-8817")
    printed = first_on_paper()
    copy = SampleDocument(
        "brightwater-4471_copy.pdf",
        INVOICES,
        "The pump invoice again, stamped as a copy",
        "duplicate",
        again.truth(),
        again.true_lines(),
        "the same vendor and number as brightwater-4471.pdf",
        "brightwater-4471.pdf",
    )
    lock = SampleDocument(
        "lakeshore-encrypted.pdf",
        INVOICES,
        "Invoice behind a password",
        "referred",
        locked.truth(),
        locked.true_lines(),
        "cannot be opened without its password",
        password=LOCKED_WITH,
    )
    return (
        (copy, invoice_layouts.labels_left(brightwater(), "COPY", again.number)),
        _referred("lakeshore-statement.pdf", "Statement of account", "a statement is not an invoice", _statement()),
        _referred(
            "escarpment-wrong-sum.pdf",
            "Invoice that does not add up",
            "net and tax are not the printed total",
            trade(wrong, PINES),
            wrong,
        ),
        _referred(
            "credit-valley-damaged.pdf",
            "Invoice cut off on its way",
            "the file is damaged and cannot be opened",
            paper.torn(trade(torn, BENDS)),
        ),
        (lock, invoice_layouts.labels_above(locked, LOCKED_WITH)),
        _referred(
            "unknown-vendor.pdf",
            "Invoice from a stranger",
            "the vendor is not on file",
            trade(stranger, PANES),
            stranger,
        ),
        _referred(
            "credit-valley-9107.pdf",
            "First printed invoice of a known vendor",
            "its layout is new: nobody has confirmed one like it",
            trade(printed, BENDS),
            printed,
        ),
        _on_an_order(dearer_seals()),
        _referred("town-purchase-order.pdf", "Purchase order", "an order is not an invoice", _order()),
    )


def _on_an_order(bill: SampleBill) -> tuple[SampleDocument, bytes]:
    return _referred(
        "brightwater-4519.pdf",
        "Invoice on an order, at a higher price",
        "its price is not the one ordered",
        invoice_layouts.labels_left(bill),
        bill,
    )
