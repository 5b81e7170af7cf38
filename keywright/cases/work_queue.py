"""The cases that wait for a robot: claimed under a lease, renewed by a heartbeat, released when done.

A case is held by one worker at a time. A worker that dies stops renewing, and the case is free again when its lease
ends. Every move of a case names the lease it was made under, so a worker that outlived its lease can move nothing.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from django.db import InterfaceError, OperationalError, close_old_connections, connection, transaction
from django.db.models import F, Q, QuerySet

from keywright import clock
from keywright.cases.casebook import Unreadable, case_of, fail_unreadable, released
from keywright.cases.set_aside import set_aside
from keywright.database.models import Keying, StoredCase
from keywright.model.case import WAITING_FOR_A_ROBOT, Case, IllegalMove, State
from keywright.settings.settings import settings


def waiting(bot: str, states: Sequence[State] = WAITING_FOR_A_ROBOT) -> QuerySet[StoredCase]:
    """Return the cases of a bot that a worker may claim now: due, and in nobody's hands."""
    now = clock.now()
    return StoredCase.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=now),
        bot=bot,
        state__in=[state.value for state in states],
        not_before__lte=now,
    )


def claim(
    bot: str,
    worker: str,
    lease: timedelta,
    states: Sequence[State] = WAITING_FOR_A_ROBOT,
    *,
    abandoned_too: bool = True,
    on_set_aside: Callable[[Case], object] = lambda _: None,
) -> Case | None:
    """Claim the case in one of these states that has waited longest; return it, or None if none waits.

    The claim is a conditional update: of two workers that see the same case, one gets it and the other the next.
    A case that a worker never let go of is abandoned: whatever killed that worker may kill this one as well. It is
    claimed after all others, or not at all, and the dead worker's try is counted now, before the work begins. When its
    tries are used up it is set aside, as is a case that cannot be read back; ``on_set_aside`` is told, and the next is
    claimed.
    """
    while (row := _next(bot, states, abandoned_too)) is not None:
        try:
            if row.lease_token and row.attempts + 1 >= settings().attempts:
                on_set_aside(set_aside(case_of(row), actor=worker))
            elif case := _take(row, worker, lease):
                return case
        except Unreadable as why:
            if failed := fail_unreadable(row, why, actor=worker):
                on_set_aside(failed)
        except IllegalMove:  # another worker set it aside, or claimed it, in the same moment
            continue
    return None


def _next(bot: str, states: Sequence[State], abandoned_too: bool) -> StoredCase | None:
    """Return the case that has waited longest; if there is none, the abandoned one that was tried least often."""
    cases = waiting(bot, states).select_related("document")
    longest = cases.filter(lease_token="").order_by("received_at", "pk").first()
    return longest or (cases.order_by("attempts", "received_at", "pk").first() if abandoned_too else None)


def _take(row: StoredCase, worker: str, lease: timedelta) -> Case | None:
    """Claim a case; if its lease is that of a worker which never let go of it, that worker's try is counted."""
    token = secrets.token_hex(16)
    with transaction.atomic():
        taken = (
            waiting(row.bot)
            .filter(pk=row.pk, lease_token=row.lease_token)
            .update(
                lease_token=token,
                lease_holder=worker,
                lease_until=clock.now() + lease,
                attempts=F("attempts") + (1 if row.lease_token else 0),
            )
        )
        return case_of(StoredCase.objects.select_related("document").get(pk=row.pk)) if taken else None


def renew(case: Case, lease: timedelta) -> bool:
    """Hold a case, and what is keyed for it, for one lease more; return False if the lease was lost.

    Then the right to go on is lost with it. A lease that has ended is lost, whether or not another worker has the case.
    """
    now = clock.now()
    until = now + lease
    held = StoredCase.objects.filter(pk=int(case.id), lease_token=case.lease, lease_until__gt=now)
    with transaction.atomic():
        if not held.update(lease_until=until):
            return False
        Keying.objects.filter(case_id=int(case.id), lease_token=case.lease).update(lease_until=until)
    return True


def release(case: Case) -> None:
    """Let go of a case as it stands; nothing happens if it is another's by now."""
    StoredCase.objects.filter(pk=int(case.id), lease_token=case.lease).update(**released())


@contextmanager
def heartbeat(case: Case, lease: timedelta) -> Iterator[None]:
    """Renew the lease of a case three times a lease while the work under it goes on.

    A database that is away for a moment is asked again with the next beat.
    """
    done = threading.Event()

    def beat() -> None:
        while not done.wait(lease.total_seconds() / 3):
            close_old_connections()
            try:
                if not renew(case, lease):
                    break
            except (OperationalError, InterfaceError):
                connection.close()
        connection.close()

    thread = threading.Thread(target=beat, name=f"heartbeat of case {case.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
