"""Collects what the child writes about a document, up to a limit of bytes, lines and time."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from typing import Any

LAST = frozenset(["reading", "done", "refer", "stop", "ended"])  # the keys that mark the last line of a reply
MOST_LINES = 500  # of a reply: one for each page, of which at most 200 are drawn, and a few more


class ReplyTooLong(Exception):
    """The child wrote more than it may; the rest is not read."""


def collect_reply(connection: socket.socket, seconds: float, largest: int) -> list[dict[str, Any]]:
    """Return the lines of a reply up to the last, or up to where the other side closes the socket.

    A child that died writes no last line; then the last line is the fork server's, which says how the child ended.
    Raises ReplyTooLong, and TimeoutError if the last line has not come in time.
    """
    deadline = time.monotonic() + seconds
    messages: list[dict[str, Any]] = []
    content, size = bytearray(), 0
    while size < largest and len(messages) < MOST_LINES:
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        piece = connection.recv(1 << 20)
        content += piece
        size += len(piece)
        if not piece or piece.endswith(b"\n"):
            messages += _parsed_lines(content)
            content.clear()
            if not piece or (messages and LAST & messages[-1].keys()):
                return messages
    raise ReplyTooLong


def _parsed_lines(content: bytearray) -> Iterator[dict[str, Any]]:
    """Yield the lines of a reply; a child that was killed may have left half a line."""
    for line in content.split(b"\n", MOST_LINES)[:MOST_LINES]:
        try:
            message = json.loads(line, parse_constant=_no_number)
        except (ValueError, RecursionError):
            continue
        if isinstance(message, dict):
            yield message


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is not a number")
