"""The list of all cases, newest first, with search and filters."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from keywright.console.cases.search import search, words_of
from keywright.console.shared.labels import state_in_words
from keywright.console.shared.shortcuts import bots_seen, may_look, rights_here, show, title_of, visible
from keywright.console.shared.visibility import sight_of
from keywright.database.models import StoredCase
from keywright.model.case import State
from keywright.quality.blinding import blind_among, not_blind, without_reading

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class CaseListLine:
    """One line of the list: the case, and its bot and state in words."""

    row: StoredCase
    bot: str
    state: str


@dataclass(frozen=True, slots=True)
class CaseFilters:
    """The filters in the address: a bot, a state, search words, and the case after which the page begins."""

    bot: str = ""
    state: str = ""
    words: str = ""
    before: str = ""

    @property
    def by_change(self) -> bool:
        """Return True if the cases are sorted by their last change instead of their number."""
        return bool(self.bot or self.state) and not self.words

    def query(self, before: str = "") -> str:
        """Return the address of the same list, starting after a case."""
        parameters = {"bot": self.bot, "state": self.state, "words": self.words, "before": before}
        return "?" + urlencode({name: value for name, value in parameters.items() if value})


@require_safe
@may_look
def cases(request: HttpRequest) -> HttpResponse:
    """Show a page of cases, filtered by bot, state or search words."""
    bots, rights = bots_seen(request), sight_of(request)
    filters = _asked(request, set(bots))
    rows = _chosen(request, filters, personal=rights.personal)
    blind = blind_among([row.pk for row in rows[:A_PAGE]], rights_here(request))
    older = filters.query(_place(filters, rows[A_PAGE - 1])) if len(rows) > A_PAGE else ""
    lines = [
        CaseListLine(
            without_reading(row) if row.pk in blind else row, title_of(row.bot, bots), state_in_words(row.state)
        )
        for row in rows[:A_PAGE]
    ]
    page = {
        "lines": lines,
        "bots": [(name, title_of(name, bots)) for name in bots],
        "states": [(state.value, state_in_words(state)) for state in State],
        "asked": filters,
        "bot": filters.bot,
        "personal": rights.personal,
        "newest": filters.query() if filters.before else "",
        "older": older,
        "anything": bool(rows) or visible(StoredCase.objects.all(), request).exists(),
        "title": _("Cases"),
    }
    return show(request, "cases", page)


def _asked(request: HttpRequest, bots: set[str]) -> CaseFilters:
    bot, state = request.GET.get("bot", ""), request.GET.get("state", "")
    return CaseFilters(
        bot if bot in bots else "",
        state if state in set(State) else "",
        words_of(request.GET.get("words", "")),
        request.GET.get("before", "")[:60],
    )


def _chosen(request: HttpRequest, filters: CaseFilters, *, personal: bool) -> list[StoredCase]:
    """Return a page of cases plus one, in an order served by an index, so that a large office is no slower."""
    rows = visible(StoredCase.objects.select_related("document"), request)
    chosen = {name: value for name, value in (("bot", filters.bot), ("state", filters.state)) if value}
    rows = rows.defer("extraction", "findings", "settled", "payee").filter(**chosen)
    changed, _mark, number_text = filters.before.rpartition("~")
    number = int(number_text) if number_text.isdecimal() and len(number_text) < 19 else None
    if filters.words:
        sight = not_blind(rights_here(request))
        return search(rows, filters.words, behind=number, most=A_PAGE + 1, personal=personal, sight=sight)
    rows = rows.filter(_behind(filters, changed, number)) if number is not None else rows
    return list(rows.order_by(*(("-changed_at", "-pk") if chosen else ("-pk",)))[: A_PAGE + 1])


def _behind(filters: CaseFilters, changed: str, number: int) -> Q:
    """Return the condition that a case comes after the last one of the previous page."""
    if not filters.by_change:
        return Q(pk__lt=number)
    try:
        moment = dt.datetime.fromisoformat(changed)
    except ValueError:
        return Q()
    if moment.tzinfo is None:
        return Q()
    return Q(changed_at__lte=moment) & (Q(changed_at__lt=moment) | Q(pk__lt=number))


def _place(filters: CaseFilters, row: StoredCase) -> str:
    return f"{row.changed_at.isoformat()}~{row.pk}" if filters.by_change else f"~{row.pk}"
