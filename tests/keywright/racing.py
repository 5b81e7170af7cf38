"""Several people acting at the same moment, each with a connection to the database of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def race(*acts: Callable[[], T]) -> list[T | Exception]:
    """Do all acts at once; return what each returned, or raised."""
    start, done = threading.Barrier(len(acts)), list[T | Exception | None]([None] * len(acts))

    def run(place: int, act: Callable[[], T]) -> None:
        try:
            connection.ensure_connection()
            start.wait(timeout=20)
            done[place] = act()
        except Exception as fault:  # noqa: BLE001  # whatever it was, the test looks at it
            done[place] = fault
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return [outcome for outcome in done if outcome is not None]
