"""Opens the records: sets Django up, and brings the database's tables up to date.

The one root of everything that needs the database. A process calls it once, at its entry, before modules with Django
models are imported; the import contracts say who may (docs/decisions/18-one-root.md).
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Collection
from pathlib import Path

import django
from django.apps import apps
from django.conf import ENVIRONMENT_VARIABLE

from keywright.bot import all_bots
from keywright.cases.due_dates import due_times
from keywright.errors import Stop
from keywright.privacy.masking import ensure_known
from keywright.redaction import guard_logs
from keywright.settings.private_home import keep_private
from keywright.settings.settings import settings


def open_records() -> None:
    """Make the records usable in this process; on a new database this creates the tables.

    Raises Stop if the settings cannot be used.
    """
    set_up()
    _bring_up_to_date()


def set_up() -> None:
    """Check the settings and set Django up, without connecting to the database.

    From here on the logs of this process contain no password and no masked value, and its files are readable only by
    the owner of the home. Raises Stop if the settings cannot be used. Django gets our settings in this process only: a
    process that it starts sets itself up.
    """
    masked_fields = settings().masked_fields
    guard_logs()
    keep_private(settings().home, *_database_files(settings().database_url))
    if masked_fields:
        ensure_known(masked_fields)
    if settings().due_times:
        due_times()  # reports a fault of the town's file now, and not when a case is referred
    _ensure_bots("KEYWRIGHT_SECOND_PERSON_ABOVE", settings().second_person_above)
    _ensure_bots("KEYWRIGHT_SECOND_PERSON_CORRECTIONS", settings().second_person_corrections)
    if not apps.ready:
        os.environ[ENVIRONMENT_VARIABLE] = "keywright.settings.django_settings"
        django.setup()
        del os.environ[ENVIRONMENT_VARIABLE]


def _database_files(url: str) -> list[Path]:
    """Return the files of a SQLite database, possibly outside the home; none for another database."""
    stem = url.removeprefix("sqlite:///")
    return [Path(stem + ending) for ending in ("", "-wal", "-shm")] if stem != url else []


def _ensure_bots(setting: str, bot_names: Collection[str]) -> None:
    """Raise Stop if a setting names an unknown bot: with a misspelt name no second person would be asked."""
    if bot_names and (strange := sorted(set(bot_names) - set(all_bots()))):
        raise Stop(f"{setting} names {', '.join(strange)}. There are: {', '.join(sorted(all_bots()))}.")


def _bring_up_to_date() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    with (settings().home / "migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
