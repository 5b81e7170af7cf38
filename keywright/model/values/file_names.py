"""File names that are safe to store, show and hand on: plain text of a limited length."""

from __future__ import annotations

import unicodedata
from pathlib import PurePath

LONGEST = 200
"""Bytes of UTF-8: file systems take 255, and Keywright adds a number or the pages to some names."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's categories of control and format characters, of bytes that are no UTF-8 (surrogates), and of line ends."""


def safe_name(name: str) -> str:
    """Return a file's own name in which bytes that are no text, and characters that control a terminal, are replaced.

    Each becomes ``_``, and so does a slash. A name that is too long is cut before its ending.
    """
    plain = "".join("_" if _is_unsafe(letter) else letter for letter in name).strip()
    return _shortened(plain) if plain.strip("._ ") else "document"


def safe_path(path: PurePath | str) -> str:
    """Return a path as text for a message or the ledger; it is not for opening the file."""
    parts = PurePath(path).parts
    return str(PurePath(*(part if part == PurePath(path).anchor else safe_name(part) for part in parts)))


def numbered(name: str, number: int) -> str:
    """Return a safe name with a number that makes it different from the first file of that name: ``scan (2).pdf``."""
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
