"""The password of one's own: who signed in with one that somebody else gave chooses another before anything else."""

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
BEFORE = frozenset({"own-password", "sign-in", "account_login", "sign-out", "account_logout", "set_language", "looks"})
"""Pages that somebody may open who has yet to choose a password."""


class OwnPasswordFirst(PageGate):
    """Shows nothing to somebody who came in by a password that somebody else gave, until there is another.

    The session knows it from its beginning: one that was there before ends when a password is given.
    """

    def process_view(
        self, request: HttpRequest, _view: Callable[..., Any], _args: Any, _more: Any
    ) -> HttpResponseBase | None:
        """Send the person to where a password is chosen."""
        name = (request.resolver_match.url_name or "") if request.resolver_match else ""
        if name in BEFORE or not isinstance(request.user, User) or not request.session.get(GIVEN):
            return None
        if request.method == "GET":
            request.session.setdefault(ONWARD, request.get_full_path())
        return redirect("own-password")


@receiver(user_logged_in)
def note(request: HttpRequest, user: User, **_more: Any) -> None:
    """Note in the session whether its person came in by a password that somebody else gave."""
    if "directory" not in means(request, user) and initial_passwords.is_given(user):
        request.session[GIVEN] = True


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def own_password(request: HttpRequest) -> HttpResponse:
    """Take a password of the person's own, which is not the one that was given."""
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
    messages.success(request, _("Your password is changed. Nobody but you knows it."))
    return redirect(onward)


def _fault(person: User, form: SetPasswordForm[User]) -> str:
    """Return in words what is wrong with what was typed, if anything is."""
    if not form.is_valid():
        return " ".join(str(one) for errors in form.errors.values() for one in errors)
    if person.check_password(form.cleaned_data["new_password1"]):
        return _("This is the password that you were given. Choose another.")
    return ""
