"""Ontario's Application for a Permit to Construct or Demolish, with Schedule 1: Designer Information.

The form is authorised under the Building Code Act, 1992, subsection 8 (1.1), and is the same in every town. Control
names are those of its fillable edition of 2014.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from extractors.forms.fields import FormSpec
from extractors.forms.form import Form, Option, amount, choice, choices, date, text, yes_no
from extractors.ontario_permit.patterns import BCIN, E_MAIL, POSTAL_CODE, TELEPHONE
from extractors.ontario_permit.schedules import SewageInstaller
from keywright.findings import Finding
from keywright.messages import Message
from keywright.model.document_type import KeyFields, Wording
from keywright.model.fields import Extraction, FieldSpec, specs_of
from keywright.model.reading import Reading

#: Headings, without the letter before them if they are unique, since a scan can lose the letter.
A = "Project information"
B = "Purpose of application"
C = "C. Applicant"
D = "Owner (if different from applicant)"
E = "Builder (optional)"
F = "Tarion Warranty Corporation"
G = "G. Required Schedules"
H = "Completeness and compliance with applicable law"
I = "Declaration of applicant"  # noqa: E741  the form's own letter
SCHEDULE_1 = "Schedule 1: Designer Information"
DESIGNER = "B. Individual who reviews and takes responsibility for design activities"
ACTIVITIES = "Design activities undertaken by individual"
DESIGNER_DECLARES = "Declaration of Designer"
FOR_A_FIRM = "behalf of a firm registered under"
OTHER_DESIGNER = "qualified in the appropriate category as an"
EXEMPT = "exempt from the registration and qualification requirements"
CERTIFIES = "I certify that:"
SCHEDULE_2 = "Schedule 2: Sewage System Installer Information"


def _cell(who: str, what: str, label: str, section: str, pattern: str = "") -> FormSpec[str]:
    """One cell of a person's block; its control is named like "Owner Postal code"."""
    labels = (label, "Corporation or partnership") if "(if" in label else (label,)
    return text(below=labels, section=section, control=f"{who} {what}*", pattern=pattern, title=f"{who} {what}")


def _activity(name: str) -> Option[str]:
    return Option(name.replace("–", "-"), name, control=f"Design Activities: {name}")


