"""The clock by which leases are granted and compared: the database's own, where several machines share one."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.utils import timezone


def now() -> dt.datetime:
    """Return the time, aware and in UTC, as every worker of this office sees it.

    A PostgreSQL server has one clock for all; an SQLite file is on one machine, which has one too.
    """
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        told: dt.datetime = cursor.fetchone()[0]
    return told.astimezone(dt.UTC)
