"""A temporary password must be changed at the first sign-in, before any other page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from keywright.console.shared.shortcuts import show
from keywright.console.sign_in.page_gate import PageGate
from keywright.console.sign_in.signal_handlers import means
from keywright.console.sign_in.views import tell
from keywright.people import initial_passwords

GIVEN, ONWARD = "keywright_given_password", "keywright_onward"
BEFORE = frozenset(
    {"own-password", "sign-in", "account_login", "sign-out", "account_logout", "set_language", "appearance"}
)
"""Pages that somebody may open who has yet to choose a password."""


class OwnPasswordFirst(PageGate):
    """Redirects a person who signed in with a temporary password until they choose their own.

    The session knows this from its beginning; earlier sessions end when a temporary password is set.
    """

    def process_view(
        self, request: HttpRequest, _view: Callable[..., Any], _args: Any, _more: Any
    ) -> HttpResponseBase | None:
        """Redirect to the page where a password is chosen."""
        name = (request.resolver_match.url_name or "") if request.resolver_match else ""
        if name in BEFORE or not isinstance(request.user, User) or not request.session.get(GIVEN):
            return None
        if request.method == "GET":
            request.session.setdefault(ONWARD, request.get_full_path())
        return redirect("own-password")


@receiver(user_logged_in)
def note(request: HttpRequest, user: User, **_more: Any) -> None:
    """Mark a session that was opened with a temporary password."""
    if "directory" not in means(request, user) and initial_passwords.is_given(user):
        request.session[GIVEN] = True


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def own_password(request: HttpRequest) -> HttpResponse:
    """Save a password of the person's own, different from the temporary one."""
    if not isinstance(request.user, User):
        return redirect_to_login("/")
    if not request.session.get(GIVEN):
        return redirect("my-sign-in")
    person = request.user
    form = SetPasswordForm(person, request.POST or None)
    fault = _fault(person, form) if request.method == "POST" else ""
    if fault or request.method == "GET":
        return show(request, "own_password", {"fault": fault}, status=422 if fault else 200)
    name = person.get_username()
    with transaction.atomic():
        form.save()
        initial_passwords.is_own(person)
        tell("password-changed", name, request, person=name, given=True)
    request.session.pop(GIVEN)
    onward = request.session.pop(ONWARD, "/")
    update_session_auth_hash(request, person)
    messages.success(request, _("Your password was changed."))
    return redirect(onward)


def _fault(person: User, form: SetPasswordForm[User]) -> str:
    """Return what is wrong with the new password, or ""."""
    if not form.is_valid():
        return " ".join(str(error) for errors in form.errors.values() for error in errors)
    if person.check_password(form.cleaned_data["new_password1"]):
        return _("This is the temporary password. Choose a different one.")
    return ""
