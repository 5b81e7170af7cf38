"""Signing in and out; both attempts and successes are told to the ledger."""

from __future__ import annotations

from django.conf import settings as django_settings
from django.contrib.auth import login, logout
from django.contrib.auth.forms import AuthenticationForm
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from keywright import ledger
from keywright.console.pages import show


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Let a person in, and go on to the page that was asked for."""
    onward = _onward(request)
    if request.user.is_authenticated:
        return redirect(onward)
    if request.method == "GET":
        return show(request, "sign_in", {"form": AuthenticationForm(), "next": onward})
    form = AuthenticationForm(request, request.POST)
    if not form.is_valid():
        _tell("sign-in-refused", request.POST.get("username", ""), request)
        return show(request, "sign_in", {"form": form, "next": onward, "refused": True}, status=422)
    login(request, form.get_user())
    _tell("signed-in", form.get_user().get_username(), request)
    return redirect(onward)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("sign-in")


def _onward(request: HttpRequest) -> str:
    """Return the page that was asked for, if it is one of ours."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if ours else redirect(django_settings.LOGIN_REDIRECT_URL).url


def _tell(event: str, name: str, request: HttpRequest) -> None:
    said = name.replace("\x00", "").strip()[:150] or "nobody"
    with transaction.atomic():
        ledger.append(event, actor=said, body={"from": request.META.get("REMOTE_ADDR", "")})
