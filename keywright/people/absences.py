"""Knows who is away and who does the work meanwhile: an absent person's cases show for the deputy too."""

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
    """Put on record that a person is away and who stands in; the same absence said twice is one.

    Raises ValueError, with a sentence for whoever typed it, if the two are one person, the time is over or ends before
    it begins, or the person is said to be away already in part of it.
    """
    if person.pk == deputy.pk:
        raise ValueError(_("Choose somebody else: nobody can stand in for oneself."))
    if until <= since:
        raise ValueError(_("The absence has to end after it begins."))
    if until <= clock.now():
        raise ValueError(_("This absence is over already."))
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)
        same = Absence.objects.filter(person=person, deputy=deputy, since=since, until=until).first()
        if same:
            return same
        if Absence.objects.filter(person=person, since__lt=until, until__gt=since).exists():
            words = _("%(person)s is away in part of this time already. End that absence first.")
            raise ValueError(words % {"person": person.get_username()})
        absence = Absence.objects.create(person=person, deputy=deputy, since=since, until=until)
        ledger.append("absence-set", actor=by.get_username(), body=_told(absence))
    return absence


def end_absence(absence: int, *, by: User) -> None:
    """Call an absence off, from now on; nothing happens if it was called off before."""
    with transaction.atomic():
        row = Absence.objects.select_for_update().filter(pk=absence).first()
        if row is None:
            return
        ledger.append("absence-ended", actor=by.get_username(), body=_told(row))
        row.delete()


def absences() -> QuerySet[Absence]:
    """Return the absences that are not over, the next ones first."""
    rows = Absence.objects.filter(until__gt=clock.now()).select_related("person", "deputy")
    return rows.order_by("since", "pk")


def deputy_of(person: User, now: dt.datetime | None = None) -> User | None:
    """Return who does a person's work now, or None while the person is there, or if all who would are away too."""
    away = {row.person_id: row.deputy for row in _now(now).select_related("deputy")}
    seen, who = {person.pk}, away.get(person.pk)
    while who is not None and who.pk in away:
        if who.pk in seen:
            return None
        seen.add(who.pk)
        who = away[who.pk]
    return who


def stands_in_for(person: User, now: dt.datetime | None = None) -> set[int]:
    """Return the ids of those whose work a person does now: who is away with this deputy, and so on from deputy to
    deputy; the person's own is not among them."""
    deputies: dict[int, set[int]] = {}
    for row in _now(now):
        deputies.setdefault(row.deputy_id, set()).add(row.person_id)
    found: set[int] = set()
    waiting = [person.pk]
    while waiting:
        new = deputies.get(waiting.pop(), set()) - found - {person.pk}
        found |= new
        waiting += new
    return found


def _now(now: dt.datetime | None) -> QuerySet[Absence]:
    now = now or clock.now()
    return Absence.objects.filter(since__lte=now, until__gt=now)


def _told(row: Absence) -> dict[str, Any]:
    return {
        "person": row.person.get_username(),
        "deputy": row.deputy.get_username(),
        "since": row.since.isoformat(),
        "until": row.until.isoformat(),
    }
