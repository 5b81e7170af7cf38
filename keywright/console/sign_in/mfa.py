"""The second factor: one-time codes, security keys and recovery codes, required for groups by a setting."""

# mypy: disable-error-code="misc"
# allauth has no types, and its classes are ours to derive from.

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

from allauth.account.forms import ReauthenticateForm
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm as CodeForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeAgainForm
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keywright.console.sign_in.page_gate import PageGate
from keywright.console.sign_in.views import address_of, refuse, too_many
from keywright.people import login_lockout
from keywright.settings.settings import settings

STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What counts as a second factor; recovery codes only stand in for one that is lost."""

BEFORE = frozenset({"my-sign-in", "own-password", "sign-in", "sign-out", "set_language", "account_reauthenticate"})
"""Pages that somebody may open who has yet to set up a second factor, beside those that set it up."""


class SecondFactorFirst(PageGate):
    """Redirects a person whose group requires a second factor until one is set up."""

    def process_view(
        self, request: HttpRequest, _view: Callable[..., Any], _args: Any, _more: Any
    ) -> HttpResponseBase | None:
        """Redirect to the page where a second factor is set up."""
        name = (request.resolver_match.url_name or "") if request.resolver_match else ""
        if name in BEFORE or name.startswith("mfa_") or not isinstance(request.user, User):
            return None
        if not lacks_second_factor(request.user):
            return None
        messages.warning(request, _("Your group requires a second factor. Set one up first."))
        return redirect("my-sign-in")


def needs_second_factor(person: User) -> bool:
    """Return True if the setting requires a second factor for a group of the person; administrators always need it."""
    group_names = settings().second_factor_groups
    return bool(group_names) and (person.is_superuser or person.groups.filter(name__in=group_names).exists())


def has_second_factor(person: User) -> bool:
    """Return True if the person has an app or a key."""
    return bool(Authenticator.objects.filter(user=person, type__in=STRONG).exists())


def lacks_second_factor(person: User) -> bool:
    """Return True if the person must set up a second factor first."""
    return needs_second_factor(person) and not has_second_factor(person)


def take_away(person: User) -> int:
    """Remove all second factors of a person and return how many there were."""
    return int(Authenticator.objects.filter(user=person).delete()[0])


class Factors(DefaultMFAAdapter):
    """Our answers to allauth about second factors: their names, and encrypted storage."""

    def encrypt(self, text: str) -> str:
        """Return a secret encrypted with a key derived from this installation's secret key."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a decrypted secret."""
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        """Return the name under which the app lists the codes."""
        return "Keywright"

    def _get_user_identifier(self, user: User) -> str:
        return user.get_username()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Forbid removing the last factor if the person's group requires one."""
        other_factors = Authenticator.objects.filter(user=authenticator.user, type__in=STRONG).exclude(
            pk=authenticator.pk
        )
        return other_factors.exists() or not needs_second_factor(authenticator.user)

    def generate_authenticator_name(self, user: User, type: str) -> str:
        """Return a name for a key that has none yet."""
        return _("Key %(number)d") % {"number": Authenticator.objects.filter(user=user, type=type).count() + 1}


def _cipher() -> Fernet:
    key = hashlib.sha256(b"second factors:" + settings().secret_key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


class _Counted:
    """Counts failed attempts and refuses further ones after too many."""

    user: User
    by: str
    wrong = gettext_lazy("This code is wrong or was already used.")

    def counted(self, check: Callable[[], str]) -> str:
        """Return the result of a check. Raises ValidationError if it fails or is locked after too many failures."""
        request, name = context.request, self.user.get_username()
        if until := login_lockout.begin(name, address_of(request)):
            raise forms.ValidationError(too_many(until))
        try:
            value = check()
        except forms.ValidationError as fault:
            until = refuse(request, name, self.by)
            raise forms.ValidationError(too_many(until) if until else self.wrong) from fault
        login_lockout.right(name, address_of(request))
        return value


class Code(_Counted, CodeForm):
    """The code required after the password: from the app, or a recovery code."""

    by = "code"

    def clean_code(self) -> str:
        """Return the code if it is right."""
        return self.counted(super().clean_code)


class CodeAgain(_Counted, CodeAgainForm):
    """The code required again before sign-in settings are changed."""

    by = "code"

    def clean_code(self) -> str:
        """Return the code if it is right."""
        return self.counted(super().clean_code)


class PasswordAgain(_Counted, ReauthenticateForm):
    """The password required again before sign-in settings are changed."""

    by = "password"
    wrong = gettext_lazy("Wrong password.")
    password = forms.CharField(strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))

    def clean_password(self) -> str:
        """Return the password if it is right."""
        return self.counted(self._right)

    def _right(self) -> str:
        password = str(self.cleaned_data["password"])
        if not self.user.check_password(password):
            raise forms.ValidationError(self.wrong)
        return password
