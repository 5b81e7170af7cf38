"""The building-permit desk: its entry form, its search screen and its record page."""

from __future__ import annotations

import sqlite3
import time

from starlette.responses import Response

from demo.town_hall import sloppy
from demo.town_hall.database import opened, permit_files, permit_number
from demo.town_hall.pages import Visit, say, show, show_found

PURPOSES = (
    *("New construction", "Addition to an existing building", "Alteration/repair", "Demolition"),
    "Conditional permit",
)
APPLICANT_TYPES = ("Owner", "Authorized agent of owner")
TITLES = {
    "A. Project information": None,
    "Address": "project_address",
    "Unit": "unit",
    "Municipality": "municipality",
    "Postal code": "postal_code",
    "Lot/con.": "lot_con",
    "Roll number": "roll_number",
    "Value": "project_value",
    "Area": "area_m2",
    "B. Purpose of application": None,
    "Purpose": "purpose",
    "Proposed use": "proposed_use",
    "Current use": "current_use",
    "Description of work": "work_description",
    "C. Applicant": None,
    "Applicant": "applicant_name",
    "Applicant is": "applicant_type",
    "Telephone": "applicant_phone",
    "E-mail": "applicant_email",
    "Applicant's address": "applicant_address",
    "D. and E. Owner, builder": None,
    "Owner": "owner_name",
    "Builder": "builder_name",
    "New home (Tarion)": "tarion_new_home",
    "Designer and declaration": None,
    "Designer": "designer_name",
    "BCIN": "designer_bcin",
    "Declared on": "declaration_date",
}
FIELDS = [name for name in TITLES.values() if name]


def permit_page(visit: Visit) -> Response:
    """Show the entry form, its preview, or file the application: then the empty form again."""
    filed = visit.field("action") == "File application"
    if filed:
        _file(visit)
    form = {name: visit.field(name) for name in FIELDS}
    if filed or "project_address" not in visit.fields:
        form = dict.fromkeys(FIELDS, "")
        form |= {"municipality": "Millbrook", "applicant_type": APPLICANT_TYPES[0]}
    else:
        form["declaration_date"] = _understood(visit)
    return show(
        "permit.html",
        f=form,
        preview=visit.field("action") == "Preview",
        purposes=PURPOSES,
        applicant_types=APPLICANT_TYPES,
    )


def find_page(_visit: Visit) -> Response:
    """Show the search screen."""
    boxes = [
        ("address", "Address", ""),
        ("applicant", "Applicant", ""),
        ("declaration_date", "Declaration date", "(dd/mm/yyyy)"),
    ]
    statuses = ["Active", "Closed", "All"]
    return show("find.html", title="Permit Search", action="/bp/found", boxes=boxes, statuses=statuses)


def found_page(visit: Visit) -> Response:
    """Show what was found; "Active" hides what is closed."""
    status = {"Closed": "Closed", "All": "%"}.get(visit.field("status"), "Active")
    declared = visit.field("declaration_date")
    with opened(visit.database) as db:
        rows = db.execute(
            "SELECT * FROM permits WHERE folded(project_address) LIKE folded(?)"
            " AND folded(applicant_name) LIKE folded(?) AND status LIKE ?"
            " AND (? = '' OR declaration_date = ?) AND coalesce(booked_at, 0) < ? ORDER BY id",
            [
                *(f"%{visit.field(name)}%" for name in ("address", "applicant")),
                *(status, declared, _understood(visit), visit.listed_until),
            ],
        ).fetchall()
    columns = ("Number", "Address", "Unit", "Applicant", "Purpose", "Declared")
    return show_found(visit, "Permit Search", "/bp/record", columns, [_row(row) for row in rows])


def record_page(visit: Visit) -> Response:
    """Show one application, read-only, with all that is stored of it."""
    number = visit.field("number")
    with opened(visit.database) as db:
        permit = _permit(db, number)
        files = permit_files(db, permit["id"]) if permit else []
    if permit is None:
        return say("Error!", f"Permit {number} not found.", 404)
    stored = [(title, permit[name] if name else None) for title, name in TITLES.items()]
    values = [*stored, ("Status", permit["status"]), ("Filed by", permit["filed_by"])]
    attached = [(name, str(len(content))) for name, content in files]
    return show("record.html", title=f"Permit Application {number}", values=values, number=number, files=attached)


def attach_page(visit: Visit) -> Response:
    """Attach a file to an application, in the place of one of the same name, and show the record again."""
    with opened(visit.database) as db:
        permit = _permit(db, visit.field("number"))
        if permit is None or visit.upload is None or not visit.upload[0]:
            return say("Error!", "No file selected!")
        name, content = visit.upload
        db.execute("DELETE FROM permit_files WHERE permit = ? AND name = ?", [permit["id"], name])
        db.execute("INSERT INTO permit_files VALUES (?, ?, ?)", [permit["id"], name, content])
    return record_page(visit)


def file_page(visit: Visit) -> Response:
    """Give out a file that is attached to an application."""
    with opened(visit.database) as db:
        permit = _permit(db, visit.field("number"))
        files = dict(permit_files(db, permit["id"])) if permit else {}
    if visit.field("name") not in files:
        return say("Error!", "No such file!", 404)
    return Response(files[visit.field("name")], media_type="application/octet-stream")


def _permit(db: sqlite3.Connection, number: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM permits WHERE printf('BP-2026-%04d', id) = ?", [number]
    ).fetchone()
    return row


def _file(visit: Visit) -> None:
    """Store the application as it was typed, without a check except of the date, which can get lost."""
    stored = {name: visit.field(name) for name in FIELDS} | {
        "declaration_date": _understood(visit),
        "tarion_new_home": visit.field("tarion_new_home") or "No",
        "filed_by": visit.clerk,
        "status": "Draft" if visit.as_draft else "Active",
        "booked_at": time.time(),
    }
    with opened(visit.database) as db:
        db.execute(
            f"INSERT INTO permits ({', '.join(stored)}) VALUES ({', '.join('?' * len(stored))})",  # noqa: S608 - the names are ours
            list(stored.values()),
        )


def _understood(visit: Visit) -> str:
    """Return the declaration date as the desk understands it: day first, or not at all."""
    return sloppy.day_first_written(sloppy.day_first(visit.field("declaration_date")))


def _row(permit: sqlite3.Row) -> tuple[str, ...]:
    names = ("project_address", "unit", "applicant_name", "purpose", "declaration_date")
    return (permit_number(permit["id"]), *(permit[name] for name in names))
