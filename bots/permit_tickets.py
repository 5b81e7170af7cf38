"""Enters building-permit applications at a permit desk that runs Trac, with the application itself attached."""

from __future__ import annotations

from dataclasses import replace

from bots.permit_applications import application, same_as
from bots.permit_applications import bot as town_hall_bot
from extractors.ontario_permit.form import OntarioPermitApplication as Permit
from keywright.bot import Bot
from keywright.model.document import Enclosure
from keywright.model.fields import Extraction
from keywright.model.vendor import Payee
from systems.trac.permits import TracPermit, trac_permits


def permit(form: Extraction, _: Payee | None = None) -> TracPermit:
    """Fill the permit desk's form from a checked application: what the town hall's desk asks for, in Trac's fields."""
    told = application(form)
    return TracPermit(
        project_address=told.project_address,
        project_unit=told.project_unit,
        project_municipality=told.project_municipality,
        project_postal_code=told.project_postal_code,
        project_lot_con=told.project_lot_con,
        project_value=told.project_value,
        work_area_m2=told.work_area_m2,
        purpose=told.purpose,
        proposed_use=told.proposed_use,
        current_use=told.current_use,
        work_description=told.work_description,
        applicant_name=told.applicant_name,
        applicant_is=told.applicant_is,
        applicant_phone=told.applicant_phone,
        applicant_email=told.applicant_email,
        applicant_address=told.applicant_address,
        owner_name=told.owner_name,
        builder_name=told.builder_name,
        tarion_new_home=told.tarion_new_home,
        designer_name=told.designer_name,
        designer_bcin=told.designer_bcin,
        declaration_date=told.declaration_date,
    )


def with_application(record: TracPermit, paper: Enclosure) -> TracPermit:
    """Put the application itself into the record, to be attached."""
    return replace(record, file=paper)


bot = Bot(
    name="permit-tickets",
    title="Building-permit applications into Trac, with the application attached",
    reads=Permit,
    checks=town_hall_bot.checks,
    record=permit,
    keys_into=trac_permits,
    same_as=same_as,
    encloses=with_application,
)
