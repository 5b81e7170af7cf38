"""When an application for a building permit is complete, so that the statutory clock may start.

Building Code (O. Reg. 163/24), Division C, 1.3.1.3: the time for a decision runs only from a complete application: all
applicable fields of the form and of its schedules are filled, and what the form asks to be attached is attached.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from extractors.ontario_permit import BCIN, POSTAL_CODE
from extractors.ontario_permit import OntarioPermitApplication as Permit
from keywright.checks import Check, Circumstances, shaped
from keywright.fields import Extraction, FieldSpec
from keywright.findings import Finding, Kind

RULE = "Div. C 1.3.1.3"

ALWAYS: tuple[tuple[str, tuple[FieldSpec[Any], ...]], ...] = (
    ("A. Project information: the building number and street name", (Permit.project_address,)),
    ("A. Project information: the municipality", (Permit.project_municipality,)),
    ("A. Project information: the estimated value of the project", (Permit.project_value,)),
    ("A. Project information: the area of work in square metres", (Permit.work_area_m2,)),
    ("B. Purpose of application: which of the five it is", (Permit.purpose,)),
    ("B. Purpose of application: the proposed use of the building", (Permit.proposed_use,)),
    ("B. Purpose of application: the description of the proposed work", (Permit.work_description,)),
    ("C. Applicant: whether the applicant is the owner or the owner's agent", (Permit.applicant_is,)),
    ("C. Applicant: the name", (Permit.applicant_last_name, Permit.applicant_corporation)),
    ("C. Applicant: the street address", (Permit.applicant_address,)),
    ("C. Applicant: the municipality", (Permit.applicant_municipality,)),
    ("C. Applicant: the postal code", (Permit.applicant_postal_code,)),
    ("C. Applicant: a telephone number", (Permit.applicant_phone, Permit.applicant_cell)),
    ("I. Declaration of applicant: the name", (Permit.declarant_name,)),
    ("I. Declaration of applicant: the date", (Permit.declaration_date,)),
)
"""What every application must tell, in the form's own words; of several fields one is enough."""

OWNER = (
    ("D. Owner: the name", (Permit.owner_last_name, Permit.owner_corporation)),
    ("D. Owner: the street address", (Permit.owner_address,)),
    ("D. Owner: the municipality", (Permit.owner_municipality,)),
)
DESIGNER = (
    ("Schedule 1, B: the designer's name", (Permit.designer_name,)),
    (
        "Schedule 1, D: the designer's BCIN, or the basis for exemption from it",
        (Permit.designer_bcin, Permit.firm_bcin, Permit.designer_exemption),
    ),
    ("Schedule 1, D: the date of the designer's declaration", (Permit.designer_date,)),
)


def all_told(extraction: Extraction, _: Circumstances) -> Iterator[Finding]:
    """Ask for what every application must tell."""
    return _missing(extraction, ALWAYS)


def owner_told(extraction: Extraction, _: Circumstances) -> Iterator[Finding]:
    """Ask for the owner where the applicant is the owner's agent."""
    if extraction.value(Permit.applicant_is) == "authorized agent of owner":
        yield from _missing(extraction, OWNER)


def designer_told(extraction: Extraction, _: Circumstances) -> Iterator[Finding]:
    """Ask for the designer's name, BCIN and date where a Schedule 1 is begun."""
    if any(name.startswith(("designer_", "firm_", "design_")) for name in extraction.fields):
        yield from _missing(extraction, DESIGNER)


def home_registered(extraction: Extraction, _: Circumstances) -> Iterator[Finding]:
    """Ask for the registration number where one is required for a new home (Ontario New Home Warranties Plan Act)."""
    if extraction.value(Permit.registration_required) is True and Permit.registration_number not in extraction:
        yield _lacks("F. Tarion Warranty Corporation: the registration number", Permit.registration_number)


def _missing(extraction: Extraction, wanted: tuple[tuple[str, tuple[FieldSpec[Any], ...]], ...]) -> Iterator[Finding]:
    for words, specs in wanted:
        if not any(spec in extraction for spec in specs):
            yield _lacks(words, specs[0])


def _lacks(words: str, spec: FieldSpec[Any]) -> Finding:
    message = f"The application lacks, in {words} ({RULE}). Type it in if it is there, or ask the applicant for it."
    return Finding("complete", message, (spec.name,), Kind.BUSINESS, acceptable=False)


COMPLETENESS: tuple[Check, ...] = (
    all_told,
    owner_told,
    designer_told,
    home_registered,
    shaped(Permit.project_postal_code, POSTAL_CODE, "L9T 1A1"),
    shaped(Permit.applicant_postal_code, POSTAL_CODE, "L9T 1A1"),
    shaped(Permit.designer_bcin, BCIN, "43512"),
    shaped(Permit.firm_bcin, BCIN, "43512"),
)
"""All that makes an application complete, as checks for a bot."""
