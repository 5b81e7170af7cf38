"""What a permit application must meet before a bot may key it, in whichever system."""

from __future__ import annotations

from extractors.ontario_permit.completeness import COMPLETENESS
from extractors.ontario_permit.form import OntarioPermitApplication as Permit
from keywright.model.checks import Check, confident, not_a_duplicate, not_after_today
from keywright.settings.settings import settings

CHECKS: tuple[Check, ...] = (
    *COMPLETENESS,
    not_after_today(Permit.declaration_date),
    not_a_duplicate,
    confident(lambda: settings().refer_below, specs=Permit.specs),
)
