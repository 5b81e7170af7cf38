"""A file's name as it is stored, shown and handed on: plain text of a bounded length, whatever a sender called it."""

from __future__ import annotations

import unicodedata
from pathlib import PurePath

LONGEST = 200
"""Bytes of UTF-8: file systems take 255, and Keywright adds a number or the pages to some names."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's categories of control and format characters, of bytes that are no UTF-8 (surrogates), and of line ends."""


def safe_name(name: str) -> str:
    """Return a file's own name without bytes that are no text, and without what steers a terminal or turns the writing.

    Each becomes ``_``, as do slashes. A name that is too long loses its middle, so that its ending stays.
    """
    plain = "".join("_" if _is_unsafe(letter) else letter for letter in name).strip()
    return _shortened(plain) if plain.strip("._ ") else "document"


def safe_path(path: PurePath | str) -> str:
    """Return a path in words for a message or the ledger; no file is opened by it."""
    parts = PurePath(path).parts
    return str(PurePath(*(part if part == PurePath(path).anchor else safe_name(part) for part in parts)))


def numbered(name: str, number: int) -> str:
    """Return a safe name with a number, beside which the first of that name may stand: ``scan (2).pdf``."""
    plain = PurePath(safe_name(name))
    return f"{plain.stem} ({number}){plain.suffix}" if number > 1 else plain.name


def _is_unsafe(letter: str) -> bool:
    return letter in "/\\\ufffd" or unicodedata.category(letter) in _UNSEEN


def _shortened(name: str) -> str:
    content = name.encode()
    if len(content) <= LONGEST:
        return name
    ending = PurePath(name).suffix.encode()[-20:]
    return (content[: LONGEST - len(ending)] + ending).decode("utf-8", "ignore")
