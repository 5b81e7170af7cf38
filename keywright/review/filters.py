"""The filters of the queue, as the address holds them: view, bot, kind, vendor and so on.

The page and the API use them. While the office masks values, people who may not see personal data cannot filter by what
was read of a case: otherwise a search would reveal masked values, guess by guess.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.http import urlencode
from django.utils.translation import gettext_noop

from keywright import clock
from keywright.database.models import StoredCase
from keywright.findings import Kind
from keywright.model.fields import bare
from keywright.people.absences import stands_in_for
from keywright.review.filter_input import one_line, typed
from keywright.review.review_queue import IN_TURN
from keywright.settings.settings import settings

VIEWS = {
    "": gettext_noop("all"),
    "late": gettext_noop("overdue"),
    "mine": gettext_noop("claimed by me"),
    "handed": gettext_noop("assigned to me"),
    "parked": gettext_noop("on hold"),
}
SORTS = {
    "": gettext_noop("by due date"),
    "amount": gettext_noop("largest amount first"),
    "age": gettext_noop("longest waiting first"),
}
READ = ("vendor", "amount_from", "amount_to", "currency")
"""The filters by values that were read of a case."""


@dataclass(frozen=True, slots=True)
class Filters:
    """The chosen filters: a view out of ``VIEWS``, a bot, a kind of exception, words that a case must show, and so on.

    Amounts are inclusive; ``due_until`` is a whole day in the town, ``due_before`` an exclusive time; ``days`` is the
    least number of days that a case has waited; ``sort`` is out of ``SORTS``; ``layout`` is the number of a layout.
    """

    view: str = ""
    bot: str = ""
    kind: str = ""
    words: str = ""
    vendor: str = ""
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    currency: str = ""
    due_until: dt.date | None = None
    due_before: dt.datetime | None = None
    days: int | None = None
    sort: str = ""
    layout: int | None = None

    @classmethod
    def of(cls, query: Mapping[str, str], bots: Collection[str], *, personal: bool) -> Filters:
        """Return the filters in an address; unknown values, and filters that a person may not use, are ignored."""
        view, bot, kind = query.get("view", ""), query.get("bot", ""), query.get("kind", "")
        currency, sort = query.get("currency", ""), query.get("sort", "")
        layout = query.get("layout", "")
        filters = cls(
            view=view if view in VIEWS else "",
            bot=bot if bot in bots else "",
            kind=kind if kind in set(Kind) else "",
            words=one_line(query.get("words", "")),
            currency=currency if re.fullmatch(r"[A-Z]{3}", currency) else "",
            sort=sort if sort in SORTS else "",
            layout=int(layout) if layout.isdecimal() and len(layout) < 19 else None,
            **typed(query)[0],
        )
        return filters if personal else filters.without_reading()

    @property
    def by_reading(self) -> bool:
        """Return True if cases are filtered or sorted by what was read of them, apart from the words."""
        return self != self.without_reading()

    def without_reading(self) -> Filters:
        """Return the same filters without the ones by what was read."""
        sort = "" if self.sort == "amount" else self.sort
        return replace(self, sort=sort, **{name: getattr(Filters(), name) for name in READ})

    def query_values(self) -> dict[str, str]:
        """Return the chosen values by name, in the form for an address."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        texts = {name: f"{value:f}" if isinstance(value, Decimal) else str(value) for name, value in values.items()}
        return {name: texts[name] for name, value in values.items() if value is not None and value != ""}

    def query(self, **changes: Any) -> str:
        """Return the query part of the address with changes, from its question mark on; "" if nothing is chosen."""
        query = replace(self, **changes).query_values()
        return f"?{urlencode(query)}" if query else ""

    @property
    def chosen(self) -> bool:
        """Return True if the filters show only a part of the queue, or another order."""
        return self != Filters()

    @property
    def beside_the_view(self) -> bool:
        """Return True if a filter is chosen that can be cleared."""
        return self != Filters(view=self.view)

    @property
    def further(self) -> bool:
        """Return True if a filter is chosen that is not always on the page."""
        return self != Filters(self.view, self.bot, self.kind, self.words)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases each choice would show with the other choices, and a stamp that changes with the queue."""

    views: Mapping[str, int]
    bots: Mapping[str, int]
    kinds: Mapping[str, int]
    currencies: Mapping[str, int]
    stamp: str


@dataclass(frozen=True, slots=True)
class Reader:
    """The person who looks at the queue, and when; ``hands`` are the ids of this person and of those represented.

    ``personal`` says that the person may see what was read of a case.
    """

    person: User
    hands: tuple[int, ...]
    at: dt.datetime
    personal: bool

    @classmethod
    def of(cls, person: User, *, personal: bool) -> Reader:
        """Return a person at the current time, with the absent people represented."""
        return cls(person, (person.pk, *stands_in_for(person)), clock.now(), personal)


def chosen_rows(rows: QuerySet[StoredCase], filters: Filters, reader: Reader) -> QuerySet[StoredCase]:
    """Return the cases that pass all filters, in the chosen order."""
    rows_chosen = _narrowed(rows, filters, reader).filter(_in_view(filters.view, reader), _same(filters))
    return rows_chosen.order_by(*_order(filters.sort))


def counts_of(rows: QuerySet[StoredCase], filters: Filters, reader: Reader) -> Counts:
    """Count what each choice would show, in two database queries."""
    rows = _narrowed(rows, filters, reader).order_by()
    views, stamp = _views(rows.filter(_same(filters)), reader)
    in_view = rows.filter(_in_view(filters.view, reader))
    groups = list(in_view.values_list("bot", "kind", "currency").annotate(n=Count("pk")))
    chosen = (filters.bot, filters.kind, filters.currency)
    bots, kinds, currencies = (_beside(groups, chosen, place) for place in range(3))
    return Counts(views, bots, kinds, currencies, f"{stamp}.{sum(n for *_, n in groups)}")


def _narrowed(rows: QuerySet[StoredCase], filters: Filters, reader: Reader) -> QuerySet[StoredCase]:
    """Return the cases that pass the words and the further filters, except the currency."""
    condition = _words(filters.words, personal=reader.personal) & _due_and_age(filters, reader.at)
    condition &= Q() if filters.layout is None else Q(layout=filters.layout)
    if reader.personal:
        condition &= _vendor(filters.vendor)
        condition &= Q() if filters.amount_from is None else Q(amount__gte=filters.amount_from)
        condition &= Q() if filters.amount_to is None else Q(amount__lte=filters.amount_to)
    return rows.filter(condition)


def _words(words: str, *, personal: bool) -> Q:
    """Return the condition that a case shows words: in the file's name, the sender's, or one of its numbers."""
    if not words:
        return Q()
    condition = Q(document__file_name__icontains=words)
    condition |= Q(pk=int(words)) if words.isdecimal() and len(words) < 19 else Q()
    if personal:
        condition |= Q(sender__icontains=words)
        condition |= Q(paper_number__contains=bare(words)) if bare(words) else Q()
    return condition


def _vendor(name: str) -> Q:
    if not name:
        return Q()
    return Q(sender_key__contains=bare(name)) if bare(name) else Q(pk__in=[])


def _due_and_age(filters: Filters, at: dt.datetime) -> Q:
    condition = Q(due_at__lt=filters.due_before) if filters.due_before else Q()
    if filters.due_until:
        after = filters.due_until + dt.timedelta(days=1)
        condition &= Q(due_at__lt=dt.datetime.combine(after, dt.time(), settings().zone))
    if filters.days is not None:
        since = at - dt.timedelta(days=filters.days)
        condition &= Q(referred_at__lte=since) | Q(referred_at=None, changed_at__lte=since)
    return condition


def _order(sort: str) -> tuple[Any, ...]:
    match sort:
        case "amount":
            return (F("amount").desc(nulls_last=True), *IN_TURN)
        case "age":
            return (Coalesce("referred_at", "changed_at"), "pk")
    return IN_TURN


def _views(rows: QuerySet[StoredCase], reader: Reader) -> tuple[dict[str, int], str]:
    """Return how many cases each view has, and values that change if a case comes, goes, is claimed or handed over."""
    claimed_now = Q(claimed_until__gt=reader.at)
    figures: dict[str, Any] = rows.aggregate(
        **{f"view_{name}": Count("pk", filter=_in_view(name, reader)) for name in VIEWS},
        changed=Max("changed_at"),
        claimed=Max("claimed_until"),
        held=Sum(F("pk") * F("claimed_by_id"), filter=claimed_now),
        handed=Sum(F("pk") * F("assigned_to_id")),
        parked=Max("parked_until"),
    )
    views = {name: figures.pop(f"view_{name}") for name in VIEWS}
    figures["minutes"] = int(reader.at.timestamp()) // 600  # the ages on the page are updated every ten minutes
    parts = [
        part.timestamp() if isinstance(part, dt.datetime) else part or 0
        for part in (*figures.values(), *views.values())
    ]
    return views, ".".join(f"{part:x}" if isinstance(part, int) else f"{part:.6f}" for part in parts)


def _in_view(view: str, reader: Reader) -> Q:
    at = reader.at
    taken_up = Q(parked_until=None) | Q(parked_until__lte=at)
    match view:
        case "late":
            return taken_up & Q(due_at__lte=at)
        case "mine":
            return Q(claimed_by=reader.person, claimed_until__gt=at)
        case "handed":
            return taken_up & Q(assigned_to__in=reader.hands)
        case "parked":
            return Q(parked_until__gt=at)
    return taken_up


def _same(filters: Filters) -> Q:
    choices = {"bot": filters.bot, "kind": filters.kind, "currency": filters.currency}
    return Q(**{name: value for name, value in choices.items() if value})


def _beside(groups: Iterable[tuple[Any, ...]], chosen: tuple[str, ...], place: int) -> dict[str, int]:
    """Return how many cases each value at a place of the groups has, with the choices at the other places applied."""
    sums: dict[str, int] = {}
    for *values, n in groups:
        if all(here == place or wanted in ("", values[here]) for here, wanted in enumerate(chosen)):
            sums[values[place]] = sums.get(values[place], 0) + n
    return sums
