"""What the gym keys: vouchers and permit applications made from a number, and what must then stand in the town hall."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

from demo.town_hall import permits, vouchers
from demo.town_hall.server import TownHall
from keywright.bot import AnyBot, bot_named
from keywright.model.fields import Extraction, Field
from systems.records.bill import Bill, BillLine
from systems.records.permit_application import PermitApplication
from systems.town_hall.records import APPLICANTS, PURPOSES

BOTS = {"voucher": "supplier-invoices", "permit": "permit-applications"}
VENDORS = {"V1004": "Halton Hydro-Vac Services", "V1006": "Escarpment Tree Care", "V1008": "Lakeshore Uniforms"}
NUMBER = "gym_number"
Record = dict[str, Any]


def extraction(seed: int, number: int) -> Extraction:
    """Return what would have been read of a document: its number, from which the record is made."""
    return Extraction("gym", {NUMBER: Field(NUMBER, f"{seed}:{number}", "", 1.0, "gym")})


def gym_bot(kind: str) -> AnyBot:
    """Return a bot of this checkout that keys the gym's records in the place of what is read from paper."""
    make = voucher if kind == "voucher" else permit
    return replace(
        bot_named(BOTS[kind]),
        record=lambda text, _: make(*map(int, text.fields[NUMBER].value.split(":"))),
        encloses=(lambda record, file: replace(record, file=file)) if kind == "permit" else None,
    )


def content(seed: int, number: int) -> bytes:
    """Return the bytes of the n-th document."""
    return f"gym {seed} {number}".encode()


def voucher(seed: int, number: int) -> Bill:
    """Return the n-th voucher."""
    rng = random.Random(f"voucher {seed} {number}")  # noqa: S311 - drawn, not secret
    day = dt.date(2026, 1, 1) + dt.timedelta(days=rng.randrange(300))
    vendor = rng.choice(tuple(VENDORS))
    lines = tuple(
        BillLine(
            description=f"{rng.choice(('Boots', 'Gloves, size 9', 'Jackets & vests', 'Café supplies'))} {row}",
            account=rng.choice(("5910", "5940", "5960")),
            amount=Decimal(rng.randrange(100, 900_000)) / 100,
        )
        for row in range(1, rng.choice((1, 1, 2, 3)) + 1)
    )
    return Bill(
        invoice_type=rng.choice(("invoice", "invoice", "invoice", "credit-note")),
        seller_name=VENDORS[vendor],
        vendor_number=vendor,
        invoice_number=f"G{seed}-{number:05d}",
        issue_date=day,
        due_date=day + dt.timedelta(days=rng.choice((15, 30, 45))),
        purchase_order=f"PO {rng.randrange(10_000, 99_999)}",
        currency=rng.choice(("CAD", "CAD", "CAD", "USD")),
        department=rng.choice(("", "Public Works", "Fire Services")),
        lines=lines,
        tax_total=sum((line.amount for line in lines), Decimal(0)) * Decimal("0.13") // Decimal("0.01") / 100,
        notes=rng.choice(("", "Second page of two", "per J. O'Brien")),
    )


def permit(seed: int, number: int) -> PermitApplication:
    """Return the n-th permit application."""
    rng = random.Random(f"permit {seed} {number}")  # noqa: S311 - drawn, not secret
    return PermitApplication(
        project_address=f"{number + 1} {rng.choice(('Quay', 'Mill', 'Elm'))} Street",
        project_unit=rng.choice(("", "B", "12")),
        project_municipality="Millbrook",
        project_postal_code="L0A 1G0",
        project_lot_con=f"Lot {rng.randrange(1, 30)}, Con. {rng.randrange(1, 9)}",
        roll_number=f"1509-{rng.randrange(10, 99)}-{rng.randrange(100, 999)}",
        project_value=Decimal(rng.randrange(1_000, 900_000)),
        work_area_m2=Decimal(rng.randrange(80, 4_000)) / 10,
        purpose=rng.choice(tuple(PURPOSES)),
        proposed_use="House",
        current_use=rng.choice(("House", "Vacant lot", "")),
        work_description=f"Deck {rng.randrange(6, 20)}' x {rng.randrange(6, 20)}'\nand stairs",
        applicant_name=rng.choice(("Zoë D'Arcy-Müller", "Sam Roe", "Alex O'Neil")),
        applicant_is=rng.choice(tuple(APPLICANTS)),
        applicant_phone=f"705-555-{rng.randrange(1000, 9999)}",
        applicant_email="someone@example.org",
        applicant_address=f"{rng.randrange(1, 99)} King Street",
        owner_name="Sam & Alex Roe",
        builder_name=rng.choice(("", "Build <Right> Inc.")),
        tarion_new_home=rng.random() < 0.5,
        designer_name="Dee Signer",
        designer_bcin=str(rng.randrange(10_000, 99_999)),
        declaration_date=dt.date(2026, 1, 1) + dt.timedelta(days=rng.randrange(300)),
    )


def stored(kind: str, hall: TownHall) -> list[Record]:
    """Return every record of a kind that the town hall's own database holds, oldest first."""
    return vouchers(hall.database) if kind == "voucher" else permits(hall.database)


def is_right(kind: str, seed: int, number: int, shown_record: Record) -> bool:
    """Say whether a stored record is, value by value, what was to be keyed, and final."""
    wanted = _voucher_stored(voucher(seed, number)) if kind == "voucher" else _permit_stored(permit(seed, number))
    files = [line for _, line in shown_record["files"]] if kind == "permit" else []
    return all(shown_record[name] == value for name, value in wanted.items()) and files == (
        [content(seed, number)] if kind == "permit" else []
    )


def _voucher_stored(record: Bill) -> Record:
    sign = -1 if record.invoice_type == "credit-note" else 1
    departments = {"": "", "Public Works": "PW", "Fire Services": "FS"}
    assert record.due_date is not None, "each voucher of the gym has one"
    return {
        "type": record.invoice_type.replace("-", "_"),
        "vendor": record.vendor_number,
        "invoice_number": record.invoice_number,
        "invoice_date": record.issue_date.isoformat(),
        "due_date": record.due_date.isoformat(),
        "po_number": record.purchase_order,
        "currency": record.currency,
        "department": departments[record.department],
        "tax": sign * record.tax_total,
        "total": sign * record.grand_total,
        "notes": record.notes,
        "status": "Posted",
        "lines": [
            {"description": line.description, "account": line.account, "amount": sign * line.amount}
            for line in record.lines
        ],
    }


def _permit_stored(record: PermitApplication) -> Record:
    return {
        "project_address": record.project_address,
        "unit": record.project_unit,
        "municipality": record.project_municipality,
        "postal_code": record.project_postal_code,
        "lot_con": record.project_lot_con,
        "roll_number": record.roll_number,
        "purpose": PURPOSES[record.purpose],
        "proposed_use": record.proposed_use,
        "current_use": record.current_use,
        "work_description": record.work_description,
        "project_value": record.value_written,
        "area_m2": record.area_written,
        "applicant_name": record.applicant_name,
        "applicant_type": APPLICANTS[record.applicant_is],
        "applicant_phone": record.applicant_phone,
        "applicant_email": record.applicant_email,
        "applicant_address": record.applicant_address,
        "owner_name": record.owner_name,
        "builder_name": record.builder_name,
        "tarion_new_home": "Yes" if record.tarion_new_home else "No",
        "designer_name": record.designer_name,
        "designer_bcin": record.designer_bcin,
        "declaration_date": f"{record.declaration_date:%d/%m/%Y}",
        "status": "Active",
    }
