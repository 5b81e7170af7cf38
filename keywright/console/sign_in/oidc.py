"""The town's own directory: people sign in there by OpenID Connect, and come here with the groups it names.

Who comes for the first time gets an account of its own with no rights, unless groups are mapped. An account that is
there already is never taken over by its name or e-mail address: only who has signed in to it can link the two.
"""

# mypy: disable-error-code="misc"
# ruff: noqa: ARG002  allauth says what its methods are called with
# allauth has no types, and its classes are ours to derive from.

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jwt
import requests
from allauth.account.signals import user_logged_in
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.contrib import messages
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keywright.console.shared.shortcuts import say, show
from keywright.console.sign_in.views import directory_title, tell
from keywright.ledger import ledger
from keywright.settings.settings import settings

PROVIDER = "town"
SIGNED_WITH = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""How a directory may sign; never with a secret that both know, and never not at all."""

CLOCKS = 30.0
"""Seconds that the directory's clock may differ from ours."""

ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "issuer")


class Town(OpenIDConnectOAuth2Adapter):
    """Speaks OpenID Connect with the directory, and takes nothing for true that it has not signed."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return what the directory tells of itself. Raises OAuth2Error if it is not the one of the setting."""
        told: dict[str, Any] = super().openid_config
        if missing := [name for name in ENDPOINTS if not isinstance(told.get(name), str)]:
            raise OAuth2Error(f"The directory does not tell its {', '.join(missing)}.")
        if told["issuer"].rstrip("/") != settings().directory.url:
            raise OAuth2Error(f"The directory calls itself {told['issuer']!r}, not {settings().directory.url!r}.")
        return told

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> SocialLogin:
        """Return who signed in. What the directory tells beside its signed word must be about the same person."""
        word = self._decode_id_token(app, str(kwargs["response"].get("id_token", "")))
        data = {"id_token": word}
        if "userinfo_endpoint" in self.openid_config:
            more = self._fetch_user_info(token.token)
            if not isinstance(more, dict) or more.get("sub") != word["sub"]:
                raise OAuth2Error("What the directory tells is about somebody else than its signed word.")
            data["userinfo"] = {**word, **more}
        return self.get_provider().sociallogin_from_response(request, data)

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        """Return the claims of a token of this directory, for us, in force. Raises OAuth2Error for any other."""
        try:
            told: dict[str, Any] = jwt.decode(
                id_token,
                key=self._key_of(id_token),
                algorithms=SIGNED_WITH,
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                leeway=CLOCKS,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError as fault:
            raise OAuth2Error(f"The directory's token is not to be trusted: {fault}") from fault
        if told.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("The directory's token was made for another program.")
        return told

    def _key_of(self, id_token: str) -> jwt.PyJWK:
        """Return the key with which the directory says it signed."""
        kid = jwt.get_unverified_header(id_token).get("kid")
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
        answer.raise_for_status()
        keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        fitting = [key for key in keys if kid is None or key.key_id == kid]
        if len(fitting) != 1:
            raise jwt.InvalidKeyError(f"of its {len(keys)} keys {len(fitting)} could be the one it was signed with")
        return fitting[0]


@require_POST
def to_directory(request: HttpRequest) -> HttpResponse:
    """Send a person to the directory, by a page of ours: no form of ours may post to elsewhere."""
    process = request.POST.get("process", "login")
    if not settings().directory.url or process not in ("login", "connect"):
        raise Http404("No directory is set up here.")
    asked = QueryDict(mutable=True)
    asked.update({"process": process, "next": request.POST.get("next", "")})
    request.GET = asked  # type: ignore[assignment]  # allauth reads where to go from here
    try:
        town = Town(request, PROVIDER)
        town.openid_config  # noqa: B018  now, so that what is wrong with it is told before anybody is sent there
        there = OAuth2LoginView.adapter_view(town)(request)
    except (requests.RequestException, OAuth2Error) as fault:
        tell("sign-in-refused", "nobody", request, by="directory", why=str(fault)[:300])
        return _away(request)
    return show(request, "to_directory", {"address": there["Location"], "directory": directory_title()})


@require_safe
def from_directory(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take a person who comes back from the directory."""
    if not settings().directory.url or provider_id != PROVIDER:
        raise Http404("No such directory is set up here.")
    answer: HttpResponse = OAuth2CallbackView.adapter_view(Town(request, PROVIDER))(request)
    return answer


@require_safe
def cancelled(request: HttpRequest) -> HttpResponse:
    """Take a person back who did not want to sign in there after all."""
    messages.info(request, _("You did not sign in."))
    return redirect("sign-in")


def _away(request: HttpRequest) -> HttpResponse:
    words = _("It does not answer as it should. Try again later. IT finds the reason in the ledger.")
    return say(request, _("The directory is not to be reached"), words, status=502)


class Newcomers(DefaultSocialAccountAdapter):
    """Our answers for people who come from the directory."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Return the one directory that our settings name, if they name one."""
        town = settings().directory
        if not town.url or provider not in (None, PROVIDER, "openid_connect") or client_id not in (None, town.client):
            return []
        told = {"server_url": town.url, "oauth_pkce_enabled": True}
        return [
            SocialApp(
                provider="openid_connect",
                provider_id=PROVIDER,
                name=directory_title(),
                client_id=town.client,
                secret=town.secret,
                settings=told,
            )
        ]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Let everybody in whom the directory knows; without a group they see nothing."""
        return bool(settings().directory.url)

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, **_more: Any
    ) -> None:
        """Tell the ledger why somebody did not come in."""
        tell("sign-in-refused", "nobody", request, by="directory", why=str(exception or error)[:300])

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """Keep a person who comes for the first time, with an account of its own, and tell the ledger."""
        with transaction.atomic():
            sociallogin.email_addresses = []  # an address of the directory stands for nothing here
            person: User = super().save_user(request, sociallogin, form)
            tell("person-added", person.get_username(), request, person=person.get_username(), by="directory")
        return person

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: SocialAccount) -> str:
        """Return to the page on which the two accounts were linked."""
        return redirect("my-sign-in").url


@receiver(user_logged_in)
def map_groups(user: User, sociallogin: SocialLogin | None = None, **_more: Any) -> None:
    """Put a person who comes from the directory into the groups that it names, and out of those it names no more."""
    if sociallogin is not None and settings().directory.groups:
        take_groups(user, groups_told(sociallogin.account.extra_data))


def groups_told(data: Mapping[str, Any]) -> set[str]:
    """Return which of our groups the directory names for a person."""
    directory = settings().directory
    told = (data.get("userinfo") or data.get("id_token") or {}).get(directory.claim, ())
    names = told.split() if isinstance(told, str) else told if isinstance(told, list) else []
    return {ours for theirs, ours in directory.groups.items() if theirs in names}


def take_groups(person: User, told: set[str]) -> None:
    """Change the groups that the setting maps, and no others, to those told; tell the ledger if anything changed."""
    mapped = set(settings().directory.groups.values())
    with transaction.atomic():
        before = set(person.groups.values_list("name", flat=True))
        after = (before - mapped) | told
        if after != before:
            person.groups.set(Group.objects.filter(name__in=after))
            body = {"person": person.get_username(), "old": sorted(before), "new": sorted(after), "by": "directory"}
            ledger.append("groups-changed", actor=person.get_username(), body=body)
