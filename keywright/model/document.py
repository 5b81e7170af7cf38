"""A document: an incoming file, stored under the hash of its bytes."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import NewType

Sha256 = NewType("Sha256", str)


@dataclass(frozen=True, slots=True)
class Document:
    """An incoming file: its media type, name, size, time of arrival and origin.

    The same bytes are the same document under any file name.
    """

    sha256: Sha256
    media_type: str
    file_name: str
    size: int
    received_at: dt.datetime
    origin: str


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A case's document as an attachment of a record: its original name, the path of its bytes, and their hash."""

    file_name: str
    path: Path
    sha256: str


def fingerprint(content: bytes) -> Sha256:
    """Return the SHA-256 of some bytes, in lower-case hexadecimal."""
    return Sha256(hashlib.sha256(content).hexdigest())
