"""What of the ledger somebody looks at, as the address tells it: which event, whose, of which case, of which days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace

from django.db.models import Q, QuerySet
from django.utils.http import urlencode

from keywright.database.models import LedgerEntry
from keywright.ledger.ledger import EVENTS
from keywright.settings.settings import settings
from keywright.typed_values import typed_date

AT_ONCE = 1000
TO_SPARE = 1000
"""By so many entries the order of times may differ from that of numbers, where a clock was set back."""


@dataclass(frozen=True, slots=True)
class LedgerFilters:
    """What is chosen; days are the town's own, ``since`` and ``until`` both included."""

    event: str = ""
    actor: str = ""
    case: str = ""
    since: str = ""
    until: str = ""
    before: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> LedgerFilters:
        """Return what an address asks for; what there is not is no filter."""
        event = asked.get("event", "")
        return cls(
            event if event in EVENTS else "",
            asked.get("actor", "").replace("\x00", "").strip()[:150],
            _number(asked.get("case", "").strip()),
            _day(asked.get("since", "")),
            _day(asked.get("until", "")),
            _number(asked.get("before", "")),
        )

    @property
    def told(self) -> dict[str, str]:
        """Return what is chosen, by name, without the place in the list."""
        return {name: value for name, value in asdict(replace(self, before="")).items() if value}

    def query(self, before: str = "") -> str:
        """Return the address of the same, from an entry on."""
        return "?" + urlencode({**self.told, **({"before": before} if before else {})})

    def entries(self, rows: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
        """Return the entries that all the filters leave."""
        chosen = Q(event=self.event) if self.event else Q()
        chosen &= Q(actor=self.actor) if self.actor else Q()
        chosen &= Q(case_id=int(self.case)) if self.case else Q()
        return rows.filter(chosen & self._days())

    def _days(self) -> Q:
        """Return the condition for the days, with the numbers between which they can only be.

        Entries stand in the order of their times but for a clock that was set back: the numbers, with some to spare,
        let the index of an event or a person be entered at the right place.
        """
        chosen = Q()
        if self.since:
            since = _midnight(self.since, 0)
            first = LedgerEntry.objects.filter(at__gte=since).order_by("at").values_list("number", flat=True).first()
            chosen &= Q(at__gte=since, number__gte=max((first or 1) - TO_SPARE, 1))
        if self.until:
            until = _midnight(self.until, 1)
            last = LedgerEntry.objects.filter(at__lt=until).order_by("-at").values_list("number", flat=True).first()
            chosen &= Q(at__lt=until, number__lte=(last or 0) + TO_SPARE)
        return chosen


def in_order(rows: QuerySet[LedgerEntry]) -> Iterator[LedgerEntry]:
    """Yield entries, first to last, some at once, so that no transaction stays open while somebody downloads them."""
    last = 0
    while some := list(rows.filter(number__gt=last).order_by("number")[:AT_ONCE]):
        yield from some
        last = some[-1].number


def _number(text: str) -> str:
    return text if text.isdecimal() and text.isascii() and len(text) < 19 else ""


def _day(text: str) -> str:
    try:
        day = typed_date(text)
    except ValueError:
        return ""
    return day.isoformat() if dt.date(1900, 1, 1) <= day <= dt.date(9000, 1, 1) else ""


def _midnight(day: str, later: int) -> dt.datetime:
    """Return the beginning of a day of the town's, or of one so many days later."""
    wanted = dt.date.fromisoformat(day) + dt.timedelta(days=later)
    return dt.datetime.combine(wanted, dt.time(), settings().zone)
