"""Types of numbers on a command line; ``argparse`` refuses any other number with their message."""

from __future__ import annotations

from argparse import ArgumentTypeError


def positive(text: str) -> int:
    """Return a whole number of 1 or more."""
    return _between(text, 1, 10**18, "a whole number of 1 or more")


def zero_or_more(text: str) -> int:
    """Return a whole number of 0 or more."""
    return _between(text, 0, 10**18, "a whole number of 0 or more")


def port(text: str) -> int:
    """Return the number of a TCP port."""
    return _between(text, 1, 65535, "a port from 1 to 65535")


def _between(text: str, least: int, most: int, what: str) -> int:
    if text.isdecimal() and len(text) <= 19 and least <= int(text) <= most:
        return int(text)
    raise ArgumentTypeError(f"{text!r} is not {what}")
