"""Three people apply for a building permit: one on screen, one by pen, one who forgot half of it."""

from collections.abc import Mapping
from datetime import date

from demo.acroform import with_fields
from demo.billing import in_words
from demo.permit_pages import NEW_HOME, PURPOSES, QUESTIONS, SUBMITTED_TO, draw_form
from demo.sample import PERMITS, SampleDocument

FIELDS = {
    "application_submitted_to": SUBMITTED_TO,
    "project_address": "Project building number street name",
    "project_unit": "Project unit number",
    "project_lot_con": "Project Lot/Concession",
    "project_municipality": "Project Municipality",
    "project_postal_code": "Project postal code",
    "project_plan_number": "Project plan number/other description",
    "project_value": "Project value estimated (in dollars)",
    "work_area_m2": "Project area of work (in square metres)",
    "proposed_use": "Proposed use of building",
    "current_use": "Current use of building",
    "work_description": "Description of proposed work",
    "registration_number": (
        "If registration is required under Ontario New Home Warranties Plan Act, provide registration number(s)"
    ),
    "declarant_name": "Name of Applicant for Declaration",
    "declaration_date": "Date Applicant Signed Main Form",
    "designer_name": "Designer Name",
    "designer_firm": "Designer Firm",
    "designer_address": "Designer Street address",
    "designer_municipality": "Designer Municipality",
    "designer_postal_code": "Designer Postal code",
    "designer_province": "Designer Province",
    "designer_phone": "Designer Telephone number",
    "designer_email": "Designer Email",
    "designer_work": "Description of designers work",
    "designer_declarant": "Designer Name for Declaration",
    "designer_bcin": "Individual BCIN of Designer for Registered Firm",
    "firm_bcin": "Firm BCINFirm BCIN of Designer for Registered Firm",
    "designer_date": "Date Signed by Designer",
}
PARTY = {
    "last_name": "Last name",
    "first_name": "First name",
    "corporation": "Corporation or partnership",
    "address": "Street address",
    "unit": "Unit number",
    "municipality": "Municipality",
    "postal_code": "Postal code",
    "province": "Province",
    "email": "Email",
    "phone": "Telephone number",
    "cell": "Cell number",
}
ODD_ONES = {
    "applicant_last_name": "Applicant last name",
    "builder_corporation": "Builder Corporation or partnership (if applicable)",
}
DATES = ("declaration_date", "designer_date")
SAME_PLACE = {
    "project_address": "Project Building number street name for Designer Information",
    "project_municipality": "Project Municipality for Designer Information",
    "project_postal_code": "Project Postal code for Designer Information",
    "project_plan_number": "Project Plan number / other description for Designer Information",
}

GARAGE: Mapping[str, str] = {
    "application_submitted_to": "Town of Millbrook Falls",
    "project_address": "218 Fourth Line",
    "project_municipality": "Millbrook Falls",
    "project_postal_code": "L0P 1M0",
    "project_plan_number": "Plan M-417 Lot 9",
    "project_value": "96,500",
    "work_area_m2": "53.5",
    "purpose": "new construction",
    "proposed_use": "Detached garage",
    "current_use": "Vacant part of a residential lot",
    "work_description": (
        "Construct a detached two-car garage, 7.3 m x 7.3 m, on a slab with frost walls; wood frame, asphalt shingle "
        "roof, one overhead door."
    ),
    "applicant_is": "authorized agent of owner",
    "applicant_last_name": "Inkwell",
    "applicant_first_name": "Rosalind",
    "applicant_corporation": "Plumbline Drafting Ltd.",
    "applicant_address": "31 Chalk Lane",
    "applicant_unit": "2",
    "applicant_municipality": "Milton",
    "applicant_postal_code": "L9T 2K5",
    "applicant_province": "ON",
    "applicant_email": "rosalind@plumbline.example.ca",
    "applicant_phone": "905-555-0128",
    "applicant_cell": "289-555-0129",
    "owner_last_name": "Marmalade",
    "owner_first_name": "Percival",
    "owner_address": "218 Fourth Line",
    "owner_municipality": "Millbrook Falls",
    "owner_postal_code": "L0P 1M0",
    "owner_province": "ON",
    "owner_email": "percival.marmalade@example.ca",
    "owner_phone": "905-555-0130",
    "builder_last_name": "Trestle",
    "builder_first_name": "Bartholomew",
    "builder_corporation": "Trestle & Daughters Carpentry",
    "builder_address": "6 Sawhorse Road",
    "builder_municipality": "Georgetown",
    "builder_postal_code": "L7G 4T1",
    "builder_province": "ON",
    "builder_email": "office@trestle.example.ca",
    "builder_phone": "905-555-0131",
    "tarion_new_home": "no",
    "declarant_name": "Rosalind Inkwell",
    "declaration_date": "2026-11-03",
    "designer_name": "Rosalind Inkwell",
    "designer_firm": "Plumbline Drafting Ltd.",
    "designer_address": "31 Chalk Lane",
    "designer_municipality": "Milton",
    "designer_postal_code": "L9T 2K5",
    "designer_province": "ON",
    "designer_phone": "905-555-0128",
    "designer_email": "rosalind@plumbline.example.ca",
    "designer_work": "Architectural and structural drawings of a detached garage, sheets A1 to A4",
    "designer_declarant": "Rosalind Inkwell",
    "designer_bcin": "99017",
    "firm_bcin": "99142",
    "designer_date": "2026-11-02",
}
BASEMENT: Mapping[str, str] = {
    "application_submitted_to": "Town of Millbrook Falls",
    "project_address": "47 Larkspur Crescent",
    "project_municipality": "Millbrook Falls",
    "project_postal_code": "L0P 1M2",
    "project_lot_con": "Lot 12 Con 4",
    "project_value": "41,800",
    "work_area_m2": "68.2",
    "purpose": "alteration/repair",
    "proposed_use": "Two-unit dwelling",
    "current_use": "Single detached dwelling",
    "work_description": (
        "Second dwelling unit in the basement: new bathroom and kitchen, separate side entrance, egress window, "
        "interconnected smoke alarms."
    ),
    "applicant_is": "owner",
    "applicant_last_name": "Thimble",
    "applicant_first_name": "Octavia",
    "applicant_address": "47 Larkspur Crescent",
    "applicant_municipality": "Millbrook Falls",
    "applicant_postal_code": "L0P 1M2",
    "applicant_province": "Ontario",
    "applicant_email": "octavia.thimble@example.ca",
    "applicant_phone": "905-555-0144",
    "tarion_new_home": "no",
    "declarant_name": "Octavia Thimble",
    "declaration_date": "2026-10-30",
    "designer_name": "Barnaby Quillfeather",
    "designer_firm": "Quillfeather Home Design",
    "designer_address": "120 Vellum Street",
    "designer_municipality": "Guelph",
    "designer_postal_code": "N1H 3A1",
    "designer_province": "Ontario",
    "designer_phone": "519-555-0145",
    "designer_email": "studio@quillfeather.example.ca",
    "designer_work": "Floor plans, section, HVAC and plumbing of a second unit",
    "designer_declarant": "Barnaby Quillfeather",
    "designer_bcin": "99238",
    "firm_bcin": "99361",
    "designer_date": "2026-10-29",
}
FORGOTTEN = (
    "work_area_m2",
    "applicant_municipality",
    "applicant_phone",
    "declaration_date",
    "designer_bcin",
    "firm_bcin",
)
PORCH: Mapping[str, str] = {
    **{name: value for name, value in BASEMENT.items() if name not in (*FORGOTTEN, "project_lot_con")},
    "project_address": "9 Sundial Court",
    "project_value": "18,250",
    "purpose": "addition",
    "proposed_use": "Single detached dwelling",
    "work_description": "Add an unheated front porch, 2.4 m x 5.5 m, on sonotube piers.",
    "applicant_last_name": "Buttercup",
    "applicant_first_name": "Ignatius",
    "applicant_address": "9 Sundial Court",
    "applicant_email": "ignatius.buttercup@example.ca",
    "declarant_name": "Ignatius Buttercup",
    "designer_work": "Plan, elevation and section of a porch",
}


