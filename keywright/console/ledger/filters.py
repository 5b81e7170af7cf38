"""The filters of the ledger page, taken from the address: event, person, case and days."""

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
    """The chosen filters. Days are in the town's time zone; ``since`` and ``until`` are both included."""

    event: str = ""
    actor: str = ""
    case: str = ""
    since: str = ""
    until: str = ""
    before: str = ""

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> LedgerFilters:
        """Return the filters in an address, ignoring those that are not valid."""
        event = parameters.get("event", "")
        return cls(
            event if event in EVENTS else "",
            parameters.get("actor", "").replace("\x00", "").strip()[:150],
            _number(parameters.get("case", "").strip()),
            _day(parameters.get("since", "")),
            _day(parameters.get("until", "")),
            _number(parameters.get("before", "")),
        )

    @property
    def chosen(self) -> dict[str, str]:
        """Return the active filters by name, without the position in the list."""
        return {name: value for name, value in asdict(replace(self, before="")).items() if value}

    def query(self, before: str = "") -> str:
        """Return the address of the same list, starting after an entry."""
        return "?" + urlencode({**self.chosen, **({"before": before} if before else {})})

    def entries(self, rows: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
        """Return the entries that match all the filters."""
        chosen = Q(event=self.event) if self.event else Q()
        chosen &= Q(actor=self.actor) if self.actor else Q()
        chosen &= Q(case_id=int(self.case)) if self.case else Q()
        return rows.filter(chosen & self._days())

    def _days(self) -> Q:
        """Return the condition for the days, with the range of entry numbers that can match.

        Entries are in the order of their times except where a clock was set back. The number range, with a margin,
        lets the index of an event or a person start at the right place.
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
    """Yield entries in order, in batches, so that no transaction stays open during a download."""
    last = 0
    while batch := list(rows.filter(number__gt=last).order_by("number")[:AT_ONCE]):
        yield from batch
        last = batch[-1].number


def _number(text: str) -> str:
    return text if text.isdecimal() and text.isascii() and len(text) < 19 else ""


def _day(text: str) -> str:
    try:
        day = typed_date(text)
    except ValueError:
        return ""
    return day.isoformat() if dt.date(1900, 1, 1) <= day <= dt.date(9000, 1, 1) else ""


def _midnight(day: str, later: int) -> dt.datetime:
    """Return the beginning of a day in the town's time zone, or of a later day."""
    wanted = dt.date.fromisoformat(day) + dt.timedelta(days=later)
    return dt.datetime.combine(wanted, dt.time(), settings().zone)
