"""Says what a case waits for that a robot is to go on with: what was posted, when it is worked again, what was last."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from keywright.cases import keying_attempts
from keywright.cases.casebook import case_of
from keywright.database.models import LedgerEntry, StoredCase
from keywright.model.case import WAITING_FOR_A_ROBOT, Case, State

PUT_BACK = "case-put-back"
GOES_ON = ("case-read", "case-checked", "case-reopened", "case-settled", "case-referred")  # what put it back is past


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a case waits for.

    ``posted`` are the records, in words, that were posted and that no look has shown yet. ``after`` is the time from
    which on a robot may take the case; None if it may already. ``fault`` is why it was put back the last time.
    """

    posted: tuple[str, ...]
    after: dt.datetime | None
    fault: str

    def __str__(self) -> str:
        """Return in English what the case waits for; nothing if a robot has simply not come to it yet."""
        when = f"from {timezone.localtime(self.after):%Y-%m-%d %H:%M:%S} on" if self.after else "in the next run"
        last = f" The last time: {self.fault}" if self.fault else ""
        if self.posted:
            posted = "; ".join(self.posted)
            return f"{posted}. It was not seen there yet: a robot looks for it {when}, and only looks.{last}"
        return f"It is tried again {when}.{last}" if self.fault else ""


def waiting_for(case: Case) -> Waiting | None:
    """Return what a case waits for; None if no robot is to go on with it."""
    if case.state not in WAITING_FOR_A_ROBOT:
        return None
    after = StoredCase.objects.values_list("not_before", flat=True).get(pk=int(case.id))
    later = after if after > timezone.now() else None
    return Waiting(tuple(keying_attempts.posted_by(case)), later, _last_fault(int(case.id)))


def waits_for(case: Case) -> str:
    """Return in English what a case waits for; nothing if no robot is to go on with it, or has not come to it yet."""
    return str(waiting_for(case) or "")


def _last_fault(case: int) -> str:
    """Return why a case was put back, if nothing has moved it since."""
    entries = LedgerEntry.objects.filter(case_id=case, event__in=(PUT_BACK, *GOES_ON))
    last = entries.order_by("-number").first()
    return str(last.body.get("error", "")) if last is not None and last.event == PUT_BACK else ""


def in_doubt(bot: str) -> list[Case]:
    """Return the cases of a bot that were posted, and whose record no robot has seen yet, oldest first."""
    rows = StoredCase.objects.filter(bot=bot, state=State.KEYING.value).select_related("document").order_by("pk")
    return [case_of(row) for row in rows]
