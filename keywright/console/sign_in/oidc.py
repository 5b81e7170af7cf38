"""Sign-in through the town's directory by OpenID Connect, with groups mapped from its claims.

A first sign-in creates an account without rights, except those of mapped groups. An existing account is never taken
over by name or e-mail address: only a person signed in to it can link it.
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

from keywright.console.shared.shortcuts import show, show_message
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
    """Speaks OpenID Connect with the directory, and trusts only what the directory has signed."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return the directory's configuration. Raises OAuth2Error if it does not match the settings."""
        configuration: dict[str, Any] = super().openid_config
        if missing := [name for name in ENDPOINTS if not isinstance(configuration.get(name), str)]:
            raise OAuth2Error(f"The directory does not tell its {', '.join(missing)}.")
        if configuration["issuer"].rstrip("/") != settings().directory.url:
            raise OAuth2Error(
                f"The directory calls itself {configuration['issuer']!r}, not {settings().directory.url!r}."
            )
        return configuration

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> SocialLogin:
        """Return the sign-in. User info must be about the same person as the signed token."""
        word = self._decode_id_token(app, str(kwargs["response"].get("id_token", "")))
        data = {"id_token": word}
        if "userinfo_endpoint" in self.openid_config:
            more = self._fetch_user_info(token.token)
            if not isinstance(more, dict) or more.get("sub") != word["sub"]:
                raise OAuth2Error("What the directory tells is about somebody else than its signed word.")
            data["userinfo"] = {**word, **more}
        return self.get_provider().sociallogin_from_response(request, data)

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        """Return the claims of a valid token from this directory for us. Raises OAuth2Error for any other."""
        try:
            claims: dict[str, Any] = jwt.decode(
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
        if claims.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("The directory's token was made for another program.")
        return claims

    def _key_of(self, id_token: str) -> jwt.PyJWK:
        """Return the key that the token says it was signed with."""
        kid = jwt.get_unverified_header(id_token).get("kid")
        with get_adapter().get_requests_session() as session:
            response = session.get(self.openid_config["jwks_uri"])
        response.raise_for_status()
        keys = jwt.PyJWKSet.from_dict(response.json()).keys
        fitting = [key for key in keys if kid is None or key.key_id == kid]
        if len(fitting) != 1:
            raise jwt.InvalidKeyError(f"of its {len(keys)} keys {len(fitting)} could be the one it was signed with")
        return fitting[0]


@require_POST
def to_directory(request: HttpRequest) -> HttpResponse:
    """Redirect to the directory through a page of ours, because our forms may not post to other sites."""
    process = request.POST.get("process", "login")
    if not settings().directory.url or process not in ("login", "connect"):
        raise Http404("No directory is set up here.")
    parameters = QueryDict(mutable=True)
    parameters.update({"process": process, "next": request.POST.get("next", "")})
    request.GET = parameters  # type: ignore[assignment]  # allauth reads where to go from here
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
    """Handle a person's return from the directory."""
    if not settings().directory.url or provider_id != PROVIDER:
        raise Http404("No such directory is set up here.")
    response: HttpResponse = OAuth2CallbackView.adapter_view(Town(request, PROVIDER))(request)
    return response


@require_safe
def cancelled(request: HttpRequest) -> HttpResponse:
    """Handle a cancelled sign-in at the directory."""
    messages.info(request, _("Sign-in cancelled."))
    return redirect("sign-in")


def _away(request: HttpRequest) -> HttpResponse:
    words = _("The directory does not respond correctly. Try again later. IT can find the reason in the ledger.")
    return show_message(request, _("Directory not available"), words, status=502)


class Newcomers(DefaultSocialAccountAdapter):
    """Our answers to allauth about accounts of the directory."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Return the one directory in the settings, if there is one."""
        town = settings().directory
        if not town.url or provider not in (None, PROVIDER, "openid_connect") or client_id not in (None, town.client):
            return []
        options = {"server_url": town.url, "oauth_pkce_enabled": True}
        return [
            SocialApp(
                provider="openid_connect",
                provider_id=PROVIDER,
                name=directory_title(),
                client_id=town.client,
                secret=town.secret,
                settings=options,
            )
        ]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Allow a first sign-in for every person in the directory; without a group they see nothing."""
        return bool(settings().directory.url)

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, **_more: Any
    ) -> None:
        """Write the reason of a failed sign-in to the ledger."""
        tell("sign-in-refused", "nobody", request, by="directory", why=str(exception or error)[:300])

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """Create the account of a first sign-in, with its ledger entry."""
        with transaction.atomic():
            sociallogin.email_addresses = []  # an address of the directory stands for nothing here
            person: User = super().save_user(request, sociallogin, form)
            tell("person-added", person.get_username(), request, person=person.get_username(), by="directory")
        return person

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: SocialAccount) -> str:
        """Return the page from which the accounts were linked."""
        return redirect("my-sign-in").url


@receiver(user_logged_in)
def map_groups(user: User, sociallogin: SocialLogin | None = None, **_more: Any) -> None:
    """Set the mapped groups of a person who signs in through the directory."""
    if sociallogin is not None and settings().directory.groups:
        take_groups(user, groups_told(sociallogin.account.extra_data))


def groups_told(data: Mapping[str, Any]) -> set[str]:
    """Return the groups that the directory's claims give a person."""
    directory = settings().directory
    claim = (data.get("userinfo") or data.get("id_token") or {}).get(directory.claim, ())
    names = claim.split() if isinstance(claim, str) else claim if isinstance(claim, list) else []
    return {own_group for directory_group, own_group in directory.groups.items() if directory_group in names}


def take_groups(person: User, groups: set[str]) -> None:
    """Set the mapped groups of a person, with a ledger entry if anything changed; other groups stay."""
    mapped = set(settings().directory.groups.values())
    with transaction.atomic():
        before = set(person.groups.values_list("name", flat=True))
        after = (before - mapped) | groups
        if after != before:
            person.groups.set(Group.objects.filter(name__in=after))
            body = {"person": person.get_username(), "old": sorted(before), "new": sorted(after), "by": "directory"}
            ledger.append("groups-changed", actor=person.get_username(), body=body)
