"""Signing in and out; who tries too often is not heard for a while."""

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

from keywright.console.shared.shortcuts import say, show
from keywright.ledger import ledger
from keywright.people import login_lockout
from keywright.review import claims
from keywright.settings.settings import settings


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Let a person in, after a second factor if the person has one, and go on to the page that was asked for."""
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
    answer: HttpResponse = perform_password_login(request, {"username": name}, Login(user=person, redirect_url=onward))
    return answer


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, and let go of what the person has open; or end a sign-in that waits for its second factor."""
    if isinstance(request.user, User):
        tell("signed-out", request.user.get_username(), request)
        claims.release_all(request.user)
    logout(request, show_message=False)
    return redirect("sign-in")


@require_safe
def barred(request: HttpRequest) -> HttpResponse:
    """Say to somebody whom the directory knows that the office has closed the account."""
    return say(request, _("You may not sign in"), _("Your account here is closed. Ask IT."), status=403)


def refuse(request: HttpRequest, name: str, by: str) -> dt.datetime | None:
    """Tell the ledger of an attempt that failed; return until when nobody is heard, if it was one too many."""
    with transaction.atomic():
        tell("sign-in-refused", name, request, by=by)
        return login_lockout.failed(name, address_of(request))


def tell(event: str, name: str, request: HttpRequest, **more: object) -> None:
    """Tell the ledger what happened at the door, and from which address."""
    with transaction.atomic():
        ledger.append(event, actor=name or "nobody", body={"from": address_of(request), **more})


def address_of(request: HttpRequest) -> str:
    """Return from where a request comes."""
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def cleaned(name: str) -> str:
    """Return a name as the ledger can hold it."""
    return name.replace("\x00", "").strip()[:150]


def too_many(until: dt.datetime) -> str:
    """Return in words that nobody is heard until then."""
    told = {"time": f"{timezone.localtime(until):%H:%M}"}
    return _("Too many attempts failed. Try again after %(time)s, or ask IT to let you in sooner.") % told


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
        fault = _("Name and password do not go together. Both tell capitals from small letters.")
    found = {"form": form, "next": onward, "fault": fault, "directory": directory_title()}
    response = show(request, "sign_in", found, status=429 if locked else 422 if refused else 200)
    if locked:
        response["Retry-After"] = str(max(int((locked - timezone.now()).total_seconds()), 1))
    return response


def directory_title() -> str:
    """Return what the town's directory is called, or "" if nobody signs in there."""
    directory = settings().directory
    return (directory.name or _("the town's directory")) if directory.url else ""


def _onward(request: HttpRequest) -> str:
    """Return the page that was asked for, if it is one of ours."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if ours else redirect(django_settings.LOGIN_REDIRECT_URL).url
