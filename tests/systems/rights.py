"""Rights to post, as a worker that holds its lease gives them."""

from __future__ import annotations


def a_minute() -> float:
    """Give the right to post for a minute."""
    return 60.0
