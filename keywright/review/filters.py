"""What of the queue somebody looks at, as the address tells it: whose cases, which bot, which kind, from whom.

The page and the API ask here. By what was read of a case nobody finds it who may not see personal data while the office
masks some: else a search would tell, guess by guess, what is masked.
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
    "": gettext_noop("all waiting"),
    "late": gettext_noop("late"),
    "mine": gettext_noop("open with me"),
    "handed": gettext_noop("handed to me"),
    "parked": gettext_noop("parked"),
}
SORTS = {
    "": gettext_noop("due first"),
    "amount": gettext_noop("largest amount first"),
    "age": gettext_noop("waiting longest first"),
}
READ = ("vendor", "amount_from", "amount_to", "currency")
"""The filters by what was read of a case."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What is chosen: a view out of ``VIEWS``, a bot, a kind of exception, words that a case must show, and so on.

    Amounts are both included; ``due_until`` is a whole day of the town's, ``due_before`` a time that is not included;
    ``days`` are those that a case waits at least; ``sort`` is out of ``SORTS``.
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

    @classmethod
    def of(cls, asked: Mapping[str, str], bots: Collection[str], *, personal: bool) -> Filters:
        """Return what an address asks for; what there is not is no filter, nor what a person may not see."""
        view, bot, kind = asked.get("view", ""), asked.get("bot", ""), asked.get("kind", "")
        currency, sort = asked.get("currency", ""), asked.get("sort", "")
        told = cls(
            view=view if view in VIEWS else "",
            bot=bot if bot in bots else "",
            kind=kind if kind in set(Kind) else "",
            words=one_line(asked.get("words", "")),
            currency=currency if re.fullmatch(r"[A-Z]{3}", currency) else "",
            sort=sort if sort in SORTS else "",
            **typed(asked)[0],
        )
        return told if personal else told.without_reading()

    @property
    def by_reading(self) -> bool:
        """Return True if cases are found or put in order by what was read of them, beside the words."""
        return self != self.without_reading()

    def without_reading(self) -> Filters:
        """Return the same for who may not see what was read."""
        sort = "" if self.sort == "amount" else self.sort
        return replace(self, sort=sort, **{name: getattr(Filters(), name) for name in READ})

    def told(self) -> dict[str, str]:
        """Return what is chosen, as an address has it, by name."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        texts = {name: f"{value:f}" if isinstance(value, Decimal) else str(value) for name, value in values.items()}
        return {name: texts[name] for name, value in values.items() if value is not None and value != ""}

    def query(self, **changes: Any) -> str:
        """Return the address of the same with changes, from its question mark on; "" if nothing is chosen."""
        told = replace(self, **changes).told()
        return f"?{urlencode(told)}" if told else ""

    @property
    def chosen(self) -> bool:
        """Return True if less than all that waits is looked at, or in another order."""
        return self != Filters()

    @property
    def beside_the_view(self) -> bool:
        """Return True if something is chosen that can be cleared."""
        return self != Filters(view=self.view)

    @property
    def further(self) -> bool:
        """Return True if something is chosen that is not always on the page."""
        return self != Filters(self.view, self.bot, self.kind, self.words)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases each choice would show beside the other choices, and a stamp that changes with the queue."""

    views: Mapping[str, int]
    bots: Mapping[str, int]
    kinds: Mapping[str, int]
    currencies: Mapping[str, int]
    stamp: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at the queue, and when; ``hands`` are the keys of those whose work this person does, oneself first.

    ``personal`` says that the person may see what was read of a case.
    """

    person: User
    hands: tuple[int, ...]
    now: dt.datetime
    personal: bool

    @classmethod
    def of(cls, person: User, *, personal: bool) -> Reader:
        """Return a person as of now, with those who are away meanwhile."""
        return cls(person, (person.pk, *stands_in_for(person)), clock.now(), personal)


def chosen_rows(rows: QuerySet[StoredCase], filters: Filters, reader: Reader) -> QuerySet[StoredCase]:
    """Return the cases that all the filters leave, in the order that is asked for."""
    left = _narrowed(rows, filters, reader).filter(_in_view(filters.view, reader), _same(filters))
    return left.order_by(*_order(filters.sort))


def counts_of(rows: QuerySet[StoredCase], filters: Filters, reader: Reader) -> Counts:
    """Count what each choice would show, in two questions to the database."""
    rows = _narrowed(rows, filters, reader).order_by()
    views, stamp = _views(rows.filter(_same(filters)), reader)
    shown = rows.filter(_in_view(filters.view, reader))
    groups = list(shown.values_list("bot", "kind", "currency").annotate(n=Count("pk")))
    chosen = (filters.bot, filters.kind, filters.currency)
    bots, kinds, currencies = (_beside(groups, chosen, place) for place in range(3))
    return Counts(views, bots, kinds, currencies, f"{stamp}.{sum(n for *_, n in groups)}")


def _narrowed(rows: QuerySet[StoredCase], filters: Filters, reader: Reader) -> QuerySet[StoredCase]:
    """Return the cases that show the words, and that the further filters leave but for the currency."""
    told = _words(filters.words, personal=reader.personal) & _due_and_age(filters, reader.now)
    if reader.personal:
        told &= _vendor(filters.vendor)
        told &= Q() if filters.amount_from is None else Q(amount__gte=filters.amount_from)
        told &= Q() if filters.amount_to is None else Q(amount__lte=filters.amount_to)
    return rows.filter(told)


def _words(words: str, *, personal: bool) -> Q:
    """Return the condition that a case shows words: in the file's name, the sender's, or a number of its own."""
    if not words:
        return Q()
    told = Q(document__file_name__icontains=words)
    told |= Q(pk=int(words)) if words.isdecimal() and len(words) < 19 else Q()
    if personal:
        told |= Q(sender__icontains=words)
        told |= Q(paper_number__contains=bare(words)) if bare(words) else Q()
    return told


def _vendor(name: str) -> Q:
    if not name:
        return Q()
    return Q(sender_key__contains=bare(name)) if bare(name) else Q(pk__in=[])


def _due_and_age(filters: Filters, now: dt.datetime) -> Q:
    told = Q(due_at__lt=filters.due_before) if filters.due_before else Q()
    if filters.due_until:
        after = filters.due_until + dt.timedelta(days=1)
        told &= Q(due_at__lt=dt.datetime.combine(after, dt.time(), settings().zone))
    if filters.days is not None:
        since = now - dt.timedelta(days=filters.days)
        told &= Q(referred_at__lte=since) | Q(referred_at=None, changed_at__lte=since)
    return told


def _order(sort: str) -> tuple[Any, ...]:
    match sort:
        case "amount":
            return (F("amount").desc(nulls_last=True), *IN_TURN)
        case "age":
            return (Coalesce("referred_at", "changed_at"), "pk")
    return IN_TURN


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


def _same(filters: Filters) -> Q:
    same = {"bot": filters.bot, "kind": filters.kind, "currency": filters.currency}
    return Q(**{name: value for name, value in same.items() if value})


def _beside(groups: Iterable[tuple[Any, ...]], chosen: tuple[str, ...], place: int) -> dict[str, int]:
    """Return how many cases each value at a place of the groups has, among those that the other choices leave."""
    sums: dict[str, int] = {}
    for *values, n in groups:
        if all(here == place or wanted in ("", values[here]) for here, wanted in enumerate(chosen)):
            sums[values[place]] = sums.get(values[place], 0) + n
    return sums
