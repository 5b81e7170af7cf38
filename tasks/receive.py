"""Takes a file in: keeps its bytes under their hash and opens a case for it."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone

from extractors.engines.sandbox import media_type
from keywright import casebook
from keywright.bot import AnyBot
from keywright.cases import Opened
from keywright.documents import Document
from keywright.office import Office

LARGEST = 200_000_000
"""The largest file that is taken in, in bytes; a larger one is left where it is, and told."""


def files_in(folder: Path) -> list[Path]:
    """Return the files of a folder that are meant for a robot, by name; hidden and half-written ones are not."""
    return sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith(".") and p.suffix != ".part")


def receive(path: Path, bot: AnyBot, office: Office) -> Opened:
    """Keep a file and open its case; the same bytes again open no second case."""
    content = path.read_bytes()
    document = Document(
        sha256=office.documents.put(content),
        media_type=media_type(content),
        file_name=path.name[-255:],
        size=len(content),
        received_at=timezone.now(),
        origin=str(path.parent)[-500:],
    )
    return casebook.open_case(document, bot.name, actor=office.worker)
