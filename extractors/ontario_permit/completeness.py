"""The parts that a complete Ontario permit application has, checked before its time limit starts to run.

Source: O. Reg. 163/24 (Building Code), Division C, Sentence 1.3.1.3.(5): the application is made in the form by the
owner or an authorised agent, all applicable fields of it and of the required schedules are completed, and all required
schedules are submitted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from extractors.ontario_permit.form import OntarioPermitApplication as P
from extractors.ontario_permit.patterns import BCIN, POSTAL_CODE, TELEPHONE
from keywright.findings import Finding
from keywright.messages import Message
from keywright.model.checks import Check, Circumstances, not_after_today
from keywright.model.fields import Extraction, FieldSpec

CLAUSE = Message("Building Code, Division C, 1.3.1.3.(5)")
Spec = FieldSpec[Any]

#: Without these nothing can be keyed: a person fills them in, or the form is sent back.
VITAL = frozenset(
    spec.name
    for spec in (
        *(P.project_municipality, P.purpose, P.work_description),
        *(P.applicant_last_name, P.declarant_name, P.declaration_date),
    )
)


def complete(part: str, *specs: Spec, when: Callable[[Extraction], bool] | None = None) -> Check:
    """Return the check that all fields of one part of the form are filled in, if that part applies."""

    def check(extraction: Extraction, _: Circumstances) -> Iterator[Finding]:
        if when is not None and not when(extraction):
            return
        missing = [spec for spec in specs if spec not in extraction]
        if missing:
            yield _missing(part, missing, extraction)

    return check


def _missing(part: str, specs: list[Spec], extraction: Extraction) -> Finding:
    message = Message(
        "{part} incomplete. {absent}: {fields}. Complete this part ({clause}).",
        part=Message(part),
        absent=_absent(extraction),
        fields=tuple(Message(spec.title) for spec in specs),
        clause=CLAUSE,
    )
    fields = tuple(spec.name for spec in specs)
    return Finding("permit-incomplete", message, fields, acceptable=not VITAL & set(fields))


def _absent(extraction: Extraction) -> Message:
    """Return the words for a missing value; on a scan it could be present but illegible."""
    pictured = any(f.source.startswith("tesseract") for f in extraction.fields.values())
    return Message("Not filled in, or not legible") if pictured else Message("Not filled in")


def _is_agent(extraction: Extraction) -> bool:
    return extraction.value(P.applicant_is) == "authorized agent of owner"


def _is_demolition(extraction: Extraction) -> bool:
    return extraction.value(P.purpose) == "demolition"


def _has_schedule_1(extraction: Extraction) -> bool:
    return any(name.startswith(("designer_", "design_", "firm_")) for name in extraction.fields)


def project_located(extraction: Extraction, _: Circumstances) -> Iterator[Finding]:
    """Find a project without a street address, lot or plan."""
    places = (P.project_address, P.project_lot_con, P.project_plan_number)
    if not any(spec in extraction for spec in places):
        message = Message(
            "Project location missing. Section A: no street address, lot, concession or plan number was found. Say "
            "where the project is ({clause}).",
            clause=CLAUSE,
        )
        names = tuple(spec.name for spec in places)
        yield Finding("permit-incomplete", message, names, acceptable=False)


def a_way_to_reach(extraction: Extraction, _: Circumstances) -> Iterator[Finding]:
    """Find an applicant without a telephone number and an e-mail address."""
    ways = (P.applicant_phone, P.applicant_cell, P.applicant_email)
    if not any(spec in extraction for spec in ways):
        message = Message(
            "No telephone number or e-mail address. Section C: the applicant gives neither. Give at least one "
            "({clause}).",
            clause=CLAUSE,
        )
        yield Finding("permit-incomplete", message, tuple(spec.name for spec in ways))


def the_owner(extraction: Extraction, _: Circumstances) -> Iterator[Finding]:
    """Find an agent's application that does not name the owner, a person or a corporation, with an address."""
    if not _is_agent(extraction):
        return
    missing: list[Spec] = []
    if P.owner_last_name not in extraction and P.owner_corporation not in extraction:
        missing.append(P.owner_last_name)
    address = (P.owner_address, P.owner_municipality, P.owner_postal_code)
    missing += [spec for spec in address if spec not in extraction]
    if missing:
        part = "Section D (the applicant is an agent, so the owner must be named)"
        yield _missing(part, missing, extraction)


def schedule_1(extraction: Extraction, _: Circumstances) -> Iterator[Finding]:
    """Find an application without a designer's Schedule 1; a demolition, an architect or an engineer may need none."""
    if _has_schedule_1(extraction) or _is_demolition(extraction):
        return
    message = Message(
        "Schedule 1 missing. Schedule 1 (Designer Information) is not filled in. Attach one for each person who is "
        "responsible for the design, unless that is an architect or a professional engineer ({clause}).",
        clause=CLAUSE,
    )
    yield Finding("permit-schedule-1", message, (P.designer_name.name,))


