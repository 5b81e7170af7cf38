"""What of the queue somebody looks at, as the address tells it: whose cases, which bot, which kind, which words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.utils.http import urlencode
from django.utils.translation import gettext_noop

from keywright import clock
from keywright.absences import stands_in_for
from keywright.fields import bare
from keywright.findings import Kind
from keywright.records.models import StoredCase
from keywright.review_queue import IN_TURN

VIEWS = {
    "": gettext_noop("all waiting"),
    "late": gettext_noop("late"),
    "mine": gettext_noop("open with me"),
    "handed": gettext_noop("handed to me"),
    "parked": gettext_noop("parked"),
}
LONGEST = 100
"""As many letters of a search are read."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What is chosen: a view out of ``VIEWS``, a bot, a kind of exception, and words that a case must show."""

    view: str = ""
    bot: str = ""
    kind: str = ""
    words: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str], bots: Collection[str]) -> Filters:
        """Return what an address asks for; what there is not is no filter."""
        view, bot, kind = asked.get("view", ""), asked.get("bot", ""), asked.get("kind", "")
        return cls(
            view if view in VIEWS else "",
            bot if bot in bots else "",
            kind if kind in set(Kind) else "",
            " ".join(asked.get("words", "").replace("\x00", "").split())[:LONGEST],
        )

    def query(self, **changes: str) -> str:
        """Return the address of the same with changes, from its question mark on; "" if nothing is chosen."""
        told = {name: value for name, value in asdict(replace(self, **changes)).items() if value}
        return f"?{urlencode(told)}" if told else ""

    @property
    def chosen(self) -> bool:
        """Return True if less than all that waits is looked at."""
        return self != Filters()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases each choice would show beside the other choices, and a stamp that changes with the queue."""

    views: Mapping[str, int]
    bots: Mapping[str, int]
    kinds: Mapping[str, int]
    stamp: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at the queue, and when; ``hands`` are the keys of those whose work this person does, oneself first."""

    person: User
    hands: tuple[int, ...]
    now: dt.datetime

    @classmethod
    def of(cls, person: User) -> Reader:
        """Return a person as of now, with those who are away meanwhile."""
        return cls(person, (person.pk, *stands_in_for(person)), clock.now())


def found(rows: QuerySet[StoredCase], words: str) -> QuerySet[StoredCase]:
    """Return the cases that show the words: in the file's name, the sender's, the document's or the case's number."""
    if not words:
        return rows
    number = Q(pk=int(words)) if words.isdecimal() and len(words) < 19 else Q()
    told = Q(sender__icontains=words) | Q(document__file_name__icontains=words)
    told |= Q(paper_number__contains=bare(words)) if bare(words) else Q()
    return rows.filter(told | number)


def chosen_rows(rows: QuerySet[StoredCase], filters: Filters, reader: Reader) -> QuerySet[StoredCase]:
    """Return the cases that all the filters leave, the first to be done first."""
    left = found(rows.filter(_in_view(filters.view, reader)), filters.words).filter(_same(filters.bot, filters.kind))
    return left.order_by(*IN_TURN)


def counts_of(rows: QuerySet[StoredCase], filters: Filters, reader: Reader) -> Counts:
    """Count what each choice would show, in two questions to the database."""
    rows = found(rows, filters.words).order_by()
    views, stamp = _views(rows.filter(_same(filters.bot, filters.kind)), reader)
    shown = rows.filter(_in_view(filters.view, reader))
    groups = list(shown.values_list("bot", "kind").annotate(n=Count("pk")))
    bots = _summed((bot, n) for bot, kind, n in groups if filters.kind in ("", kind))
    kinds = _summed((kind, n) for bot, kind, n in groups if filters.bot in ("", bot))
    return Counts(views, bots, kinds, f"{stamp}.{sum(n for *_, n in groups)}")


def _views(rows: QuerySet[StoredCase], reader: Reader) -> tuple[dict[str, int], str]:
    """Return how many cases each view has, and what tells that one came, went, was claimed or changed hands."""
    held = Q(claimed_until__gt=reader.now)
    told: dict[str, Any] = rows.aggregate(
        **{f"view_{name}": Count("pk", filter=_in_view(name, reader)) for name in VIEWS},
        changed=Max("changed_at"),
        claimed=Max("claimed_until"),
        held=Sum(F("pk") * F("claimed_by_id"), filter=held),
        handed=Sum(F("pk") * F("assigned_to_id")),
        parked=Max("parked_until"),
    )
    views = {name: told.pop(f"view_{name}") for name in VIEWS}
    told["minutes"] = int(reader.now.timestamp()) // 600  # the ages on the page are told anew every ten minutes
    seen = [one.timestamp() if isinstance(one, dt.datetime) else one or 0 for one in (*told.values(), *views.values())]
    return views, ".".join(f"{one:x}" if isinstance(one, int) else f"{one:.6f}" for one in seen)


def _in_view(view: str, reader: Reader) -> Q:
    now = reader.now
    taken_up = Q(parked_until=None) | Q(parked_until__lte=now)
    match view:
        case "late":
            return taken_up & Q(due_at__lte=now)
        case "mine":
            return Q(claimed_by=reader.person, claimed_until__gt=now)
        case "handed":
            return taken_up & Q(assigned_to__in=reader.hands)
        case "parked":
            return Q(parked_until__gt=now)
    return taken_up


def _same(bot: str, kind: str) -> Q:
    return Q(**{name: value for name, value in (("bot", bot), ("kind", kind)) if value})


def _summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for name, n in pairs:
        sums[name] = sums.get(name, 0) + n
    return sums
