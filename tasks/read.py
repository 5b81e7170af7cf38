"""Reads a document: all that the engines see on it."""

from __future__ import annotations

from pathlib import Path

from extractors.engines import sandbox
from keywright.readings import Reading


def read(document: Path) -> Reading:
    """Return what is printed on a document. Raises Refer if it cannot be read, with the reason in words."""
    return sandbox.read(document)