def a_qualified_designer(extraction: Extraction, _: Circumstances) -> Iterator[Finding]:
    """Find a Schedule 1 without the designer's BCIN, or without the firm's if there is a firm, and without an
    exemption.
    """
    if not _has_schedule_1(extraction) or P.designer_exemption in extraction:
        return
    if P.designer_bcin not in extraction:
        message = Message(
            "Designer's BCIN missing. Schedule 1, Section D: the designer gives neither an individual BCIN nor a basis "
            "for exemption. Give one of them (Building Code, Division C, Subsections 3.2.4. and 3.2.5.)."
        )
        yield Finding("permit-designer", message, (P.designer_bcin.name,))
    elif P.designer_firm in extraction and P.firm_bcin not in extraction:
        message = Message(
            "Firm's BCIN missing. Schedule 1, Section D: BCIN of {firm}: {absent}. Give the firm's BCIN, or declare "
            "as an “other designer” with the basis for exemption.",
            firm=extraction[P.designer_firm].value,
            absent=_absent(extraction),
        )
        yield Finding("permit-designer", message, (P.firm_bcin.name,))


def statements(extraction: Extraction, _: Circumstances) -> Iterator[Finding]:
    """Find the statements of Section H that are missing or answered with No."""
    specs = (
        *(P.states_complete, P.states_fees_paid, P.states_plans_attached),
        *(P.states_documents_attached, P.states_lawful),
    )
    missing: list[Spec] = [spec for spec in specs if spec not in extraction]
    if missing:
        yield _missing("Section H", missing, extraction)
    for spec in specs:
        if extraction.value(spec) is False:
            message = Message(
                "Section H answered with No: {statement}. Ask the applicant what is still to come ({clause}).",
                statement=Message(spec.title),
                clause=CLAUSE,
            )
            yield Finding("permit-statement", message, (spec.name,))


def same_declarant(extraction: Extraction, _: Circumstances) -> Iterator[Finding]:
    """Find a declarant who is not the applicant; for a corporation another person may sign."""
    applicant, declarant = extraction.value(P.applicant_last_name), extraction.value(P.declarant_name)
    if not applicant or not declarant or P.applicant_corporation in extraction:
        return
    if _letters(applicant) not in _letters(declarant):
        message = Message(
            "Declared by another person. Section I is declared by {declarant}, but the applicant in Section C is "
            "{applicant}. The applicant must make the declaration.",
            declarant=declarant,
            applicant=applicant,
        )
        fields = (P.applicant_last_name.name, P.declarant_name.name)
        yield Finding("permit-declarant", message, fields)


def well_formed(specs: Iterable[Spec], pattern: str, example: str) -> Check:
    """Return the check that each of these texts has the expected pattern."""
    fields_checked = tuple(specs)

    def check(extraction: Extraction, _: Circumstances) -> Iterator[Finding]:
        for spec in fields_checked:
            if spec in extraction and not re.fullmatch(pattern, extraction[spec].value):
                message = Message(
                    "{title} is not in the usual form. It reads “{text}”; it should look like {example}. Compare it "
                    "with the page.",
                    title=Message(spec.title),
                    text=extraction[spec].text,
                    example=Message(example),
                )
                yield Finding("shaped", message, (spec.name,))

    return check


def _letters(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


#: All completeness checks, in the order of the form.
COMPLETENESS: tuple[Check, ...] = (
    project_located,
    complete("Section A", P.project_municipality, P.project_value, P.project_value_number, P.work_area_m2),
    complete("Section B", P.purpose, P.current_use, P.work_description),
    complete("Section B", P.proposed_use, when=lambda e: not _is_demolition(e)),
    complete(
        "Section C",
        *(P.applicant_is, P.applicant_last_name, P.applicant_first_name, P.applicant_address),
        *(P.applicant_municipality, P.applicant_postal_code, P.applicant_province),
    ),
    a_way_to_reach,
    the_owner,
    complete("Section F", P.tarion_new_home),
    complete("Section F", P.registration_required, when=lambda e: e.value(P.tarion_new_home) is True),
    complete(
        "Section F",
        P.registration_number,
        when=lambda e: e.value(P.registration_required) is True,
    ),
    statements,
    complete("Section I", P.declarant_name, P.declaration_date),
    same_declarant,
    schedule_1,
    complete(
        "Schedule 1",
        *(P.designer_name, P.designer_address, P.designer_municipality, P.designer_postal_code),
        *(P.design_activities, P.designer_work, P.designer_declarant, P.designer_date),
        when=_has_schedule_1,
    ),
    a_qualified_designer,
    not_after_today(P.designer_date),
    well_formed(
        (
            *(P.project_postal_code, P.applicant_postal_code, P.owner_postal_code),
            *(P.builder_postal_code, P.designer_postal_code),
        ),
        POSTAL_CODE,
        "L9T 2K5",
    ),
    well_formed((P.designer_bcin, P.firm_bcin), BCIN, "28708, four to six digits"),
    well_formed((P.applicant_phone, P.applicant_cell), TELEPHONE, "905-555-0123"),
)
