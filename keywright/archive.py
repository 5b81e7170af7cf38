"""The archive: files stored under the hash of their bytes, written completely or not at all, and never changed."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from keywright.errors import Stop
from keywright.model.document import Enclosure, Sha256, fingerprint


class Damage(Enum):
    """What may have happened to a stored file. The text is the end of a sentence, for people."""

    CHANGED = "was changed"  #: its content no longer has its hash
    MISSING = "is missing"  #: it is no longer in its place
    UNREADABLE = "cannot be read"


@dataclass(frozen=True, slots=True)
class FileFault:
    """What is wrong with a stored file, and what the operating system says of it, or ""."""

    damage: Damage
    detail: str = ""

    def __str__(self) -> str:
        """Return the fault as the end of a sentence."""
        return f"{self.damage.value} ({self.detail})" if self.detail else self.damage.value


class Archive:
    """A folder in which files are stored under their hash and never changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Return the path of the file with this hash; the file need not exist."""
        return self.folder / sha256[:2] / sha256

    def put(self, content: bytes) -> Sha256:
        """Store these bytes, completely or not at all, and return their hash.

        Raises Stop if the disk does not take them.
        """
        sha256 = fingerprint(content)
        target = self.path(sha256)
        if target.exists() and target.stat().st_size == len(content):
            return sha256
        try:
            write_whole(target, content)
        except OSError as error:
            raise Stop(f"Could not store a file in {self.folder}: {error}. Make room and start again.") from error
        return sha256

    def holds_anything(self) -> bool:
        """Return False if the folder is gone or empty, as when its disk is not mounted."""
        try:
            return any(self.folder.iterdir())
        except OSError:
            return False

    def fault_of(self, sha256: str) -> FileFault | None:
        """Return what is wrong with the file of this hash, or None. Its bytes are not loaded at once."""
        try:
            with self.path(sha256).open("rb") as file:
                unchanged = hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except FileNotFoundError:
            return FileFault(Damage.MISSING)
        except OSError as error:
            return FileFault(Damage.UNREADABLE, error.strerror or "")
        return None if unchanged else FileFault(Damage.CHANGED)

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
    """Write a file completely or not at all. Raises OSError if the disk does not take it."""
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


def content_of(enclosure: Enclosure) -> bytes:
    """Return the bytes of an attachment. Raises Stop if they are gone or no longer have the hash."""
    try:
        content = enclosure.path.read_bytes()
    except OSError as error:
        raise Stop(f"The document {enclosure.path} cannot be read: {error.strerror}. Restore it.") from error
    if fingerprint(content) != enclosure.sha256:
        raise Stop(f"The document {enclosure.path} was changed. Restore it from the backup.")
    return content
