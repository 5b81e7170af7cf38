"""What all pages share: who may open one, and how one is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from keywright import review_queue
from keywright.bot import AnyBot, all_bots
from keywright.console.people import Rights, rights_of

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]

COUNTED = 999
"""As many waiting cases are counted for the head of a page; more are shown as 999+."""

ONLY_OURS = (
    "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def show(
    request: HttpRequest, template: str, found: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Return a page. Nothing on it may come from elsewhere, and no shared machine on the way may keep it."""
    rights = rights_of(request.user)
    shared = {"rights": rights, "waiting_count": _waiting_count() if rights.look else ""}
    response = render(request, f"console/{template}.html", {**shared, **(found or {})}, status=status)
    response["Content-Security-Policy"] = ONLY_OURS
    response["Cache-Control"] = "private, no-cache"
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


def may_mend(page: Page[P]) -> Page[P]:
    """Let those in who may send a failed case on its way again."""
    return _guarded(page, lambda rights: rights.mend, lambda: _("You may look at cases; IT mends those that failed."))


def _guarded(page: Page[P], allowed: Callable[[Rights], bool], refusal: Callable[[], str]) -> Page[P]:
    @wraps(page)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        if not allowed(rights_of(request.user)):
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


def _waiting_count() -> str:
    count = review_queue.waiting().order_by()[: COUNTED + 1].count()
    return f"{COUNTED}+" if count > COUNTED else str(count)
