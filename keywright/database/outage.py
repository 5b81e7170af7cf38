"""Waits for a database that does not answer for a moment: a server that restarts, a network that drops."""

from __future__ import annotations

import time

from django.db import InterfaceError, OperationalError, connection

from keywright.errors import Stop

PATIENCE = 60.0  # seconds


def wait_for_database(seconds: float = PATIENCE) -> None:
    """Return when the database answers. Raises Stop if it does not within ``seconds``."""
    give_up, pause = time.monotonic() + seconds, 0.1
    while True:
        try:
            connection.close()
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            return
        except (OperationalError, InterfaceError) as error:
            if time.monotonic() + pause > give_up:
                raise Stop(
                    f"The database has not answered for {seconds:.0f} s: {error}. Start it; the cases wait, and a look "
                    "will find what was posted."
                ) from error
        time.sleep(pause)
        pause = min(pause * 2, 5.0)
