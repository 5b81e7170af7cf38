"""Tells the ledger what happens at the door in allauth's own pages: who came in and how, and what became of factors."""

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
    """Tell who came in and by what; only now are the attempts before forgotten, after the second factor."""
    tell("signed-in", user.get_username(), request, by=means(request, user))
    login_lockout.succeeded(user.get_username(), address_of(request))


def means(request: HttpRequest, person: User) -> list[str]:
    """Return by what a person has shown who it is: ``password``, ``directory``, ``totp``, ``webauthn`` …"""
    records = get_authentication_records(request, person)
    kinds = [str(one.get("type") or one["method"]) for one in records]
    return ["directory" if kind == "socialaccount" else kind for kind in kinds]


@receiver(post_save, sender=Authenticator)
def factor_added(instance: Authenticator, created: bool, **_more: Any) -> None:
    """Tell that a person set up a second factor, or has new recovery codes."""
    if created:
        _tell_factor("second-factor-added", instance)


@receiver(post_delete, sender=Authenticator)
def factor_removed(instance: Authenticator, **_more: Any) -> None:
    """Tell that a second factor was taken away, by the person or by IT."""
    _tell_factor("second-factor-removed", instance)


def _tell_factor(event: str, factor: Authenticator) -> None:
    request, person = context.request, factor.user.get_username()
    actor = request.user.get_username() if request is not None else ""
    body = {"person": person, "factor": str(factor.type)}
    with transaction.atomic():
        ledger.append(event, actor=actor or person, body=body)


@receiver(social_account_added)
def linked(request: HttpRequest, sociallogin: Any, **_more: Any) -> None:
    """Tell that a person linked an account of the directory to the one here."""
    tell("directory-linked", sociallogin.user.get_username(), request, uid=sociallogin.account.uid)


@receiver(social_account_removed)
def unlinked(request: HttpRequest, socialaccount: Any, **_more: Any) -> None:
    """Tell that an account of the directory is linked no more."""
    tell("directory-unlinked", socialaccount.user.get_username(), request, uid=socialaccount.uid)
