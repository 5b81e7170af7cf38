"""The list of all cases, newest first: what was keyed, referred, refused, and what failed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from keywright.cases import State
from keywright.console.pages import chosen_bot, may_look, show, title_of
from keywright.console.words import state_in_words
from keywright.records.models import StoredCase

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: the case, and its bot and state in words."""

    row: StoredCase
    bot: str
    state: str


@require_safe
@may_look
def cases(request: HttpRequest) -> HttpResponse:
    """Show a page of cases, of one bot or state or of all."""
    bot, bots = chosen_bot(request)
    state = request.GET.get("state", "")
    state = state if state in set(State) else ""
    page = _page(request.GET.get("page", ""))
    rows = list(_chosen(bot, state)[(page - 1) * A_PAGE : page * A_PAGE + 1])
    found = {
        "lines": [Line(row, title_of(row.bot, bots), state_in_words(row.state)) for row in rows[:A_PAGE]],
        "bots": [(name, title_of(name, bots)) for name in bots],
        "states": [(one.value, state_in_words(one)) for one in State],
        "bot": bot,
        "state": state,
        "page": page,
        "newer": _address(bot, state, page - 1) if page > 1 else "",
        "older": _address(bot, state, page + 1) if len(rows) > A_PAGE else "",
        "title": _("Cases"),
    }
    return show(request, "cases", found)


def _chosen(bot: str, state: str) -> QuerySet[StoredCase]:
    """Return the cases in an order that an index holds, so that a page of a million is as fast as one of ten."""
    rows = StoredCase.objects.select_related("document").defer("extraction", "findings", "settled")
    chosen = {name: value for name, value in (("bot", bot), ("state", state)) if value}
    return rows.filter(**chosen).order_by("-changed_at", "-pk") if chosen else rows.order_by("-pk")


def _page(text: str) -> int:
    return min(max(int(text), 1), 100_000) if text.isdecimal() and len(text) < 9 else 1


def _address(bot: str, state: str, page: int) -> str:
    return "?" + urlencode({"bot": bot, "state": state, "page": str(page)})
