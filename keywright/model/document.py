"""A document: a file as it came in, kept under the hash of its bytes."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import NewType

from keywright.errors import Stop

Sha256 = NewType("Sha256", str)
CHANGED = "was changed"
"""What is wrong with a file whose bytes are no longer those of its hash."""
MISSING = "is missing"
"""What is wrong with a file that is no longer where it was kept."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file as it came in: what it is, under which name, when, and from where.

    The same bytes are the same document, whatever the file is called.
    """

    sha256: Sha256
    media_type: str
    file_name: str
    size: int
    received_at: dt.datetime
    origin: str


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A case's document as a record encloses it: the name it came under, where its bytes are kept, and their hash."""

    file_name: str
    path: Path
    sha256: str

    def content(self) -> bytes:
        """Return the bytes. Raises Stop if they are gone, or are no longer those of the hash."""
        try:
            content = self.path.read_bytes()
        except OSError as error:
            raise Stop(f"The document {self.path} cannot be read: {error.strerror}. Restore it.") from error
        if fingerprint(content) != self.sha256:
            raise Stop(f"The document {self.path} was changed. Restore it from the backup.")
        return content


def fingerprint(content: bytes) -> Sha256:
    """Return the SHA-256 of some bytes, in lower-case hexadecimal."""
    return Sha256(hashlib.sha256(content).hexdigest())


class Archive:
    """A folder in which files are kept under their hash; what is there is never changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Return where the file with this hash is kept, if it is kept."""
        return self.folder / sha256[:2] / sha256

    def put(self, content: bytes) -> Sha256:
        """Keep these bytes and return their hash; all of them are on disk, or none.

        Raises Stop if the disk does not take them.
        """
        sha256 = fingerprint(content)
        target = self.path(sha256)
        if target.exists() and target.stat().st_size == len(content):
            return sha256
        try:
            write_whole(target, content)
        except OSError as error:
            raise Stop(f"Could not keep a file in {self.folder}: {error}. Make room and start again.") from error
        return sha256

    def holds_anything(self) -> bool:
        """Return False if the folder is gone or empty, as when its disk is not mounted."""
        try:
            return any(self.folder.iterdir())
        except OSError:
            return False

    def fault_of(self, sha256: str) -> str:
        """Return what is wrong with the file of this hash, to go on a sentence with, or "". Its bytes are not kept."""
        try:
            with self.path(sha256).open("rb") as file:
                return "" if hashlib.file_digest(file, "sha256").hexdigest() == sha256 else CHANGED
        except FileNotFoundError:
            return MISSING
        except OSError as error:
            return f"cannot be read ({error.strerror})"

    def get(self, sha256: str) -> bytes:
        """Return the bytes with this hash. Raises Stop if they are gone or were changed."""
        try:
            content = self.path(sha256).read_bytes()
        except OSError as error:
            raise Stop(f"The file {sha256} is missing from {self.folder}: {error}. Restore it.") from error
        if fingerprint(content) != sha256:
            raise Stop(f"The file {sha256} in {self.folder} was changed. Restore it from the backup.")
        return content


def write_whole(target: Path, content: bytes) -> None:
    """Write a file so that all of it is on disk, or nothing. Raises OSError if the disk does not take it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