def field_name(name: str) -> str:
    """The AcroForm field that holds a canonical field; raises KeyError for fields that are boxes to tick."""
    if name in FIELDS or name in ODD_ONES:
        return {**FIELDS, **ODD_ONES}[name]
    who, _, part = name.partition("_")
    return f"{who.capitalize()} {PARTY[part]}"


def _written(truth: Mapping[str, str], *, spelled: bool) -> dict[str, str]:
    """What stands in each AcroForm field; `spelled` writes the dates out."""
    values = _ticked(truth)
    for name, value in truth.items():
        if name in ("purpose", "applicant_is", "tarion_new_home"):
            continue
        text = in_words(date.fromisoformat(value)) if spelled and name in DATES else value
        values[field_name(name)] = text
        if name in SAME_PLACE:
            values[SAME_PLACE[name]] = text
    return values


def _ticked(truth: Mapping[str, str]) -> dict[str, str]:
    agent = truth["applicant_is"] != "owner"
    values = {f"{question} YES": "Yes" for _, question in QUESTIONS}
    values[PURPOSES[truth["purpose"]]] = "Yes"
    values["Applicant is: Authorized agent of owner" if agent else "Applicant is: Owner"] = "Yes"
    values[f"{NEW_HOME} NO (Go to section G.)"] = "No"
    values["Design Activities: House"] = "Yes"
    return values


def _on_screen(truth: Mapping[str, str], *, signed: bool) -> bytes:
    pdf, blanks = draw_form({}, signed)
    return with_fields(pdf, blanks, _written(truth, spelled=False))


def _on_paper(truth: Mapping[str, str]) -> bytes:
    pdf, _ = draw_form(_written(truth, spelled=True), signed=True)
    return pdf


def application(truth: Mapping[str, str]) -> bytes:
    """The application, filled in on screen and signed, that says this; `GARAGE` shows what it may say."""
    return _on_screen(truth, signed=True)


def permit_samples() -> tuple[tuple[SampleDocument, bytes], ...]:
    """The three applications, each with its file's bytes."""
    missing = "not complete: " + ", ".join(name.replace("_", " ") for name in FORGOTTEN)
    return (
        (
            SampleDocument("permit-complete.pdf", PERMITS, "Permit application, complete", "keyed", GARAGE),
            _on_screen(GARAGE, signed=True),
        ),
        (
            SampleDocument(
                "permit-incomplete.pdf",
                PERMITS,
                "Permit application, half filled in",
                "referred",
                PORCH,
                reason=missing,
            ),
            _on_screen(PORCH, signed=False),
        ),
        (
            SampleDocument("permit-flat.pdf", PERMITS, "Permit application, printed without fields", "keyed", BASEMENT),
            _on_paper(BASEMENT),
        ),
    )
