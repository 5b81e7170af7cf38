"""Enters building-permit applications at a permit desk that runs Trac, with the application itself attached."""

from __future__ import annotations

from extractors.ontario_permit.checks import CHECKS
from extractors.ontario_permit.duplicates import permit_traits
from extractors.ontario_permit.form import OntarioPermitApplication
from keywright.bot import Bot
from systems.records.permit_application import PermitApplication
from systems.trac.permits import trac_permits

bot = Bot(
    name="permit-tickets",
    title="Building-permit applications into Trac, with the application attached",
    reads=OntarioPermitApplication,
    checks=CHECKS,
    record=PermitApplication.from_extraction,
    keys_into=trac_permits,
    same_as=permit_traits,
    encloses=PermitApplication.enclosing,
)
