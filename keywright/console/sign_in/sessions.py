"""Sessions end after inactivity, after a maximum time, or all at once for a person."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.models import Session
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from keywright.console.sign_in.session_store import kept_as
from keywright.console.sign_in.views import tell
from keywright.settings.settings import settings

BEGAN, USED = "keywright_began", "keywright_used"
NOTED_EVERY = 60.0
"""Seconds after which the use of a session is noted again; more often would be a write for each request."""

BY_ITSELF = frozenset({"claim"})
"""Addresses that a page left open asks by itself: they tell nothing of whether somebody is there."""


class SessionsThatEnd:
    """Ends a session that is unused or too old before its next page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """End the session if it has expired; otherwise record its use."""
        if request.user.is_authenticated:
            if why := _why_over(request):
                tell("session-ended", request.user.get_username(), request, why=why)
                logout(request)
                messages.info(request, _("Your session has ended. Sign in again; your entries are saved."))
            elif not _by_itself(request):
                _note_use(request)
        return _whole_page(request, self.get_response(request))


@receiver(user_logged_in)
def _begin(request: HttpRequest, **_more: object) -> None:
    """Record when a session began, and delete expired sessions."""
    request.session[BEGAN] = request.session[USED] = time.time()
    Session.objects.filter(expire_date__lt=timezone.now()).delete()


def _why_over(request: HttpRequest) -> str:
    moment, began, used = time.time(), request.session.get(BEGAN), request.session.get(USED)
    if began is None or used is None or moment - began > settings().session_longest.total_seconds():
        return "lasted long enough"
    return "not used" if moment - used > settings().session_idle.total_seconds() else ""


def _note_use(request: HttpRequest) -> None:
    if time.time() - request.session[USED] > NOTED_EVERY:
        request.session[USED] = time.time()


def _by_itself(request: HttpRequest) -> bool:
    """Return True for requests that a page sends without a person: htmx updates and claim renewals."""
    last = request.path.rstrip("/").rpartition("/")[2]
    return last in BY_ITSELF or (request.method == "GET" and request.headers.get("HX-Request") == "true")


def _whole_page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Redirect the whole page to the sign-in if the session ended during a partial update."""
    place = str(response.get("Location", ""))
    if request.headers.get("HX-Request") != "true" or not place.startswith(reverse("sign-in")):
        return response
    here = urlsplit(request.headers.get("HX-Current-URL", "/"))
    to = redirect_to_login(f"{here.path}?{here.query}" if here.query else here.path)
    return HttpResponse(status=401, headers={"HX-Redirect": to["Location"], "Cache-Control": "no-store"})


def end_all_sessions(person: User, *, but: str | None = None) -> int:
    """End all sessions of a person except the one with the key ``but``; return how many there were."""
    stays = kept_as(but) if but else None
    keys = [
        session.session_key
        for session in Session.objects.filter(expire_date__gte=timezone.now()).iterator()
        if session.get_decoded().get("_auth_user_id") == str(person.pk) and session.session_key != stays
    ]
    return Session.objects.filter(session_key__in=keys).delete()[0]
