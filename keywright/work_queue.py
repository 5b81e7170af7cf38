"""The cases that wait for a robot: claimed under a lease, renewed by a heartbeat, released when done.

A case is held by one worker at a time. A worker that dies stops renewing, and the case is free again when its lease
ends. Every move of a case names the lease it was made under, so a worker that outlived its lease can move nothing.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import close_old_connections, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from keywright.casebook import case_of, released
from keywright.cases import WAITING_FOR_A_ROBOT, Case
from keywright.records.models import StoredCase


def waiting(bot: str) -> QuerySet[StoredCase]:
    """Return the cases of a bot that a worker may claim now: due, and in nobody's hands."""
    now = timezone.now()
    return StoredCase.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=now),
        bot=bot,
        state__in=[state.value for state in WAITING_FOR_A_ROBOT],
        not_before__lte=now,
    )


def claim(bot: str, worker: str, lease: timedelta) -> Case | None:
    """Claim the case that has waited longest; return it, or None if none waits.

    The claim is a conditional update: of two workers that see the same case, one gets it and the other the next.
    """
    while (row := waiting(bot).order_by("received_at", "pk").first()) is not None:
        if case := _take(row, worker, lease):
            return case
    return None


def _take(row: StoredCase, worker: str, lease: timedelta) -> Case | None:
    token = secrets.token_hex(16)
    with transaction.atomic():
        taken = (
            waiting(row.bot)
            .filter(pk=row.pk)
            .update(lease_token=token, lease_holder=worker, lease_until=timezone.now() + lease)
        )
        return case_of(StoredCase.objects.select_related("document").get(pk=row.pk)) if taken else None


def renew(case: Case, lease: timedelta) -> bool:
    """Hold a case for one lease more; return False if the lease was lost, and with it the right to go on."""
    held = StoredCase.objects.filter(pk=int(case.id), lease_token=case.lease).exclude(lease_token="")
    return bool(held.update(lease_until=timezone.now() + lease))


def release(case: Case) -> None:
    """Let go of a case as it stands; nothing happens if it is another's by now."""
    StoredCase.objects.filter(pk=int(case.id), lease_token=case.lease).update(**released())


@contextmanager
def heartbeat(case: Case, lease: timedelta) -> Iterator[None]:
    """Renew the lease of a case three times a lease while the work under it goes on."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(lease.total_seconds() / 3):
            close_old_connections()
            if not renew(case, lease):
                break
        connection.close()

    thread = threading.Thread(target=beat, name=f"heartbeat of case {case.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
