"""How Trac writes a building permit, and what its page must show when Trac holds it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from contextlib import suppress
from pathlib import PurePath

from keywright.model.document import Enclosure
from systems.records.permit_application import ApplicantIs, PermitApplication, Purpose, for_each
from systems.web.screen.formats import Expected, Format, folded

PURPOSES = for_each(
    Purpose,
    {
        Purpose.NEW_CONSTRUCTION: "New construction",
        Purpose.ADDITION: "Addition",
        Purpose.ALTERATION: "Alteration/repair",
        Purpose.DEMOLITION: "Demolition",
        Purpose.CONDITIONAL: "Conditional",
    },
)
APPLICANTS = for_each(ApplicantIs, {ApplicantIs.OWNER: "Owner", ApplicantIs.AGENT: "Agent"})
TICKET_TYPE = "building permit"
FORMAT = Format("%Y-%m-%d", also_shown=("%m/%d/%y", "%m/%d/%Y"))  # 12/01/26 unless the clerk prefers another way
NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f/\\:]+")


def summary_of(record: PermitApplication) -> str:
    """Return the line by which clerks know the permit in Trac's lists."""
    unit = f", unit {record.project_unit}" if record.project_unit else ""
    return f"{PURPOSES.get(record.purpose, record.purpose)}: {record.project_address}{unit}"


def permit_identity(record: PermitApplication) -> str:
    """Return what makes the permit one and the same."""
    return identity_of(
        record.project_address, record.project_unit, record.applicant_name, record.declaration_date.isoformat()
    )


def identity_of(address: str, unit: str, applicant: str, declared: str) -> str:
    """Return address, unit and applicant without regard to case and blanks, and the date of the declaration."""
    return " | ".join([*map(folded, (address, unit, applicant)), date_shown(declared)])


def permit_expected(record: PermitApplication) -> list[Expected]:
    """Return what each control of the permit's page must hold, under its label on the page."""
    purpose = PURPOSES.get(record.purpose, record.purpose)
    applicant_is = APPLICANTS.get(record.applicant_is, record.applicant_is)
    return [
        Expected("summary", summary_of(record), "Summary"),
        Expected("type", TICKET_TYPE, "Type"),
        Expected("declaration_date", record.declaration_date, "Declared On"),
        Expected("project_address", record.project_address, "Site Address"),
        Expected("project_unit", record.project_unit, "Unit"),
        Expected("project_municipality", record.project_municipality, "Municipality"),
        Expected("project_postal_code", record.project_postal_code, "Postal Code"),
        Expected("project_lot_con", record.project_lot_con, "Lot/Con."),
        Expected("roll_number", record.roll_number, "Roll Number"),
        Expected("project_value", record.value_written, "Estimated Value"),
        Expected("work_area_m2", record.area_written, "Area of Work (m²)"),
        Expected("purpose", purpose, "Purpose"),
        Expected("proposed_use", record.proposed_use, "Proposed Use"),
        Expected("current_use", record.current_use, "Current Use"),
        Expected("work_description", record.work_description, "Description of Work"),
        Expected("applicant_name", record.applicant_name, "Applicant"),
        Expected("applicant_is", applicant_is, "Applicant Is"),
        Expected("applicant_phone", record.applicant_phone, "Telephone"),
        Expected("applicant_email", record.applicant_email, "E-mail"),
        Expected("applicant_address", record.applicant_address, "Applicant's Address"),
        Expected("owner_name", record.owner_name, "Property Owner"),
        Expected("builder_name", record.builder_name, "Builder"),
        Expected("tarion_new_home", record.tarion_new_home, "New Home (Tarion)"),
        Expected("designer_name", record.designer_name, "Designer"),
        Expected("designer_bcin", record.designer_bcin, "BCIN"),
    ]


def attached_as(file: Enclosure) -> str:
    """Return the name under which a file is attached: of these bytes always the same, and of no other file's."""
    came = PurePath(NOT_IN_NAMES.sub(" ", file.file_name).strip() or "application")
    return f"{came.stem[:80]}-{file.sha256[:12]}{came.suffix[:10]}"


def file_told(name: str, size: int, sha256: str) -> str:
    """Return a file in words: two of the same words have the same bytes."""
    return f"{name}, {size} bytes, SHA-256 {sha256}"


def date_shown(text: str) -> str:
    """Return a date that Trac shows as ``2026-12-01``, or the text itself if Trac writes no date so."""
    for pattern in (FORMAT.dates, *FORMAT.also_shown):
        with suppress(ValueError):
            return dt.datetime.strptime(text.strip(), pattern).date().isoformat()
    return text.strip()


def search_word(text: str) -> str:
    """Return the longest word of a text by which Trac's search finds it however it is spelled there.

    The search is for a part of the text, and without regard to case only among the letters of ASCII; so a word with an
    accent, and the number of blanks between two words, are left out of it.
    """
    return max(re.findall(r"[0-9A-Za-z]+", unicodedata.normalize("NFC", text)), key=len, default="")
