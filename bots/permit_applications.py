"""Enters building-permit applications at the town hall's permit desk."""

from __future__ import annotations

from extractors.ontario_permit.checks import CHECKS
from extractors.ontario_permit.duplicates import permit_traits
from extractors.ontario_permit.form import OntarioPermitApplication
from keywright.bot import Bot
from systems.records.permit_application import PermitApplication
from systems.town_hall.desks import permit_desk

bot = Bot(
    name="permit-applications",
    title="Building-permit applications into the permit desk",
    reads=OntarioPermitApplication,
    checks=CHECKS,
    record=PermitApplication.from_extraction,
    keys_into=permit_desk,
    same_as=permit_traits,
)
