"""The queue page, its live updates, and opening the next case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.contrib import messages
from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from keywright.bot import AnyBot
from keywright.cases import casebook
from keywright.console.queue.new_layouts import new_layouts
from keywright.console.shared.labels import KINDS, kind_in_words
from keywright.console.shared.shortcuts import (
    bots_seen,
    fragment,
    may_look,
    may_see_any,
    person_of,
    rights_here,
    seen_bots,
    show,
    shown_count,
    title_of,
    visible,
    waiting_count,
)
from keywright.console.shared.visibility import sight_of
from keywright.database.models import StoredCase
from keywright.message_text import language_of, translated_headline
from keywright.model.case import IllegalMove, State
from keywright.model.serialization import message_from_json
from keywright.people.visibility import mask_for
from keywright.privacy.masking import Mask
from keywright.review import claims
from keywright.review.filter_input import LONGEST, TYPED, typed
from keywright.review.filters import SORTS, VIEWS, Counts, Filters, Reader, chosen_rows, counts_of
from keywright.settings.settings import settings

SHOWN = 100
"""As many waiting cases stand on the page, the first to be done; taking the next reaches all."""
SHOWN_OF_EACH = (
    *("bot", "document__file_name", "findings", "kind", "referred_at", "changed_at", "due_at", "parked_until"),
    *("sender", "amount", "currency", "claimed_until", "claimed_by__username", "assigned_to__username"),
)


class LocalTime(NamedTuple):
    """A time in ISO format, and as the page shows it in the town's time zone."""

    iso: str
    text: str

    @classmethod
    def of(cls, time: dt.datetime) -> LocalTime:
        """Return a local time. A template filter would take ten times as long for each line of the list."""
        local = timezone.localtime(time)
        return cls(local.isoformat(timespec="seconds"), f"{local:%Y-%m-%d %H:%M}")


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One line of the queue. ``holder`` has claimed it; ``handed_to`` is the person it is assigned to."""

    number: int
    bot: str
    file_name: str
    reason: str  #: in a few words
    language: str  #: of the reason
    more: int  #: findings beside the first
    kind: str
    label: str
    since: LocalTime
    age: str
    due: LocalTime | None
    late: bool
    sender: str
    amount: str
    currency: str
    holder: str
    handed_to: str
    parked_until: LocalTime | None


@dataclass(frozen=True, slots=True)
class FilterChoice:
    """One choice of a filter: its label, address and number of cases, and whether it is active."""

    name: str
    words: str
    address: str
    count: int
    chosen: bool


@require_safe
@may_look
def queue(request: HttpRequest) -> HttpResponse:
    """Show the waiting cases that match the filters."""
    bots, reader = bots_seen(request), _reader(request)
    filters = Filters.of(request.GET, bots, personal=reader.personal)
    _remember(request, filters)
    counts = counts_of(referred(request), filters, reader)
    return show(request, "queue", _page(request, filters, bots, counts, reader))


@require_safe
@may_look
def live(request: HttpRequest) -> HttpResponse:
    """Return the queue's list alone, or 204 if it has not changed since the page was loaded."""
    bots, reader = bots_seen(request), _reader(request)
    filters = Filters.of(request.GET, bots, personal=reader.personal)
    counts = counts_of(referred(request), filters, reader)
    if request.GET.get("stamp", "") == counts.stamp:
        return fragment(request, "queue_nothing_new", status=204)
    return fragment(
        request,
        "queue_list",
        {**_page(request, filters, bots, counts, reader), "live": True, "waiting_count": waiting_count(request)},
    )


@require_safe
@may_look
def next_case(request: HttpRequest) -> HttpResponse:
    """Go to the first case of the queue, or to the one after the case in the address."""
    filters = Filters.of(request.GET, bots_seen(request), personal=sight_of(request).personal)
    if filters.layout is not None:
        _remember(request, filters)
    after = request.GET.get("after", "")
    return _to_next(request, filters, int(after) if after.isdecimal() and len(after) < 19 else None)


def to_next(request: HttpRequest, bot: str, after: int | None = None) -> HttpResponse:
    """Return a redirect to the next waiting case, or to the queue with a message if there is none.

    It follows the person's last filters in the queue if they were for this bot.
    """
    bots = bots_seen(request)
    remembered = Filters.of(request.session.get("queue", {}), bots, personal=sight_of(request).personal)
    return _to_next(request, remembered if remembered.bot == bot else Filters(bot=bot), after)


def referred(request: HttpRequest) -> QuerySet[StoredCase]:
    """Return the waiting cases that a person may see, including those on hold."""
    return visible(StoredCase.objects.filter(state=State.REFERRED.value), request)


def _to_next(request: HttpRequest, filters: Filters, after: int | None) -> HttpResponse:
    """Go to the next case that is not claimed; a person who may decide claims it."""
    reader, claiming = _reader(request), rights_here(request).decide
    # In SQLite's transactions nobody else writes between the question and the claim; elsewhere the next one is tried.
    with transaction.atomic() if claiming else nullcontext():
        free, open_elsewhere = _ahead(request, filters, reader, after)
        for number in free:
            try:
                if claiming:
                    claims.claim(number, reader.person)
            except claims.Taken:
                open_elsewhere = True
                continue
            except IllegalMove:
                continue
            return redirect(f"{reverse('review', args=[number])}{filters.query(words='')}")
    none = _("There are no other cases in the queue.")
    none = none if filters.layout is None else _("No other document of this layout waits for you.")
    messages.info(request, _("All other cases are claimed by other people.") if open_elsewhere else none)
    return redirect(f"{reverse('queue')}{filters.query(layout=None)}")


