"""Settings of allauth for accounts with a password: no sign-up, no mail, no messages of its own."""

# ruff: noqa: ARG002  allauth says what its methods are called with

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from keywright.console.sign_in.views import address_of


class Entrance(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Our answers to allauth about accounts with a password."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Forbid sign-up: IT adds people."""
        return False

    def add_message(self, *_args: Any, **_more: Any) -> None:
        """Add no message: our pages have their own."""

    def send_notification_mail(self, *_args: Any, **_more: Any) -> None:
        """Send no mail: the ledger has an entry."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address used to count sign-in attempts."""
        return address_of(request)
