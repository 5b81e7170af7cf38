"""An incomplete permit application is reported part by part, in sentences that a letter can quote."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pytest

from demo.permits import GARAGE
from extractors.ontario_permit.completeness import CLAUSE, COMPLETENESS
from extractors.ontario_permit.form import OntarioPermitApplication as Permit
from keywright.findings import Finding
from keywright.model.checks import Circumstances
from keywright.model.fields import Extraction, Field

NOW = Circumstances(dt.date(2026, 11, 21))
STATED = {
    **{"states_complete": "yes", "states_fees_paid": "yes", "states_plans_attached": "yes"},
    **{"states_documents_attached": "yes", "states_lawful": "yes"},
}
COMPLETE = {**GARAGE, **STATED, "project_value_number": "96500.00", "design_activities": "House"}


def application(values: Mapping[str, str], source: str = "acroform") -> Extraction:
    specs = Permit.specs()
    fields = {name: Field(name, specs[name].kind.parse(text), text, 1.0, source) for name, text in values.items()}
    return Extraction(Permit.name, fields)


def findings(values: Mapping[str, str], source: str = "acroform") -> list[Finding]:
    return [finding for check in COMPLETENESS for finding in check(application(values, source), NOW)]


def without(*names: str) -> dict[str, str]:
    return {name: text for name, text in COMPLETE.items() if name not in names}


def test_a_complete_application_has_no_findings() -> None:
    assert findings(COMPLETE) == []


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("work_area_m2", "Section A"),
        ("work_description", "Section B"),
        ("applicant_municipality", "Section C"),
        ("owner_last_name", "Section D"),
        ("tarion_new_home", "Section F"),
        ("states_fees_paid", "Section H"),
        ("declaration_date", "Section I"),
        ("designer_date", "Schedule 1"),
    ],
)
def test_an_empty_field_is_told_with_its_part_and_the_clause(name: str, part: str) -> None:
    (finding,) = findings(without(name))
    assert finding.fields == (name,)
    assert finding.message.startswith(part)
    assert CLAUSE in finding.message


def test_several_empty_fields_of_a_part_are_one_sentence() -> None:
    (finding,) = findings(without("applicant_address", "applicant_municipality", "applicant_province"))
    assert finding.message == (
        "Section C incomplete. Not filled in: Applicant street address, Applicant municipality, Applicant province. "
        "Complete this part (Building Code, Division C, 1.3.1.3.(5))."
    )


def test_on_a_scan_an_empty_field_may_also_be_illegible() -> None:
    (finding,) = findings(without("work_area_m2"), source="tesseract 5.3.0")
    assert "Not filled in, or not legible" in finding.message


def test_what_a_record_cannot_do_without_cannot_be_waved_through() -> None:
    assert [finding.acceptable for finding in findings(without("declaration_date"))] == [False]
    assert [finding.acceptable for finding in findings(without("applicant_province"))] == [True]


def test_an_owner_who_applies_names_no_other_owner() -> None:
    owner = without(*(name for name in COMPLETE if name.startswith("owner_"))) | {"applicant_is": "owner"}
    assert findings(owner) == []


def test_a_new_home_needs_its_registration_number() -> None:
    home = COMPLETE | {"tarion_new_home": "yes", "registration_required": "yes"}
    assert [finding.fields for finding in findings(home)] == [("registration_number",)]
    assert findings(home | {"registration_number": "B54866"}) == []


def test_a_place_may_be_told_by_lot_instead_of_address() -> None:
    nowhere = without("project_address", "project_plan_number")
    assert [finding.fields[0] for finding in findings(nowhere)] == ["project_address"]
    assert findings(nowhere | {"project_lot_con": "Lot 12 Con 4"}) == []


def test_a_statement_answered_with_no_is_told() -> None:
    (finding,) = findings(COMPLETE | {"states_fees_paid": "no"})
    assert "Section H answered with No: Statement that all fees are paid" in finding.message


NO_DESIGNER = [name for name in COMPLETE if name.startswith(("designer_", "design_", "firm_"))]


def test_without_a_schedule_1_one_is_asked_for_but_a_demolition_needs_none() -> None:
    assert [finding.rule for finding in findings(without(*NO_DESIGNER))] == ["permit-schedule-1"]
    assert findings(without(*NO_DESIGNER, "proposed_use") | {"purpose": "demolition"}) == []


def test_a_designer_has_a_bcin_or_says_why_not() -> None:
    (finding,) = findings(without("designer_bcin", "firm_bcin"))
    assert finding.fields == ("designer_bcin",)
    assert findings(without("designer_bcin", "firm_bcin") | {"designer_exemption": "Owner of the house"}) == []


def test_a_firm_has_a_bcin_of_its_own() -> None:
    (finding,) = findings(without("firm_bcin"))
    assert "BCIN of Plumbline Drafting Ltd.: Not filled in" in finding.message


@pytest.mark.parametrize(
    ("name", "text", "example"),
    [
        ("applicant_postal_code", "D9T 2K5", "L9T 2K5"),
        ("designer_bcin", "9901", None),
        ("firm_bcin", "99-142", "four to six digits"),
        ("applicant_phone", "call me", "905-555-0123"),
    ],
)
def test_codes_and_numbers_have_their_shape(name: str, text: str, example: str | None) -> None:
    odd = findings(COMPLETE | {name: text})
    assert [finding.fields for finding in odd] == ([(name,)] if example else [])
    assert all(example in finding.message for finding in odd if example)


def test_somebody_else_cannot_declare_for_a_person() -> None:
    alone = without("applicant_corporation")
    assert findings(alone | {"declarant_name": "R. INKWELL"}) == []
    stranger = findings(alone | {"declarant_name": "Percival Marmalade"})
    assert [finding.rule for finding in stranger] == ["permit-declarant"]


def test_a_designer_cannot_sign_tomorrow() -> None:
    (finding,) = findings(COMPLETE | {"designer_date": "2026-11-22"})
    assert "in the future" in finding.message
