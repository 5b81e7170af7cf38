"""Writes out the characters of a text that could control a terminal or change the writing direction."""

from __future__ import annotations

import json
import unicodedata

_STEERS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's categories of control and format characters, lone surrogates, and unusual line ends."""
_HARMLESS = frozenset("\n\t\u00ad\u200c\u200d")
"""The exceptions that texts need: line ends and tabs, soft hyphens, and joiners of letters."""


def plain(text: str) -> str:
    """Return a text in which characters that could control a terminal are written out, like ``\\u001b``.

    So a line of JSON stays the same JSON.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(json.dumps(letter)[1:-1] if _steers(letter) else letter for letter in text)


def _steers(letter: str) -> bool:
    return letter not in _HARMLESS and unicodedata.category(letter) in _STEERS
