"""Writes ledger entries for events in allauth's own pages: sign-ins, second factors and directory links."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import user_logged_in
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.socialaccount.signals import social_account_added, social_account_removed
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from keywright.console.sign_in.views import address_of, tell
from keywright.ledger import ledger
from keywright.people import login_lockout


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **_more: Any) -> None:
    """Record a sign-in and its methods. Failed attempts are forgotten only now, after the second factor."""
    tell("signed-in", user.get_username(), request, by=means(request, user))
    login_lockout.succeeded(user.get_username(), address_of(request))


def means(request: HttpRequest, person: User) -> list[str]:
    """Return how a person signed in: ``password``, ``directory``, ``totp``, ``webauthn`` …"""
    records = get_authentication_records(request, person)
    kinds = [str(record.get("type") or record["method"]) for record in records]
    return ["directory" if kind == "socialaccount" else kind for kind in kinds]


@receiver(post_save, sender=Authenticator)
def factor_added(instance: Authenticator, created: bool, **_more: Any) -> None:
    """Record a new second factor or new recovery codes."""
    if created:
        _tell_factor("second-factor-added", instance)


@receiver(post_delete, sender=Authenticator)
def factor_removed(instance: Authenticator, **_more: Any) -> None:
    """Record that a second factor was removed."""
    _tell_factor("second-factor-removed", instance)


def _tell_factor(event: str, factor: Authenticator) -> None:
    request, person = context.request, factor.user.get_username()
    actor = request.user.get_username() if request is not None else ""
    body = {"person": person, "factor": str(factor.type)}
    with transaction.atomic():
        ledger.append(event, actor=actor or person, body=body)


@receiver(social_account_added)
def linked(request: HttpRequest, sociallogin: Any, **_more: Any) -> None:
    """Record that a directory account was linked."""
    tell("directory-linked", sociallogin.user.get_username(), request, uid=sociallogin.account.uid)


@receiver(social_account_removed)
def unlinked(request: HttpRequest, socialaccount: Any, **_more: Any) -> None:
    """Record that a directory account was unlinked."""
    tell("directory-unlinked", socialaccount.user.get_username(), request, uid=socialaccount.uid)
