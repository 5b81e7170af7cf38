"""What a person has typed about a case and not sent yet: kept while typing, so that nothing takes it away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User

from keywright import clock
from keywright.records.models import Draft

LARGEST = 200_000
"""As many characters are kept of what was typed; no page that a person fills in has more."""


def save(number: int, person: User, typed: Mapping[str, Any]) -> None:
    """Keep what a person has typed about a case, in the place of what was kept before."""
    if len(str(typed)) > LARGEST:
        return
    found = {"typed": dict(typed), "changed_at": clock.now()}
    Draft.objects.update_or_create(case_id=number, person=person, defaults=found)


def of(number: int, person: User) -> dict[str, Any] | None:
    """Return what a person had typed about a case, or None."""
    draft = Draft.objects.filter(case_id=number, person=person).first()
    return dict(draft.typed) if draft else None


def forget(number: int) -> None:
    """Forget what anybody typed about a case: it is decided."""
    Draft.objects.filter(case_id=number).delete()
