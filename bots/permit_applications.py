"""Enters building-permit applications at the town hall's permit desk."""

from __future__ import annotations

from decimal import Decimal

from extractors.ontario_permit.completeness import COMPLETENESS
from extractors.ontario_permit.form import OntarioPermitApplication as Permit
from keywright.bot import Bot
from keywright.errors import Refer
from keywright.findings import Kind
from keywright.model.checks import confident, not_a_duplicate, not_after_today
from keywright.model.duplicates import Trait
from keywright.model.fields import Extraction, FieldSpec, bare
from keywright.model.values.amounts import amount_of
from keywright.model.vendor import Payee
from keywright.settings.settings import settings
from systems.town_hall.desks import PermitApplication, permit_desk


def application(form: Extraction, _: Payee | None = None) -> PermitApplication:
    """Fill the permit desk's form from a checked application; nobody is paid for one."""

    def told(spec: FieldSpec[str]) -> str:
        return form.value(spec) or ""

    return PermitApplication(
        project_address=told(Permit.project_address),
        project_unit=told(Permit.project_unit),
        project_municipality=told(Permit.project_municipality),
        project_postal_code=told(Permit.project_postal_code),
        project_lot_con=told(Permit.project_lot_con),
        project_value=_number(form, Permit.project_value),
        work_area_m2=_number(form, Permit.work_area_m2),
        purpose=told(Permit.purpose),
        proposed_use=told(Permit.proposed_use),
        current_use=told(Permit.current_use),
        work_description=told(Permit.work_description),
        applicant_name=_person(form, Permit.applicant_first_name, Permit.applicant_last_name),
        applicant_is=told(Permit.applicant_is),
        applicant_phone=told(Permit.applicant_phone) or told(Permit.applicant_cell),
        applicant_email=told(Permit.applicant_email),
        applicant_address=told(Permit.applicant_address),
        owner_name=_person(form, Permit.owner_first_name, Permit.owner_last_name),
        builder_name=_person(form, Permit.builder_first_name, Permit.builder_last_name),
        tarion_new_home=form.value(Permit.tarion_new_home) is True,
        designer_name=told(Permit.designer_name),
        designer_bcin=told(Permit.designer_bcin),
        declaration_date=form[Permit.declaration_date].value,
    )


def _person(form: Extraction, first: FieldSpec[str], last: FieldSpec[str]) -> str:
    return " ".join(name for name in (form.value(first), form.value(last)) if name)


def _number(form: Extraction, spec: FieldSpec[str]) -> Decimal | None:
    """Return a number as it is written on the form, ``38,500`` or ``$1,200.50``, or None where there is none.

    Raises Refer for what is written and is no number: the desk would keep a blank.
    """
    written = form.value(spec)
    if written is None:
        return None
    value = amount_of(written.replace("$", "").replace(",", "").replace(" ", ""))
    if value is None:
        message = f"{spec.title} reads {written[:60]!r}, which is no number. Write digits only, like 38500."
        raise Refer.because("not-a-number", message, spec.name, kind=Kind.READING)
    return value


def same_as(form: Extraction, _: Payee | None = None) -> tuple[Trait, ...]:
    """Return what an application would share with its duplicate: the place, the applicant and the date."""
    place, unit, name = Permit.project_address, Permit.project_unit, Permit.applicant_last_name
    spelled = [bare(form.value(spec) or "") for spec in (place, unit, name)]
    declared = form.value(Permit.declaration_date)
    if not (spelled[0] and spelled[2] and declared):
        return ()
    return (Trait("the same address, applicant and date", " ".join((*spelled, declared.isoformat()))),)


bot = Bot(
    name="permit-applications",
    title="Building-permit applications into the permit desk",
    reads=Permit,
    checks=[
        *COMPLETENESS,
        not_after_today(Permit.declaration_date),
        not_a_duplicate,
        confident(lambda: settings().refer_below),
    ],
    record=application,
    keys_into=permit_desk,
    same_as=same_as,
)
