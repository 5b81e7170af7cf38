"""Gathers what the child says about a document: so many bytes and lines at most, within its time."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from typing import Any

LAST = frozenset(["reading", "done", "refer", "stop", "ended"])  # what the line says that ends an answer
MOST_LINES = 500  # of an answer: one for each page, of which 200 are drawn, and a few more


class TooMuch(Exception):
    """The child says more than it may; nobody listens to it any longer."""


def gathered(ours: socket.socket, seconds: float, largest: int) -> list[dict[str, Any]]:
    """Return the lines of an answer up to the last, or up to where the other side ends.

    A child that died gives no last line; what the fork server says of its end is then the last. Raises TooMuch, and
    TimeoutError if the last line is not here in time.
    """
    deadline = time.monotonic() + seconds
    said: list[dict[str, Any]] = []
    content, size = bytearray(), 0
    while size < largest and len(said) < MOST_LINES:
        ours.settimeout(max(0.001, deadline - time.monotonic()))
        piece = ours.recv(1 << 20)
        content += piece
        size += len(piece)
        if not piece or piece.endswith(b"\n"):
            said += _understood(content)
            content.clear()
            if not piece or (said and LAST & said[-1].keys()):
                return said
    raise TooMuch


def _understood(content: bytearray) -> Iterator[dict[str, Any]]:
    """Yield the lines of an answer; a child that was killed may have left half a line."""
    for line in content.split(b"\n", MOST_LINES)[:MOST_LINES]:
        try:
            answer = json.loads(line, parse_constant=_no_number)
        except (ValueError, RecursionError):
            continue
        if isinstance(answer, dict):
            yield answer


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")
