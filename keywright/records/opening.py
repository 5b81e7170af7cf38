"""Opens the records: sets Django up, and brings the database's tables up to date."""

from __future__ import annotations

import fcntl
import os

import django
from django.apps import apps

from keywright.hidden import guard_logs
from keywright.masking import ensure_known
from keywright.settings import settings


def open_records() -> None:
    """Make the records usable in this process; the first on a new database makes its tables.

    From here on its logs tell no password and no masked value. Raises Stop if the settings cannot be used.
    """
    named = settings().masked_fields
    guard_logs()
    if named:
        ensure_known(named)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keywright.django_settings")
    if not apps.ready:
        django.setup()
    _bring_up_to_date()


def _bring_up_to_date() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    with (settings().home / "migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
