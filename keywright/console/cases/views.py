"""The list of all cases, newest first: what was keyed, referred, refused, and what failed; and searching them."""

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
class Line:
    """One line of the list: the case, and its bot and state in words."""

    row: StoredCase
    bot: str
    state: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: a bot, a state, words to be searched for, and behind which case the page begins."""

    bot: str = ""
    state: str = ""
    words: str = ""
    before: str = ""

    @property
    def by_change(self) -> bool:
        """Return True if the cases stand in the order of their last change, and not of their numbers."""
        return bool(self.bot or self.state) and not self.words

    def query(self, before: str = "") -> str:
        """Return the address of the same list, from a case on."""
        told = {"bot": self.bot, "state": self.state, "words": self.words, "before": before}
        return "?" + urlencode({name: value for name, value in told.items() if value})


@require_safe
@may_look
def cases(request: HttpRequest) -> HttpResponse:
    """Show a page of cases: of one bot or state, those that the words find, or all."""
    bots, rights = bots_seen(request), sight_of(request)
    asked = _asked(request, set(bots))
    rows = _chosen(request, asked, personal=rights.personal)
    blind = blind_among([row.pk for row in rows[:A_PAGE]], rights_here(request))
    older = asked.query(_place(asked, rows[A_PAGE - 1])) if len(rows) > A_PAGE else ""
    lines = [
        Line(without_reading(row) if row.pk in blind else row, title_of(row.bot, bots), state_in_words(row.state))
        for row in rows[:A_PAGE]
    ]
    found = {
        "lines": lines,
        "bots": [(name, title_of(name, bots)) for name in bots],
        "states": [(one.value, state_in_words(one)) for one in State],
        "asked": asked,
        "bot": asked.bot,
        "personal": rights.personal,
        "newest": asked.query() if asked.before else "",
        "older": older,
        "anything": bool(rows) or visible(StoredCase.objects.all(), request).exists(),
        "title": _("Cases"),
    }
    return show(request, "cases", found)


def _asked(request: HttpRequest, bots: set[str]) -> Asked:
    bot, state = request.GET.get("bot", ""), request.GET.get("state", "")
    return Asked(
        bot if bot in bots else "",
        state if state in set(State) else "",
        words_of(request.GET.get("words", "")),
        request.GET.get("before", "")[:60],
    )


def _chosen(request: HttpRequest, asked: Asked, *, personal: bool) -> list[StoredCase]:
    """Return a page of cases and one more, in an order that an index holds: a million take no longer than ten."""
    rows = visible(StoredCase.objects.select_related("document"), request)
    chosen = {name: value for name, value in (("bot", asked.bot), ("state", asked.state)) if value}
    rows = rows.defer("extraction", "findings", "settled", "payee").filter(**chosen)
    changed, _mark, told = asked.before.rpartition("~")
    number = int(told) if told.isdecimal() and len(told) < 19 else None
    if asked.words:
        sight = not_blind(rights_here(request))
        return search(rows, asked.words, behind=number, most=A_PAGE + 1, personal=personal, sight=sight)
    rows = rows.filter(_behind(asked, changed, number)) if number is not None else rows
    return list(rows.order_by(*(("-changed_at", "-pk") if chosen else ("-pk",)))[: A_PAGE + 1])


def _behind(asked: Asked, changed: str, number: int) -> Q:
    """Return the condition that a case stands behind the one at which the page before ended."""
    if not asked.by_change:
        return Q(pk__lt=number)
    try:
        moment = dt.datetime.fromisoformat(changed)
    except ValueError:
        return Q()
    if moment.tzinfo is None:
        return Q()
    return Q(changed_at__lte=moment) & (Q(changed_at__lt=moment) | Q(pk__lt=number))


def _place(asked: Asked, row: StoredCase) -> str:
    return f"{row.changed_at.isoformat()}~{row.pk}" if asked.by_change else f"~{row.pk}"
