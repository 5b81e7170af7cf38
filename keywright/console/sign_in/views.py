"""Signing in and out, with a lock after too many failed attempts."""

from __future__ import annotations

import datetime as dt

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.internal.flows.logout import logout
from allauth.account.models import Login
from django.conf import settings as django_settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keywright.console.shared.shortcuts import show, show_message
from keywright.ledger import ledger
from keywright.people import login_lockout
from keywright.review import claims
from keywright.settings.settings import settings


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign a person in, with a second factor if they have one, and go to the requested page."""
    onward = _onward(request)
    if request.user.is_authenticated:
        return redirect(onward)
    if request.method == "GET":
        return _asked(request, AuthenticationForm(), onward)
    name = cleaned(request.POST.get("username", ""))
    if until := login_lockout.begin(name, address_of(request)):
        return _asked(request, AuthenticationForm(request, request.POST), onward, locked=until)
    form = AuthenticationForm(request, request.POST)
    if not form.is_valid():
        until = refuse(request, name, "password")
        return _asked(request, form, onward, locked=until, refused=until is None)
    login_lockout.right(name, address_of(request))
    person = form.get_user()
    assert isinstance(person, User)
    response: HttpResponse = perform_password_login(
        request, {"username": name}, Login(user=person, redirect_url=onward)
    )
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and release the person's claims, or cancel a sign-in that waits for its second factor."""
    if isinstance(request.user, User):
        tell("signed-out", request.user.get_username(), request)
        claims.release_all(request.user)
    logout(request, show_message=False)
    return redirect("sign-in")


@require_safe
def barred(request: HttpRequest) -> HttpResponse:
    """Return the page for a directory account whose access is blocked here."""
    return show_message(request, _("You cannot sign in"), _("Your account is blocked. Ask IT."), status=403)


def refuse(request: HttpRequest, name: str, by: str) -> dt.datetime | None:
    """Record a failed attempt; return the end of the lock if it was one too many."""
    with transaction.atomic():
        tell("sign-in-refused", name, request, by=by)
        return login_lockout.failed(name, address_of(request))


def tell(event: str, name: str, request: HttpRequest, **more: object) -> None:
    """Write a sign-in event to the ledger, with the request's address."""
    with transaction.atomic():
        ledger.append(event, actor=name or "nobody", body={"from": address_of(request), **more})


def address_of(request: HttpRequest) -> str:
    """Return the address of a request."""
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def cleaned(name: str) -> str:
    """Return a name without characters that the ledger cannot store."""
    return name.replace("\x00", "").strip()[:150]


def too_many(until: dt.datetime) -> str:
    """Return the message for a locked sign-in."""
    values = {"time": f"{timezone.localtime(until):%H:%M}"}
    return _("Too many failed attempts. Try again after %(time)s, or ask IT to unlock your account.") % values


def _asked(
    request: HttpRequest,
    form: AuthenticationForm,
    onward: str,
    *,
    locked: dt.datetime | None = None,
    refused: bool = False,
) -> HttpResponse:
    fault = too_many(locked) if locked else ""
    if refused:
        fault = _("Wrong user name or password. Capital and small letters matter in both.")
    page = {"form": form, "next": onward, "fault": fault, "directory": directory_title()}
    response = show(request, "sign_in", page, status=429 if locked else 422 if refused else 200)
    if locked:
        response["Retry-After"] = str(max(int((locked - timezone.now()).total_seconds()), 1))
    return response


def directory_title() -> str:
    """Return the name of the town's directory, or "" if there is none."""
    directory = settings().directory
    return (directory.name or _("the town's directory")) if directory.url else ""


def _onward(request: HttpRequest) -> str:
    """Return the requested page if it is one of ours."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    is_own_page = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if is_own_page else redirect(django_settings.LOGIN_REDIRECT_URL).url
