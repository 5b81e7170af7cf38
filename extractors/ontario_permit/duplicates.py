"""What a permit application shares with its duplicate."""

from __future__ import annotations

from extractors.ontario_permit.form import OntarioPermitApplication as Permit
from keywright.model.duplicates import Trait
from keywright.model.fields import Extraction, bare
from keywright.model.vendor import Payee


def permit_traits(form: Extraction, _payee: Payee | None = None) -> tuple[Trait, ...]:
    """Return what an application shares with its duplicate: the place, the applicant and the date."""
    place, unit, applicant = (
        bare(form.value(spec) or "")
        for spec in (Permit.project_address, Permit.project_unit, Permit.applicant_last_name)
    )
    declared = form.value(Permit.declaration_date)
    if not (place and applicant and declared):
        return ()
    return (Trait("the same address, applicant and date", f"{place} {unit} {applicant} {declared.isoformat()}"),)
