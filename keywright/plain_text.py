"""Writes out what in a text could steer a terminal or turn the writing, so that it is only a text."""

from __future__ import annotations

import json
import unicodedata

_STEERS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's categories of control and format characters, lone surrogates, and line ends of other kinds."""
_HARMLESS = frozenset("\n\t\u00ad\u200c\u200d")
"""Of these, what texts need: line ends and tabs, soft hyphens, and what joins letters or keeps them apart."""


def plain(text: str) -> str:
    """Return a text in which what could steer a terminal or turn the writing is written out, like ``\\u001b``.

    So a line of JSON stays the same JSON.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(json.dumps(letter)[1:-1] if _steers(letter) else letter for letter in text)


def _steers(letter: str) -> bool:
    return letter not in _HARMLESS and unicodedata.category(letter) in _STEERS
