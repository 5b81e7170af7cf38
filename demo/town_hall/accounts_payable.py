"""The accounts-payable desk: its entry form, its search screen and its record page."""

from __future__ import annotations

import sqlite3
import time
from datetime import date, timedelta
from decimal import Decimal

from starlette.responses import Response

from demo.chart_of_accounts import ACCOUNTS
from demo.town_hall import sloppy
from demo.town_hall.database import opened, voucher_number
from demo.town_hall.pages import Visit, say, show, show_found

TYPES = {"invoice": "Invoice", "credit_note": "Credit Note"}
CURRENCIES = ("CAD", "USD", "EUR", "GBP")
DEPARTMENTS = {
    "CS": "Corporate Services",
    "PW": "Public Works",
    "PR": "Parks and Recreation",
    "FS": "Fire Services",
}
HEAD = (
    *("type", "vendor", "currency", "department", "invoice_number", "invoice_date", "due_date"),
    *("po_number", "tax", "notes"),
)
Line = dict[str, str]


def voucher_page(visit: Visit) -> Response:
    """Show the entry form, answer its Update, or book its Post."""
    with opened(visit.database) as db:
        if "vendor_id" not in visit.fields:
            return _fresh_form(_usual_vendor(db))
        try:
            if visit.field("action") == "Post":
                _book(db, visit)
                return _fresh_form(_vendor(db, visit.field("vendor_id")))
            return _update(db, visit)
        except sloppy.BadDate as error:
            return _raw_error(str(error))


def find_page(_visit: Visit) -> Response:
    """Show the search screen."""
    boxes = [("vendor", "Vendor", ""), ("invoice_number", "Invoice Number", "")]
    statuses = ["Open", "Paid", "All"]
    return show("find.html", title="AP Transactions", action="/ap/found", boxes=boxes, statuses=statuses)


def found_page(visit: Visit) -> Response:
    """Show what was found. ``%`` and ``_`` in a box are wildcards; "Open" hides paid, zero and drafts."""
    with opened(visit.database) as db:
        rows = db.execute(
            "SELECT vouchers.*, vendors.name FROM vouchers JOIN vendors ON number = vendor"
            " WHERE folded(name) LIKE folded(?) AND folded(invoice_number) LIKE folded(?)"
            " AND CASE ? WHEN 'All' THEN 1 WHEN 'Paid' THEN paid = total AND total <> '0.00'"
            " ELSE paid <> total AND status <> 'Draft' END AND coalesce(booked_at, 0) < ? ORDER BY id",
            [
                *(f"%{visit.field(name)}%" for name in ("vendor", "invoice_number")),
                *(visit.field("status"), visit.listed_until),
            ],
        ).fetchall()
    columns = ("Number", "Invoice Number", "Vendor", "Date", "Amount", "Curr")
    return show_found(visit, "AP Transactions", "/ap/record", columns, [_row(v) for v in rows])


def record_page(visit: Visit) -> Response:
    """Show one voucher, read-only, with all that is stored of it."""
    number = visit.field("number")
    with opened(visit.database) as db:
        voucher = db.execute(
            "SELECT vouchers.*, vendors.name, vendors.city FROM vouchers"
            " JOIN vendors ON number = vendor WHERE printf('AP-%06d', id) = ?",
            [number],
        ).fetchone()
        if voucher is None:
            return say("Error!", f"Transaction {number} not on file!", 404)
        lines = db.execute("SELECT * FROM voucher_lines WHERE voucher = ? ORDER BY place", [voucher["id"]]).fetchall()
    return show(
        "record.html",
        title=f"AP Transaction {number}",
        values=_stored(voucher),
        lines=[(i["description"], _account(i["account"]), sloppy.written(Decimal(i["amount"]))) for i in lines],
    )


def _fresh_form(vendor: sqlite3.Row) -> Response:
    """Show an empty form, filled with a vendor and with today's date."""
    today = date.today()
    form = dict.fromkeys(HEAD, "") | {
        "type": "invoice",
        "vendor": vendor["name"],
        "currency": CURRENCIES[0],
        "invoice_date": sloppy.us_written(today),
        "due_date": sloppy.us_written(today + timedelta(days=vendor["terms"])),
    }
    return _show_form(form, vendor, [_blank_line()])


def _update(db: sqlite3.Connection, visit: Visit) -> Response:
    """Answer everything but Post: resolve the vendor, the due date and the total, add a line row."""
    form = {name: visit.field(name) for name in HEAD}
    vendor = _vendor(db, visit.field("vendor_choice") or visit.field("vendor_id"))
    if visit.field("action") != "Continue" and form["vendor"] != vendor["name"]:
        vendors = _vendors_like(db, form["vendor"])
        if not vendors:
            return say("Error!", "Vendor not on file!")
        if len(vendors) > 1:
            again = {k: v for k, v in visit.fields.items() if k not in ("action", "vendor_choice")}
            return show("choose.html", vendors=vendors, fields=again)
        vendor = vendors[0]
    form["vendor"] = vendor["name"]
    form |= _dates(visit, vendor)
    form["tax"] = f"{sloppy.amount(form['tax']):,.2f}" if form["tax"] else ""
    return _show_form(form, vendor, [*_lines(visit), _blank_line()])


def _dates(visit: Visit, vendor: sqlite3.Row) -> dict[str, str]:
    """Compute the due date again if vendor or invoice date changed; a wrong one is blanked."""
    invoice_date = _day(visit.field("invoice_date")) or date.today()
    written = sloppy.us_written(invoice_date)
    same_vendor = vendor["number"] == visit.field("vendor_id")
    due = _due_date(visit)
    if due is None or not same_vendor or written != visit.field("old_invoice_date"):
        due = invoice_date + timedelta(days=vendor["terms"])
    return {"invoice_date": written, "due_date": sloppy.us_written(due)}


