"""Stores people's comments on a case for the next reader."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from keywright import clock
from keywright.database.models import CaseComment, StoredCase
from keywright.ledger import ledger

LONGEST = 2000
AGAIN = timedelta(minutes=1)
"""The same words of the same person within this time are one comment, from a button pressed twice."""


def add(number: int, text: str, *, person: User) -> CaseComment:
    """Add a comment to a case in any state; no claim is needed.

    Raises ValueError for an empty comment or one longer than ``LONGEST`` characters, StoredCase.DoesNotExist for an
    unknown case.
    """
    text = text.replace("\x00", "").strip()
    if not text:
        raise ValueError(_("Write a comment first."))
    if len(text) > LONGEST:
        words = _("A comment can have at most %(most)d characters; this one has %(count)d.")
        raise ValueError(words % {"most": LONGEST, "count": len(text)})
    with transaction.atomic():
        StoredCase.objects.select_for_update().only("pk").get(pk=number)
        twice = CaseComment.objects.filter(case_id=number, person=person, text=text, at__gt=clock.now() - AGAIN).first()
        if twice:
            return twice
        comment = CaseComment.objects.create(case_id=number, person=person, at=clock.now(), text=text)
        ledger.append("comment-added", actor=person.get_username(), case=number, body={"text": text})
    return comment


def of(number: int) -> QuerySet[CaseComment]:
    """Return the comments about a case, oldest first."""
    return CaseComment.objects.filter(case_id=number).select_related("person")
