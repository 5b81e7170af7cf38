"""What allauth asks us at the door: nobody signs up alone, it sends no mail, and it says nothing in its own words."""

# ruff: noqa: ARG002  allauth says what its methods are called with

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from keywright.console.sign_in.views import address_of


class Entrance(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Our answers for people with a password."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Let nobody sign up: IT adds people."""
        return False

    def add_message(self, *_args: Any, **_more: Any) -> None:
        """Say nothing: our pages say what was done."""

    def send_notification_mail(self, *_args: Any, **_more: Any) -> None:
        """Send nothing: the ledger is told."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address under which attempts are counted and told."""
        return address_of(request)
