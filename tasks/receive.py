"""Takes in a file: keeps its bytes under their hash and opens a case for it."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from extractors.engines.isolation.sandbox import media_type
from keywright.bot import AnyBot
from keywright.cases import casebook
from keywright.cases.worker import Office
from keywright.model.case import Opened
from keywright.model.document import Document
from keywright.model.values.file_names import safe_name, safe_path

LARGEST = 200_000_000
"""The largest file that is taken in, in bytes; a larger one is left in its place, and reported."""
_OPENED = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe without a writer must not block


@dataclass(frozen=True, slots=True)
class NotTaken(Exception):
    """A file is not taken in; ``why`` says what it is and what to do."""

    why: str


def meant_for_a_robot(path: Path) -> bool:
    """Return False for hidden files, and for half-written ones by their name."""
    return not path.name.startswith(".") and path.suffix != ".part"


def entries_of(folder: Path) -> list[Path]:
    """Return the entries of a folder that are meant for a robot, sorted by name: files, but also anything else."""
    return sorted(path for path in folder.iterdir() if meant_for_a_robot(path))


def content_of(path: Path) -> bytes:
    """Return the bytes of a plain file. It is opened once, and its kind and size are checked on the open file.

    Raises NotTaken for a link, a pipe, a device and a file that is too large, OSError if it cannot be read.
    """
    if path.is_symlink():
        raise NotTaken("is a link to another place and was not taken in. Put the file itself there.")
    descriptor = os.open(path, _OPENED)
    with os.fdopen(descriptor, "rb") as file:
        shape = os.fstat(descriptor)
        if not stat.S_ISREG(shape.st_mode):
            raise NotTaken("is no file (a pipe, a socket or a device) and was not taken in. Take it away.")
        content = file.read(LARGEST + 1) if shape.st_size <= LARGEST else b""
    if shape.st_size > LARGEST or len(content) > LARGEST:
        raise NotTaken(f"is larger than {LARGEST // 1_000_000} MB and was not taken in. Split it.")
    return content


def receive(path: Path, bot: AnyBot, office: Office) -> Opened:
    """Keep a file under a safe name and open its case; the same bytes again open no second case.

    Raises as ``content_of`` does.
    """
    content = content_of(path)
    document = Document(
        sha256=office.documents.put(content),
        media_type=media_type(content),
        file_name=safe_name(path.name),
        size=len(content),
        received_at=timezone.now(),
        origin=safe_path(path.parent)[-500:],
    )
    return casebook.open_case(document, bot.name, actor=office.worker)
