"""Who is absent and who is the deputy: an absent person's cases are shown to the deputy too."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from keywright import clock
from keywright.database.models import Absence
from keywright.ledger import ledger


def set_absence(person: User, deputy: User, since: dt.datetime, until: dt.datetime, *, by: User) -> Absence:
    """Record that a person is absent and who the deputy is; recording the same absence twice has no effect.

    Raises ValueError, with a sentence for the person who typed it, if the two are one person, the time is over or ends
    before it begins, or overlaps another absence of the person.
    """
    if person.pk == deputy.pk:
        raise ValueError(_("Choose someone else: a person cannot be their own substitute."))
    if until <= since:
        raise ValueError(_("The absence must end after it begins."))
    if until <= clock.now():
        raise ValueError(_("This absence has already ended."))
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)
        existing = Absence.objects.filter(person=person, deputy=deputy, since=since, until=until).first()
        if existing:
            return existing
        if Absence.objects.filter(person=person, since__lt=until, until__gt=since).exists():
            words = _("%(person)s already has an absence during this time. Cancel that one first.")
            raise ValueError(words % {"person": person.get_username()})
        absence = Absence.objects.create(person=person, deputy=deputy, since=since, until=until)
        ledger.append("absence-set", actor=by.get_username(), body=_body(absence))
    return absence


def end_absence(absence: int, *, by: User) -> None:
    """Cancel an absence; does nothing if it was cancelled before."""
    with transaction.atomic():
        row = Absence.objects.select_for_update().filter(pk=absence).first()
        if row is None:
            return
        ledger.append("absence-ended", actor=by.get_username(), body=_body(row))
        row.delete()


def absences() -> QuerySet[Absence]:
    """Return the absences that are not over, the next ones first."""
    rows = Absence.objects.filter(until__gt=clock.now()).select_related("person", "deputy")
    return rows.order_by("since", "pk")


def deputy_of(person: User, at: dt.datetime | None = None) -> User | None:
    """Return the person who does a person's work now; None if the person is present, or all deputies are absent too."""
    away = {row.person_id: row.deputy for row in _current(at).select_related("deputy")}
    visited, deputy = {person.pk}, away.get(person.pk)
    while deputy is not None and deputy.pk in away:
        if deputy.pk in visited:
            return None
        visited.add(deputy.pk)
        deputy = away[deputy.pk]
    return deputy


def stands_in_for(person: User, at: dt.datetime | None = None) -> set[int]:
    """Return the ids of the people for whom a person is deputy now, directly or through other deputies."""
    deputies: dict[int, set[int]] = {}
    for row in _current(at):
        deputies.setdefault(row.deputy_id, set()).add(row.person_id)
    represented: set[int] = set()
    waiting = [person.pk]
    while waiting:
        new = deputies.get(waiting.pop(), set()) - represented - {person.pk}
        represented |= new
        waiting += new
    return represented


def _current(at: dt.datetime | None) -> QuerySet[Absence]:
    at = at or clock.now()
    return Absence.objects.filter(since__lte=at, until__gt=at)


def _body(row: Absence) -> dict[str, Any]:
    return {
        "person": row.person.get_username(),
        "deputy": row.deputy.get_username(),
        "since": row.since.isoformat(),
        "until": row.until.isoformat(),
    }