def _book(db: sqlite3.Connection, visit: Visit) -> None:
    """Book the voucher of the form for the vendor that was resolved last, even if the box shows another."""
    sign = -1 if visit.field("type") == "credit_note" else 1
    lines = _lines(visit)
    tax = sloppy.amount(visit.field("tax"))
    total = sum((sloppy.amount(line["amount"]) for line in lines), tax)
    invoice_date, due_date = _day(visit.field("invoice_date")), _due_date(visit)
    stored = {
        **{name: visit.field(name) for name in HEAD},
        "vendor": visit.field("vendor_id"),
        "invoice_date": invoice_date.isoformat() if invoice_date else "",
        "due_date": due_date.isoformat() if due_date else "",
        "tax": f"{sign * tax + 0:.2f}",
        "total": f"{sign * total + 0:.2f}",
        "booked_by": visit.clerk,
        "status": "Draft" if visit.as_draft else "Posted",
        "booked_at": time.time(),
    }
    voucher = db.execute(
        f"INSERT INTO vouchers ({', '.join(stored)}) VALUES ({', '.join('?' * len(stored))})",  # noqa: S608 - the names are ours
        list(stored.values()),
    ).lastrowid
    db.executemany(
        "INSERT INTO voucher_lines VALUES (?, ?, ?, ?, ?)",
        [
            (voucher, n, i["description"], i["account"], f"{sign * sloppy.amount(i['amount']) + 0:.2f}")
            for n, i in enumerate(lines, start=1)
        ],
    )


def _show_form(form: dict[str, str], vendor: sqlite3.Row, lines: list[Line]) -> Response:
    amounts = [form["tax"], *(line["amount"] for line in lines)]
    return show(
        "voucher.html",
        f=form,
        vendor=vendor,
        lines=lines,
        total=sloppy.written(sum((sloppy.amount(text) for text in amounts), Decimal("0.00"))),
        currencies=CURRENCIES,
        departments=DEPARTMENTS,
        accounts=ACCOUNTS,
    )


def _lines(visit: Visit) -> list[Line]:
    """Return the line rows that hold something, with the amounts as they were understood."""
    rows = sorted(int(name[7:]) for name in visit.fields if name.startswith("amount_"))
    lines = [{name: visit.field(f"{name}_{row}") for name in ("description", "account", "amount")} for row in rows]
    return [
        line | {"amount": f"{sloppy.amount(line['amount']):,.2f}"}
        for line in lines
        if line["description"] or line["amount"]
    ]


def _blank_line() -> Line:
    return {"description": "", "account": next(iter(ACCOUNTS)), "amount": ""}


def _vendor(db: sqlite3.Connection, number: str) -> sqlite3.Row:
    row = db.execute("SELECT * FROM vendors WHERE number = ?", [number]).fetchone()
    return row if isinstance(row, sqlite3.Row) else _usual_vendor(db)


def _usual_vendor(db: sqlite3.Connection) -> sqlite3.Row:
    """Return the vendor booked last, with whom the form opens."""
    row: sqlite3.Row = db.execute(
        "SELECT vendors.* FROM vendors LEFT JOIN vouchers ON vendor = number ORDER BY id DESC, number DESC LIMIT 1"
    ).fetchone()
    return row


def _vendors_like(db: sqlite3.Connection, text: str) -> list[sqlite3.Row]:
    exact = db.execute("SELECT * FROM vendors WHERE number = upper(?)", [text]).fetchall()
    return (
        exact
        or db.execute("SELECT * FROM vendors WHERE folded(name) LIKE folded(?) ORDER BY name", [f"%{text}%"]).fetchall()
    )


def _day(text: str) -> date | None:
    return sloppy.us_date(text) if text else None


def _due_date(visit: Visit) -> date | None:
    try:
        return _day(visit.field("due_date"))
    except sloppy.BadDate:
        return None


def _raw_error(text: str) -> Response:
    text = f'DBD::Pg::st execute failed: ERROR: date/time field value out of range: "{text}" at AP.pm line 812.'
    return say("Error!", text, 500)


def _row(voucher: sqlite3.Row) -> tuple[str, ...]:
    return (
        voucher_number(voucher["id"]),
        voucher["invoice_number"],
        voucher["name"],
        _written(voucher["invoice_date"]),
        sloppy.written(Decimal(voucher["total"])),
        voucher["currency"],
    )


def _stored(voucher: sqlite3.Row) -> list[tuple[str, str]]:
    total, paid = Decimal(voucher["total"]), Decimal(voucher["paid"])
    return [
        ("Type", TYPES.get(voucher["type"], voucher["type"])),
        ("Vendor", voucher["name"]),
        ("Vendor No.", voucher["vendor"]),
        ("Invoice No.", voucher["invoice_number"]),
        ("Invoice Date", _written(voucher["invoice_date"])),
        ("Due Date", _written(voucher["due_date"])),
        ("PO Number", voucher["po_number"]),
        ("Currency", voucher["currency"]),
        ("Department", DEPARTMENTS.get(voucher["department"], "")),
        ("Tax", sloppy.written(Decimal(voucher["tax"]))),
        ("Total", sloppy.written(total)),
        ("Paid", sloppy.written(paid)),
        ("Notes", voucher["notes"]),
        ("Status", voucher["status"]),
        ("Booked by", voucher["booked_by"]),
    ]


def _account(code: str) -> str:
    return f"{code}--{ACCOUNTS.get(code, '')}"


def _written(iso: str) -> str:
    return sloppy.us_written(date.fromisoformat(iso)) if iso else ""
