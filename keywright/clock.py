"""The clock for granting and comparing leases: the database's own, if several machines share it."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.utils import timezone


def now() -> dt.datetime:
    """Return the time, aware and in UTC, which is the same for every worker of this office.

    A PostgreSQL server has one clock for all; an SQLite file is on one machine, with one clock.
    """
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        server_time: dt.datetime = cursor.fetchone()[0]
    return server_time.astimezone(dt.UTC)
