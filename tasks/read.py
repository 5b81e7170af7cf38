"""Reads a document: all that the engines see on it."""

from __future__ import annotations

from pathlib import Path

from extractors.engines import sandbox
from keywright.readings import Reading


def read(document: Path, *, ticks: bool = False) -> Reading:
    """Return what is printed on a document. Raises Refer if it cannot be read, with the reason in words.

    With ``ticks``, ticked boxes are looked for on digital pages too, which costs a tenth of a second a page.
    """
    return sandbox.read(document, ticks=ticks)
