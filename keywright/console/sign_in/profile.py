"""A person's own sign-in settings: password, second factors, directory link, and ending sessions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.signals import social_account_removed
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keywright.console.shared.shortcuts import show
from keywright.console.sign_in.mfa import lacks_second_factor, needs_second_factor
from keywright.console.sign_in.sessions import end_all_sessions
from keywright.console.sign_in.views import address_of, directory_title, refuse, tell, too_many
from keywright.people import initial_passwords, login_lockout

Mine = Callable[[HttpRequest, User], HttpResponse]


def mine(page: Mine) -> Callable[[HttpRequest], HttpResponse]:
    """Restrict a page about one's own account to signed-in people."""

    def guarded(request: HttpRequest) -> HttpResponse:
        if not isinstance(request.user, User):
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        return page(request, request.user)

    return guarded


@require_safe
@mine
def my_sign_in(request: HttpRequest, person: User) -> HttpResponse:
    """Show a person's sign-in settings."""
    return _page(request, person, PasswordChangeForm(person))


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@mine
def change_password(request: HttpRequest, person: User) -> HttpResponse:
    """Change the password and end the person's other sessions."""
    if request.method == "GET" or not person.has_usable_password():
        return redirect("my-sign-in")
    name = person.get_username()
    form = PasswordChangeForm(person, request.POST)
    if until := login_lockout.begin(name, address_of(request)):
        return _page(request, person, PasswordChangeForm(person), fault=too_many(until), status=429)
    if not form.is_valid():
        if "old_password" in form.errors:
            refuse(request, name, "password")
        else:
            login_lockout.right(name, address_of(request))
        return _page(request, person, form, fault=_in_words(form), status=422)
    login_lockout.right(name, address_of(request))
    with transaction.atomic():
        form.save()
        initial_passwords.is_own(person)
        tell("password-changed", name, request, person=name)
    update_session_auth_hash(request, person)
    messages.success(request, _("Your password was changed. All your other sessions have ended."))
    return redirect("my-sign-in")


@require_POST
@mine
def sign_out_everywhere(request: HttpRequest, person: User) -> HttpResponse:
    """End all other sessions of a person."""
    with transaction.atomic():
        ended = end_all_sessions(person, but=request.session.session_key)
        tell("sessions-ended", person.get_username(), request, person=person.get_username(), sessions=ended)
    message = ngettext("%(count)d other session has ended.", "%(count)d other sessions have ended.", ended)
    messages.success(request, message % {"count": ended})
    return redirect("my-sign-in")


@require_http_methods(["GET", "POST"])
def unlink_directory(request: HttpRequest) -> HttpResponse:
    """Ask for confirmation, then unlink the directory account."""
    response: HttpResponse = _unlink(request)
    return response


@mine
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def _unlink(request: HttpRequest, person: User) -> HttpResponse:
    """Unlink the directory account; refused without a password, since the person could not sign in any more."""
    linked = list(SocialAccount.objects.filter(user=person))
    if not linked:
        return redirect("my-sign-in")
    page = {"directory": directory_title() or _("the town's directory"), "has_password": person.has_usable_password()}
    if request.method == "GET":
        return show(request, "unlink_directory", page)
    if not person.has_usable_password():
        return show(request, "unlink_directory", page, status=409)
    with transaction.atomic():
        for account in linked:
            if SocialAccount.objects.filter(pk=account.pk).delete()[0]:
                social_account_removed.send(sender=SocialAccount, request=request, socialaccount=account)
    messages.success(request, _("Directory account unlinked. You sign in with your password only."))
    return redirect("my-sign-in")


def _page(
    request: HttpRequest, person: User, form: PasswordChangeForm, *, fault: str = "", status: int = 200
) -> HttpResponse:
    factors = list(Authenticator.objects.filter(user=person))
    page: dict[str, Any] = {
        "form": form,
        "fault": fault,
        "has_password": person.has_usable_password(),
        "app": next((factor for factor in factors if factor.type == Authenticator.Type.TOTP), None),
        "keys": [factor.wrap() for factor in factors if factor.type == Authenticator.Type.WEBAUTHN],
        "codes": next((factor for factor in factors if factor.type == Authenticator.Type.RECOVERY_CODES), None),
        "needed": needs_second_factor(person),
        "lacking": lacks_second_factor(person),
        "directory": directory_title(),
        "linked": SocialAccount.objects.filter(user=person).first(),
    }
    return show(request, "my_sign_in", page, status=status)


def _in_words(form: PasswordChangeForm) -> str:
    if "old_password" in form.errors:
        return _("The old password is wrong.")
    return " ".join(str(error) for errors in form.errors.values() for error in errors)
