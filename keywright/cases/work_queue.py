"""The cases that wait for a robot: claimed under a lease, renewed by a heartbeat, released when done.

One worker at a time holds a case. A worker that dies stops renewing, and the case is free again when its lease ends.
Every move of a case names the lease under which it is made, so a worker without a valid lease moves nothing.
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
    """Return the cases of a bot that a worker can claim now: their time has come, and no worker holds them."""
    at = clock.now()
    return StoredCase.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=at),
        bot=bot,
        state__in=[state.value for state in states],
        not_before__lte=at,
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

    The claim is a conditional update: of two workers that see the same case, one gets it and the other the next. A case
    that a worker never released is abandoned: it may kill the next worker in the same way. It is claimed after all
    others, or not at all, and the dead worker's try is counted before the work begins. When its tries are used up it is
    set aside, and so is a case that cannot be read back; ``on_set_aside`` is called with it, and the next is claimed.
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
    """Return the case that has waited longest; otherwise the abandoned one with the fewest tries."""
    cases = waiting(bot, states).select_related("document")
    longest = cases.filter(lease_token="").order_by("received_at", "pk").first()
    return longest or (cases.order_by("attempts", "received_at", "pk").first() if abandoned_too else None)


def _take(row: StoredCase, worker: str, lease: timedelta) -> Case | None:
    """Claim a case; if a dead worker left its lease on it, that worker's try is counted."""
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
    """Hold a case, and its keyings, for one lease more; return False if the lease was lost.

    Then the right to continue is lost with it. A lease that has ended is lost even if no other worker has the case.
    """
    at = clock.now()
    until = at + lease
    mine = StoredCase.objects.filter(pk=int(case.id), lease_token=case.lease, lease_until__gt=at)
    with transaction.atomic():
        if not mine.update(lease_until=until):
            return False
        Keying.objects.filter(case_id=int(case.id), lease_token=case.lease).update(lease_until=until)
    return True


def release(case: Case) -> None:
    """Release a case; does nothing if another worker has it now."""
    StoredCase.objects.filter(pk=int(case.id), lease_token=case.lease).update(**released())


@contextmanager
def heartbeat(case: Case, lease: timedelta) -> Iterator[None]:
    """Renew the lease of a case three times a lease while the work under it continues.

    If the database does not answer, the next beat tries again.
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
