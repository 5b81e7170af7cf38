"""Keyings: the intent to enter a record, on record before the post, one for a (system, identity)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from keywright.cases import Case, State
from keywright.errors import Refer, Retry
from keywright.findings import Kind
from keywright.records.models import Keying


@dataclass(frozen=True, slots=True)
class Hold:
    """The right to enter one record in one system, while its lease lasts."""

    id: int
    token: str
    system: str
    identity: str
    intended: bool  #: an earlier try may have posted it
    uncertain: bool  #: an earlier try posted it, and the system did not show it
    lease: timedelta


@contextmanager
def holding(case: Case, system: str, identity: str, lease: timedelta) -> Iterator[Hold]:
    """Hold the right to enter a record; let go of it at the end.

    Raises Refer if the record is another case's, Retry if another worker holds it now.
    """
    hold = _take(case, system, identity[:300], lease)
    try:
        yield hold
    finally:
        _held(hold).update(lease_token="", lease_until=None)


def _take(case: Case, system: str, identity: str, lease: timedelta) -> Hold:
    with transaction.atomic():
        row, _ = Keying.objects.get_or_create(system=system, identity=identity, defaults={"case_id": int(case.id)})
        if row.case_id != int(case.id):
            row = _take_over(row, case)
        token, now = secrets.token_hex(16), timezone.now()
        free = Keying.objects.filter(Q(lease_until=None) | Q(lease_until__lt=now), pk=row.pk)
        if not free.update(lease_token=token, lease_until=now + lease):
            raise Retry(f"Another worker is entering {identity} in {system}. It is tried again in a while.")
    return Hold(row.pk, token, system, identity, row.intended_at is not None, row.uncertain, lease)


def _take_over(row: Keying, case: Case) -> Keying:
    """Give the keying of a case that was refused before anything was posted to the case that wants it now."""
    if row.intended_at is None and row.case.state == State.REFUSED:
        Keying.objects.filter(pk=row.pk, intended_at=None).update(case_id=int(case.id))
        return row
    raise Refer.because(
        "keyed-by-another-case",
        f"Case {row.case_id} ({row.case.document.file_name}, {row.case.state}) enters the same record in {row.system}: "
        f"{row.identity}. Refuse this one if it is the same; correct its number if it is not.",
        kind=Kind.DUPLICATE,
    )


def _held(hold: Hold) -> Any:
    return Keying.objects.filter(pk=hold.id, lease_token=hold.token, lease_until__gt=timezone.now())


def renew(hold: Hold) -> None:
    """Hold the right for one lease more. Raises Retry if it was lost."""
    if not _held(hold).update(lease_until=timezone.now() + hold.lease):
        raise Retry(f"The lease on {hold.identity} in {hold.system} ran out before the post. It is tried again.")


def intend(hold: Hold) -> None:
    """Put the intent to post on record, and renew the lease in the same breath. Raises Retry if the lease was lost."""
    renew(hold)
    Keying.objects.filter(pk=hold.id).update(intended_at=timezone.now(), posts=F("posts") + 1, uncertain=False)


def doubt(hold: Hold) -> None:
    """Put on record that the record was posted and is not shown."""
    Keying.objects.filter(pk=hold.id).update(uncertain=True)


def close(hold: Hold, receipt: dict[str, Any]) -> None:
    """Keep the receipt of a keying, in the transaction that closes its case."""
    Keying.objects.filter(pk=hold.id).update(receipt=receipt)