class OntarioPermitApplication(SewageInstaller, Form):
    """The provincial application; its fields have the names that the permit desk uses."""

    name = "permit-application"
    title = "Application for a Permit to Construct or Demolish"
    sections = (
        *(A, B, C, D, E, F, G, H, I),
        *(SCHEDULE_1, DESIGNER, ACTIVITIES, DESIGNER_DECLARES),
        *(FOR_A_FIRM, OTHER_DESIGNER, EXEMPT, CERTIFIES, SCHEDULE_2),
    )
    printed = (
        "Application for a Permit to Construct or Demolish",
        "For use by Principal Authority",
        "(Name of municipality, upper-tier municipality, board of health or conservation authority)",
        *("Lot/con.", "Fax", "Fax number", "Unit number", "Unit no."),
        *(
            "declare that",
            "declare that (choose one as appropriate)",
            "(print name)",
            "Signature of applicant",
            "Signature of Designer",
        ),
        *("Basis for exemption from registration", "Individual BCIN", "Applicant is"),
    )

    application_submitted_to = text(
        right_of="Application submitted to",
        control="Application submitted to*",
        title="Municipality applied to",
    )

    project_address = text(
        below="Building number, street name",
        section=A,
        control="Project building number street name",
        title="Project street address",
    )
    project_unit = text(below="Unit number", section=A, control="Project unit number", title="Project unit number")
    project_lot_con = text(
        below="Lot/con.", section=A, control="Project Lot/Concession", title="Project lot/concession"
    )
    project_municipality = text(
        below="Municipality",
        section=A,
        control="Project Municipality",
        title="Project municipality",
    )
    project_postal_code = text(
        below="Postal code",
        section=A,
        control="Project postal code",
        pattern=POSTAL_CODE,
        title="Project postal code",
    )
    project_plan_number = text(
        below="Plan number/other description",
        section=A,
        control="Project plan number/other description",
        title="Project plan number or other description",
    )
    project_value = text(
        below="Project value est.",
        section=A,
        control="Project value estimated*",
        pattern=r"[$\d][\d ,.$]*",
        title="Estimated project value",
    )
    project_value_number = amount(
        below="Project value est.",
        section=A,
        control="Project value estimated*",
        title="Estimated project value in dollars",
    )
    work_area_m2 = text(
        below="Area of work",
        section=A,
        control="Project area of work*",
        skips=("m", "2", "m2", "m7"),
        pattern=r"\d[\d ,.]*( ?m2?²?)?",
        title="Area of work in square metres",
    )

    purpose = choice(
        Option("new construction", "New construction", "Purpose: New construction"),
        Option("addition", "Addition to an", "Purpose: Addition to an existing building"),
        Option("alteration/repair", "Alteration/repair", "Purpose: Alteration/Repair"),
        Option("demolition", "Demolition", "Purpose: Demolition"),
        Option("conditional", "Conditional", "Purpose: Conditional Permit"),
        section=B,
        may_be_empty=True,
        title="Purpose of the application",
    )
    proposed_use = text(
        below="Proposed use of building",
        section=B,
        control="Proposed use of building",
        title="Proposed use of the building",
    )
    current_use = text(
        below="Current use of building",
        section=B,
        control="Current use of building",
        title="Current use of the building",
    )
    work_description = text(
        below="Description of proposed work",
        section=B,
        control="Description of proposed work",
        title="Description of the proposed work",
    )

    applicant_is = choice(
        Option("owner", "Owner", "Applicant is: Owner"),
        Option("authorized agent of owner", "Authorized agent of owner", "Applicant is: Authorized agent*"),
        section=C,
        may_be_empty=True,
        title="Whether the applicant is the owner or an agent",
    )
    applicant_last_name = _cell("Applicant", "last name", "Last name", C)
    applicant_first_name = _cell("Applicant", "first name", "First name", C)
    applicant_corporation = _cell("Applicant", "corporation or partnership", "Corporation or partnership", C)
    applicant_address = _cell("Applicant", "street address", "Street address", C)
    applicant_unit = _cell("Applicant", "unit number", "Unit number", C)
    applicant_municipality = _cell("Applicant", "municipality", "Municipality", C)
    applicant_postal_code = _cell("Applicant", "postal code", "Postal code", C, POSTAL_CODE)
    applicant_province = _cell("Applicant", "province", "Province", C)
    applicant_email = _cell("Applicant", "email", "E-mail", C, E_MAIL)
    applicant_phone = _cell("Applicant", "telephone number", "Telephone number", C, TELEPHONE)
    applicant_cell = _cell("Applicant", "cell number", "Cell number", C, TELEPHONE)
    applicant_fax = _cell("Applicant", "fax", "Fax", C, TELEPHONE)
    applicant_lot_con = _cell("Applicant", "lot/concession", "Lot/con.", C)

    owner_last_name = _cell("Owner", "last name", "Last name", D)
    owner_first_name = _cell("Owner", "first name", "First name", D)
    owner_corporation = _cell("Owner", "corporation or partnership", "Corporation or partnership", D)
    owner_address = _cell("Owner", "street address", "Street address", D)
    owner_unit = _cell("Owner", "unit number", "Unit number", D)
    owner_municipality = _cell("Owner", "municipality", "Municipality", D)
    owner_postal_code = _cell("Owner", "postal code", "Postal code", D, POSTAL_CODE)
    owner_province = _cell("Owner", "province", "Province", D)
    owner_email = _cell("Owner", "email", "E-mail", D, E_MAIL)
    owner_phone = _cell("Owner", "telephone number", "Telephone number", D, TELEPHONE)
    owner_cell = _cell("Owner", "cell number", "Cell number", D, TELEPHONE)
    owner_fax = _cell("Owner", "fax", "Fax", D, TELEPHONE)
    owner_lot_con = _cell("Owner", "lot/concession", "Lot/con.", D)

    builder_last_name = _cell("Builder", "last name", "Last name", E)
    builder_first_name = _cell("Builder", "first name", "First name", E)
    builder_corporation = _cell(
        "Builder", "corporation or partnership", "Corporation or partnership (if applicable)", E
    )
    builder_address = _cell("Builder", "street address", "Street address", E)
    builder_unit = _cell("Builder", "unit number", "Unit number", E)
    builder_municipality = _cell("Builder", "municipality", "Municipality", E)
    builder_postal_code = _cell("Builder", "postal code", "Postal code", E, POSTAL_CODE)
    builder_province = _cell("Builder", "province", "Province", E)
    builder_email = _cell("Builder", "email", "E-mail", E, E_MAIL)
    builder_phone = _cell("Builder", "telephone number", "Telephone number", E, TELEPHONE)
    builder_cell = _cell("Builder", "cell number", "Cell number", E, TELEPHONE)
    builder_fax = _cell("Builder", "fax", "Fax", E, TELEPHONE)
    builder_lot_con = _cell("Builder", "lot/concession", "Lot/con.", E)

    tarion_new_home = yes_no(
        question="Is proposed construction for a new home",
        yes="Is proposed construction for a new home*YES",
        no="Is proposed construction for a new home*NO (Go to section G.)",
        section=F,
        may_be_empty=True,
        title="Whether a new home is built",
    )
    registration_required = yes_no(
        question="Is registration required under the",
        yes="Is registration required under*YES",
        no="Is registration required under*NO",
        section=F,
        may_be_empty=True,
        title="Whether registration under the New Home Warranties Plan Act is required",
    )
    registration_number = text(
        right_of="provide registration number(s)",
        section=F,
        control="If registration is required*provide registration number*",
        title="Registration number under the New Home Warranties Plan Act",
    )

    states_complete = yes_no(
        question="This application meets all the requirements",
        yes="This application meets all the requirements*YES",
        no="This application meets all the requirements*NO",
        section=H,
        may_be_empty=True,
        title="Statement that the application is complete",
    )
    states_fees_paid = yes_no(
        question="Payment has been made of all fees",
        yes="Payment has been made of all fees*YES",
        no="Payment has been made of all fees*NO",
        section=H,
        may_be_empty=True,
        title="Statement that all fees are paid",
    )
    states_plans_attached = yes_no(
        question="This application is accompanied by the plans and specifications",
        yes="This application is accompanied by the plans and specifications*YES",
        no="This application is accompanied by the plans and specifications*NO",
        section=H,
        may_be_empty=True,
        title="Statement that plans and specifications are attached",
    )
    states_documents_attached = yes_no(
        question="This application is accompanied by the information and documents",
        yes="This application is accompanied by the information and documents*YES",
        no="This application is accompanied by the information and documents*NO",
        section=H,
        may_be_empty=True,
        title="Statement that the documents on applicable law are attached",
    )
    states_lawful = yes_no(
        question="The proposed building, construction or demolition will not contravene",
        yes="The proposed building, construction or demolition will not*YES",
        no="The proposed building, construction or demolition will not*NO",
        section=H,
        may_be_empty=True,
        title="Statement that no applicable law is contravened",
    )

    declarant_name = text(
        above="(print name)",
        section=I,
        control="Name of Applicant for Declaration",
        skips=("I", "l", "1"),
        title="Name of the declarant",
    )
    declaration_date = date(
        above="Date",
        section=I,
        control="Date Applicant Signed Main Form",
        title="Date of the applicant's declaration",
    )

    designer_name = text(below="Name", section=DESIGNER, control="Designer Name", title="Designer name")
    designer_firm = text(below="Firm", section=DESIGNER, control="Designer Firm", title="Designer firm")
    designer_address = _cell("Designer", "street address", "Street address", DESIGNER)
    designer_municipality = _cell("Designer", "municipality", "Municipality", DESIGNER)
    designer_postal_code = _cell("Designer", "postal code", "Postal code", DESIGNER, POSTAL_CODE)
    designer_province = _cell("Designer", "province", "Province", DESIGNER)
    designer_phone = _cell("Designer", "telephone number", "Telephone number", DESIGNER, TELEPHONE)
    designer_email = _cell("Designer", "email", "E-mail", DESIGNER, E_MAIL)
    designer_unit = _cell("Designer", "unit no", "Unit no.", DESIGNER)
    designer_lot_con = _cell("Designer", "lot/concession", "Lot/con.", DESIGNER)
    designer_fax = _cell("Designer", "fax number", "Fax number", DESIGNER, TELEPHONE)
    designer_cell = _cell("Designer", "cell number", "Cell number", DESIGNER, TELEPHONE)
    design_activities = choices(
        *(_activity(n) for n in ("House", "Small Buildings", "Large Buildings")),
        *(_activity(n) for n in ("Complex Buildings", "HVAC – House", "Building Services")),
        *(_activity(n) for n in ("Detection, Lighting and Power", "Fire Protection")),
        *(_activity(n) for n in ("Building Structural", "Plumbing – House")),
        *(_activity(n) for n in ("Plumbing – All Buildings", "On-site Sewage Systems")),
        section=ACTIVITIES,
        may_be_empty=True,
        title="Design activities",
    )
    designer_work = text(
        below="Description of designer’s work",
        section=ACTIVITIES,
        control="Description of designer*work",
        title="Description of the designer's work",
    )
    designer_declarant = text(
        above="(print name)",
        section=DESIGNER_DECLARES,
        control="Designer Name for Declaration",
        skips=("I", "l", "1"),
        title="Name in the designer's declaration",
    )
    designer_bcin = text(
        right_of="Individual BCIN",
        section=(FOR_A_FIRM, OTHER_DESIGNER),
        control=(
            "Individual BCIN of Designer for Registered Firm",
            "Individual BCIN for Other Designer",
        ),
        pattern=BCIN,
        title="Designer's BCIN",
    )
    firm_bcin = text(
        right_of="Firm BCIN",
        section=FOR_A_FIRM,
        control="Firm BCIN*",
        pattern=BCIN,
        title="Firm's BCIN",
    )
    designer_exemption = text(
        right_of=(
            "Basis for exemption from registration and qualification",
            "Basis for exemption from registration",
        ),
        section=(OTHER_DESIGNER, EXEMPT),
        control=(
            "Basis for exemption from registration for Other Designer",
            "For design work, Basis for exemption from registration and qualification",
        ),
        title="Basis for the designer's exemption",
    )
    designer_date = date(
        above="Date",
        section=CERTIFIES,
        control="Date Signed by Designer",
        title="Date of the designer's declaration",
    )

    key_fields = KeyFields(
        sender=(applicant_corporation, applicant_last_name, owner_corporation, owner_last_name),
        number=(registration_number,),
        amount=(project_value_number, project_value),
        e_mail=(applicant_email, owner_email),
    )
    wording = Wording(
        refused_as="Not a permit application",
        quotable=frozenset(
            f"permit-{part}" for part in ("incomplete", "schedule-1", "designer", "statement", "declarant")
        ),
    )

    @classmethod
    def specs(cls) -> Mapping[str, FieldSpec[Any]]:
        """Return the fields in the order of the form, with the repeated ones of the schedules at the end."""
        schedules = specs_of(SewageInstaller)
        own = {name: spec for name, spec in super().specs().items() if name not in schedules}
        return {**own, **schedules}

    @classmethod
    def extract(cls, reading: Reading, /) -> Extraction:
        """Read the application and its first Schedule 1; a finding names further ones."""
        extraction = super().extract(reading)
        schedules = reading.text().count(SCHEDULE_1)
        if schedules < 2:
            return extraction
        message = Message(
            "Several Schedules 1. The application has {count} of them, and only the first designer was read. Compare "
            "the others with the page.",
            count=schedules,
        )
        finding = Finding("several-designers", message, ("designer_name",))
        return replace(extraction, findings=(*extraction.findings, finding))
