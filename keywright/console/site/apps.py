"""The Django application of the console."""

from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class Console(AppConfig):
    """The pages for clerks, IT and auditors."""

    name = "keywright.console"
    label = "console"

    def ready(self) -> None:
        """Create the groups after migrations, and connect the signal handlers."""
        from keywright.console.sign_in import password_change, sessions, signal_handlers  # noqa: F401  they connect themselves

        post_migrate.connect(_ensure_groups, sender=apps.get_app_config("auth"))


def _ensure_groups(**_: Any) -> None:
    from keywright.people.accounts import ensure_groups

    ensure_groups()
