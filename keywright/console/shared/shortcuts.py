"""What all pages share: access checks, rendering, and the person's visible cases."""

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
    request: HttpRequest, template: str, values: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Return a page that loads nothing from other sites and is not stored by shared caches."""
    rights = rights_here(request)
    shared: dict[str, Any] = {"rights": rights, **(values or {})}
    if shared.get("waiting_count") is None:
        shared["waiting_count"] = waiting_count(request) if rights.look else ""
    response = render(request, f"console/{template}.html", shared, status=status)
    response["Content-Security-Policy"] = ONLY_OURS
    response["Cache-Control"] = "private, no-cache"
    return response


def fragment(
    request: HttpRequest, template: str, values: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Return a part of a page for a page that is already open."""
    if status == 204:
        return HttpResponse(status=204, headers={"Cache-Control": "private, no-store"})
    shared = {"rights": rights_here(request), **(values or {})}
    response = render(request, f"console/{template}.html", shared, status=status)
    response["Content-Security-Policy"], response["Cache-Control"] = ONLY_OURS, "private, no-store"
    return response


def show_message(request: HttpRequest, title: str, words: str, *, status: int) -> HttpResponse:
    """Return a page with only a message."""
    return show(request, "message", {"title": title, "words": words}, status=status)


def may_look(page: Page[P]) -> Page[P]:
    """Restrict a page to people who may view cases."""
    return _guarded(page, lambda rights: rights.look, lambda: _("Ask an administrator to add you to a group first."))


def may_decide(page: Page[P]) -> Page[P]:
    """Restrict a page to people who may decide cases."""
    return _guarded(
        page, lambda rights: rights.decide, lambda: _("Your account can view cases. Only clerks can process them.")
    )


def may_read_ledger(page: Page[P]) -> Page[P]:
    """Restrict a page to people who may read the ledger."""
    return _guarded(
        page,
        lambda rights: rights.ledger,
        lambda: _(
            "You can read the audit trail of each case. Only auditors, supervisors and IT can read the whole ledger."
        ),
    )


def may_mend(page: Page[P]) -> Page[P]:
    """Restrict a page to people who may restart failed cases."""
    return _guarded(
        page, lambda rights: rights.mend, lambda: _("Your account can view cases. Only IT can restart failed cases.")
    )


def may_change_layouts(page: Page[P]) -> Page[P]:
    """Restrict a page to people who may change layouts."""
    return _guarded(
        page,
        lambda rights: rights.layouts,
        lambda: _("Your account can view layouts. Only supervisors and IT can change them."),
    )


def may_use_held_layouts(page: Page[P]) -> Page[P]:
    """Restrict a page to people who may use a version of a layout's profile that was held."""
    return _guarded(
        page,
        lambda rights: rights.held_layouts,
        lambda: _("Your account can view layouts. Only IT can use another version of a profile."),
    )


def _guarded(page: Page[P], allowed: Callable[[Rights], bool], refusal: Callable[[], str]) -> Page[P]:
    @wraps(page)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        if not allowed(rights_here(request)):
            return show_message(request, _("Access denied"), refusal(), status=403)
        return page(request, *args, **kwargs)

    return guarded


def chosen_bot(request: HttpRequest) -> tuple[str, dict[str, AnyBot]]:
    """Return the bot named in the request, or "" if it does not exist, and all bots by name."""
    bots = all_bots()
    name = request.GET.get("bot", "") or request.POST.get("bot", "")
    return (name if name in bots else ""), bots


def title_of(bot: str, bots: Mapping[str, AnyBot]) -> str:
    """Return a bot's title in the reader's language, or its name if it is not installed."""
    return _(bots[bot].title) if bot in bots else bot


def rights_here(request: HttpRequest) -> Rights:
    """Return the rights of the request's person, looked up once per request."""
    if not hasattr(request, "rights_here"):
        request.rights_here = rights_of(request.user)  # type: ignore[attr-defined]
    rights: Rights = request.rights_here  # type: ignore[attr-defined]
    return rights


def person_of(request: HttpRequest) -> User:
    """Return the signed-in person. Raises TypeError if there is none, which ``may_look`` rules out."""
    if not isinstance(request.user, User):
        raise TypeError("Nobody is signed in; guard this page with may_look.")
    return request.user


def visible(rows: QuerySet[StoredCase], request: HttpRequest) -> QuerySet[StoredCase]:
    """Return the cases that the signed-in person may see."""
    bot_names = seen_bots(request)
    return rows if bot_names is None else rows.filter(bot__in=bot_names)


def seen_case(request: HttpRequest, number: int) -> StoredCase:
    """Return a case with its document. Raises Http404 if there is none that this person may see."""
    return get_object_or_404(visible(StoredCase.objects.select_related("document"), request), pk=number)


def bots_seen(request: HttpRequest) -> dict[str, AnyBot]:
    """Return the bots whose cases the signed-in person may see, by name."""
    bot_names = seen_bots(request)
    return {name: bot for name, bot in all_bots().items() if bot_names is None or name in bot_names}


def may_see_any(request: HttpRequest) -> bool:
    """Return False if the cases of every bot are hidden from this person's departments."""
    return seen_bots(request) != frozenset()


def seen_bots(request: HttpRequest) -> frozenset[str] | None:
    """Return the result of ``visible_bots`` for the request's person."""
    return all_but(hidden_here(request))


def hidden_here(request: HttpRequest) -> frozenset[str]:
    """Return the bots hidden from the request's person, looked up once per request."""
    if not hasattr(request, "hidden_here"):
        request.hidden_here = hidden_bots(person_of(request))  # type: ignore[attr-defined]
    hidden: frozenset[str] = request.hidden_here  # type: ignore[attr-defined]
    return hidden


def shown_count(count: int) -> str:
    """Return a count as the page head shows it."""
    return f"{COUNTED}+" if count > COUNTED else str(count)


def waiting_count(request: HttpRequest) -> str:
    """Return the number of waiting cases for the page head."""
    return shown_count(visible(review_queue.waiting(), request).order_by()[: COUNTED + 1].count())
