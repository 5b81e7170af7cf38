"""Reads a document: all that the engines see on it."""

from __future__ import annotations

from pathlib import Path

from extractors.engines import sandbox
from keywright.readings import Reading


def read(document: Path, *, ticks: bool = False, only: tuple[int, int] | None = None) -> Reading:
    """Return what is printed on a document. Raises Refer if it cannot be read, with the reason in words.

    ``only`` are the first and the last page to be read, where the document holds several cases; the pages keep their
    numbers. With ``ticks``, ticked boxes are looked for on digital pages too, which costs a tenth of a second a page.
    """
    return sandbox.read(document, ticks=ticks, only=only)
