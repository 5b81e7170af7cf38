"""What a case waits for that a robot works next: what was posted, when it is tried again, and the last error."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from keywright.cases import keying_attempts
from keywright.cases.casebook import case_of
from keywright.database.models import LedgerEntry, StoredCase
from keywright.model.case import WAITING_FOR_A_ROBOT, Case, State

PUT_BACK = "case-put-back"
GOES_ON = (
    "case-read",
    "case-checked",
    "case-reopened",
    "case-settled",
    "case-referred",
)  # the earlier error no longer counts


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a case waits for.

    ``posted`` are the records, in words, that were posted and not seen yet. ``after`` is the earliest time at which a
    robot takes the case; None for now. ``fault`` is the error of the last try.
    """

    posted: tuple[str, ...]
    after: dt.datetime | None
    fault: str

    def __str__(self) -> str:
        """Return in English what the case waits for; "" if it only waits for its first try."""
        when = f"from {timezone.localtime(self.after):%Y-%m-%d %H:%M:%S} on" if self.after else "in the next run"
        last = f" The last time: {self.fault}" if self.fault else ""
        if self.posted:
            posted = "; ".join(self.posted)
            return f"{posted}. It was not seen there yet: a robot looks for it {when}, and only looks.{last}"
        return f"It is tried again {when}.{last}" if self.fault else ""


def waiting_for(case: Case) -> Waiting | None:
    """Return what a case waits for; None if no robot works it next."""
    if case.state not in WAITING_FOR_A_ROBOT:
        return None
    after = StoredCase.objects.values_list("not_before", flat=True).get(pk=int(case.id))
    later = after if after > timezone.now() else None
    return Waiting(tuple(keying_attempts.posted_by(case)), later, _last_fault(int(case.id)))


def waits_for(case: Case) -> str:
    """Return in English what a case waits for; "" if no robot works it next, or it only waits for its first try."""
    return str(waiting_for(case) or "")


def _last_fault(case: int) -> str:
    """Return the error that put a case back, if it has not moved since."""
    entries = LedgerEntry.objects.filter(case_id=case, event__in=(PUT_BACK, *GOES_ON))
    last = entries.order_by("-number").first()
    return str(last.body.get("error", "")) if last is not None and last.event == PUT_BACK else ""


def in_doubt(bot: str) -> list[Case]:
    """Return the cases of a bot that were posted and whose record no robot has seen yet, oldest first."""
    rows = StoredCase.objects.filter(bot=bot, state=State.KEYING.value).select_related("document").order_by("pk")
    return [case_of(row) for row in rows]