def skip_address(request: HttpRequest, number: int, bot: str) -> str:
    """Return the address that skips a case: to the next of the layout that the person goes through, or of the queue."""
    layout = str(request.session.get("queue", {}).get("layout", ""))
    parameters = {"after": str(number), "bot": bot, "layout": layout}
    return f"{reverse('next')}?{urlencode({name: value for name, value in parameters.items() if value})}"


def _reader(request: HttpRequest) -> Reader:
    return Reader.of(person_of(request), personal=sight_of(request).personal)


def _ahead(request: HttpRequest, filters: Filters, reader: Reader, after: int | None) -> tuple[list[int], bool]:
    """Return the cases that may be next, starting after a case, and whether others are claimed by someone else.

    Cases assigned to another person are left out.
    """
    elsewhere = Q(claimed_until__gt=reader.at) & ~Q(claimed_by=reader.person)
    chosen = chosen_rows(referred(request), filters, reader).annotate(
        elsewhere=ExpressionWrapper(elsewhere, BooleanField())
    )
    cases = chosen.values_list("pk", "assigned_to_id", "elsewhere")
    mine = [(pk, is_claimed) for pk, to, is_claimed in cases if to is None or to in reader.hands or pk == after]
    place = next((n for n, (pk, _is_claimed) in enumerate(mine) if pk == after), -1)
    ahead = [entry for entry in (*mine[place + 1 :], *mine[: max(place, 0)]) if entry[0] != after]
    return [pk for pk, is_claimed in ahead if not is_claimed], any(is_claimed for _pk, is_claimed in ahead)


def _remember(request: HttpRequest, filters: Filters) -> None:
    """Save the filters, so that the next case comes from the same list."""
    chosen = replace(filters, words="").query_values()
    if request.session.get("queue", {}) != chosen:
        request.session["queue"] = chosen


def _page(
    request: HttpRequest, filters: Filters, bots: Mapping[str, AnyBot], counts: Counts, reader: Reader
) -> dict[str, Any]:
    chosen = chosen_rows(referred(request), filters, reader).select_related("document", "claimed_by", "assigned_to")
    rows = list((chosen if settings().masked_fields else chosen.only(*SHOWN_OF_EACH))[:SHOWN])
    rights = sight_of(request)
    total = counts.views[filters.view]
    whole_queue = not filters.view and not filters.beside_the_view
    return {
        "new_layouts": new_layouts(referred(request), bots.values(), reader, rights) if whole_queue else None,
        "waiting": [_line(row, bots, _mask(row, rights), reader.at) for row in rows],
        "filters": filters,
        "query": filters.query(words=""),
        "live_address": f"{reverse('live')}{filters.query() or '?'}&stamp={counts.stamp}",
        "total": total,
        "more": max(total - len(rows), 0),
        "views": [
            FilterChoice(name, _(words), filters.query(view=name) or "?", counts.views[name], name == filters.view)
            for name, words in VIEWS.items()
        ],
        "bots": [(name, title_of(name, bots), counts.bots.get(name, 0)) for name in bots],
        **_further(request, filters, counts, reader),
        "kinds": [(kind.value, kind_in_words(kind), counts.kinds.get(kind.value, 0)) for kind in KINDS],
        "next": f"{reverse('next')}{filters.query(words='')}",
        "waiting_count": shown_count(total) if not filters.chosen else waiting_count(request),
        "sees_none": not may_see_any(request),
        "anything": bool(rows) or seen_bots(request) is not None or StoredCase.objects.exists(),
    }


def _further(request: HttpRequest, filters: Filters, counts: Counts, reader: Reader) -> dict[str, Any]:
    """Return the values and faults of the filters under *More filters*."""
    faults, chosen = typed(request.GET)[1], filters.query_values()
    values = {name: request.GET.get(name, "")[:LONGEST] if name in faults else chosen.get(name, "") for name in TYPED}
    currencies = {name: n for name, n in {filters.currency: 0, **counts.currencies}.items() if name}
    return {
        "typed": values,
        "faults": faults,
        "personal": reader.personal,
        "currencies": sorted(currencies.items())
        if reader.personal and (len(currencies) > 1 or filters.currency)
        else [],
        "sorts": [(name, _(words)) for name, words in SORTS.items() if reader.personal or name != "amount"],
        "clear": f"{reverse('queue')}{Filters(view=filters.view).query()}",
    }


def _mask(row: StoredCase, rights: Any) -> Mask:
    return mask_for(rights, casebook.case_of(row).extraction if settings().masked_fields else None)


def _line(row: StoredCase, bots: Mapping[str, AnyBot], mask: Mask, moment: dt.datetime) -> QueueLine:
    first: Mapping[str, Any] = row.findings[0] if row.findings else {}
    message = mask.message(message_from_json(dict(first))) if first else ""
    holder, since = claims.holder_of(row, moment), row.referred_at or row.changed_at
    kind = row.kind or first.get("kind", "")
    file_name = row.document.file_name
    return QueueLine(
        number=row.pk,
        bot=title_of(row.bot, bots),
        file_name=file_name,
        reason=mask.text(translated_headline(message)),
        language=language_of(message),
        more=max(len(row.findings) - 1, 0),
        kind=kind_in_words(kind) if kind else "",
        label=_("Case %(number)d, %(file)s") % {"number": row.pk, "file": file_name},
        since=LocalTime.of(since),
        age=timesince(since, moment, depth=1),
        due=LocalTime.of(row.due_at) if row.due_at else None,
        late=bool(row.due_at and row.due_at <= moment),
        sender=mask.text(row.sender),
        amount=mask.text(f"{row.amount:f}") if row.amount is not None else "",
        currency=row.currency,
        holder=holder.get_username() if holder else "",
        handed_to=row.assigned_to.get_username() if row.assigned_to else "",
        parked_until=LocalTime.of(row.parked_until) if row.parked_until and row.parked_until > moment else None,
    )
