"""What all pages share: who may open one, and how one is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from keywright.bot import AnyBot, all_bots
from keywright.database.models import StoredCase
from keywright.people.accounts import Rights, rights_of
from keywright.people.permissions import all_but, hidden_bots
from keywright.review import review_queue

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

COUNTED = 999
"""As many waiting cases are counted for the head of a page; more are shown as 999+."""

ONLY_OURS = (
    "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def show(
    request: HttpRequest, template: str, found: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Return a page. Nothing on it may come from elsewhere, and no shared machine on the way may keep it."""
    rights = rights_here(request)
    shared: dict[str, Any] = {"rights": rights, **(found or {})}
    if shared.get("waiting_count") is None:
        shared["waiting_count"] = waiting_count(request) if rights.look else ""
    response = render(request, f"console/{template}.html", shared, status=status)
    response["Content-Security-Policy"] = ONLY_OURS
    response["Cache-Control"] = "private, no-cache"
    return response


def fragment(
    request: HttpRequest, template: str, found: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Return a part of a page, to be put into one that is open."""
    if status == 204:
        return HttpResponse(status=204, headers={"Cache-Control": "private, no-store"})
    shared = {"rights": rights_here(request), **(found or {})}
    response = render(request, f"console/{template}.html", shared, status=status)
    response["Content-Security-Policy"], response["Cache-Control"] = ONLY_OURS, "private, no-store"
    return response


def say(request: HttpRequest, title: str, words: str, *, status: int) -> HttpResponse:
    """Return a plain page that says one thing."""
    return show(request, "says", {"title": title, "words": words}, status=status)


def may_look(page: Page[P]) -> Page[P]:
    """Let those in who may look at cases."""
    return _guarded(page, lambda rights: rights.look, lambda: _("An administrator has to put you into a group first."))


def may_decide(page: Page[P]) -> Page[P]:
    """Let those in who may decide a case."""
    return _guarded(page, lambda rights: rights.decide, lambda: _("You may look at cases; clerks decide them."))


def may_read_ledger(page: Page[P]) -> Page[P]:
    """Let those in who may read the ledger of all cases."""
    return _guarded(
        page,
        lambda rights: rights.ledger,
        lambda: _("You may read a case's own story; auditors, supervisors and IT read the whole ledger."),
    )


def may_mend(page: Page[P]) -> Page[P]:
    """Let those in who may send a failed case on its way again."""
    return _guarded(page, lambda rights: rights.mend, lambda: _("You may look at cases; IT mends those that failed."))


def _guarded(page: Page[P], allowed: Callable[[Rights], bool], refusal: Callable[[], str]) -> Page[P]:
    @wraps(page)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        if not allowed(rights_here(request)):
            return say(request, _("You may not do this"), refusal(), status=403)
        return page(request, *args, **kwargs)

    return guarded


def chosen_bot(request: HttpRequest) -> tuple[str, dict[str, AnyBot]]:
    """Return the bot that the address names, or "" if it names none that there is, and all bots by name."""
    bots = all_bots()
    name = request.GET.get("bot", "") or request.POST.get("bot", "")
    return (name if name in bots else ""), bots


def title_of(bot: str, bots: Mapping[str, AnyBot]) -> str:
    """Return a bot's title in the reader's language; a bot that is gone is called by its name."""
    return _(bots[bot].title) if bot in bots else bot


def rights_here(request: HttpRequest) -> Rights:
    """Return what the person of a request may do, asked once a request."""
    if not hasattr(request, "rights_here"):
        request.rights_here = rights_of(request.user)  # type: ignore[attr-defined]
    told: Rights = request.rights_here  # type: ignore[attr-defined]
    return told


def person_of(request: HttpRequest) -> User:
    """Return who is signed in. Raises TypeError where nobody is: behind ``may_look`` somebody always is."""
    if not isinstance(request.user, User):
        raise TypeError("Nobody is signed in; guard this page with may_look.")
    return request.user


def visible(rows: QuerySet[StoredCase], request: HttpRequest) -> QuerySet[StoredCase]:
    """Return those of some cases that the person who is signed in may see."""
    seen = seen_bots(request)
    return rows if seen is None else rows.filter(bot__in=seen)


def seen_case(request: HttpRequest, number: int) -> StoredCase:
    """Return a case with its document. Raises Http404 if there is none, or none that this person may see."""
    return get_object_or_404(visible(StoredCase.objects.select_related("document"), request), pk=number)


def bots_seen(request: HttpRequest) -> dict[str, AnyBot]:
    """Return the bots whose cases the person who is signed in may see, by name."""
    seen = seen_bots(request)
    return {name: bot for name, bot in all_bots().items() if seen is None or name in seen}


def may_see_any(request: HttpRequest) -> bool:
    """Return True unless the cases of every bot are for other departments than this person's."""
    return seen_bots(request) != frozenset()


def seen_bots(request: HttpRequest) -> frozenset[str] | None:
    """Return what ``visible_bots`` tells of the person of a request."""
    return all_but(hidden_here(request))


def hidden_here(request: HttpRequest) -> frozenset[str]:
    """Return the bots whose cases the person of a request does not see, asked once a request."""
    if not hasattr(request, "hidden_here"):
        request.hidden_here = hidden_bots(person_of(request))  # type: ignore[attr-defined]
    told: frozenset[str] = request.hidden_here  # type: ignore[attr-defined]
    return told


def shown_count(count: int) -> str:
    """Return a count as the head of a page has it."""
    return f"{COUNTED}+" if count > COUNTED else str(count)


def waiting_count(request: HttpRequest) -> str:
    """Return how many cases wait that this person may see, as the head of a page has it."""
    return shown_count(visible(review_queue.waiting(), request).order_by()[: COUNTED + 1].count())
