"""The console as a Django application."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class Console(AppConfig):
    """Pages for clerks, IT and auditors."""

    name = "keywright.console"
    label = "console"

    def ready(self) -> None:
        """Have the groups made whenever the tables were."""
        post_migrate.connect(_ensure_groups, sender=self)


def _ensure_groups(**_: Any) -> None:
    from keywright.console.people import ensure_groups

    ensure_groups()
