"""Takes in the files of a folder, reports each file that could not be taken in, and moves away the others."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from keywright.bot import AnyBot
from keywright.cases.worker import Office
from keywright.disk import ensure_room
from keywright.model.case import Opened
from keywright.model.values.file_names import numbered, safe_path
from tasks.receive import NotTaken, entries_of, receive

TAKEN = "taken"
QUIET = 10.0
"""A file that changed in the last so many seconds may still be being written, by a scanner or over the network."""


@dataclass(frozen=True, slots=True)
class LeftFile:
    """A file or folder that was left in its place, and why."""

    path: Path
    why: str

    def __str__(self) -> str:
        return f"{safe_path(self.path)} {self.why}"


def take_in(folder: Path, bot: AnyBot, office: Office, *, put_away: bool) -> Iterator[Opened | LeftFile]:
    """Take in every file of a folder, one after another; a file that cannot be taken in does not stop the others.

    With ``put_away`` the folder is an inbox: each file taken in is moved to a folder of the day under ``taken``, so
    that the next run finds only new files, and a file that is still being written is left for that run without a
    report.
    """
    try:
        paths = entries_of(folder)
    except OSError as error:
        yield LeftFile(folder, f"cannot be opened: {error.strerror}. Make the folder, or let Keywright's user read it.")
        return
    for path in paths:
        yield from _take_one(path, bot, office, put_away)


def _take_one(path: Path, bot: AnyBot, office: Office, put_away: bool) -> Iterator[Opened | LeftFile]:
    try:
        shape = path.lstat()
        if stat.S_ISDIR(shape.st_mode):
            if path.name != TAKEN or not put_away:
                yield LeftFile(path, "is a folder, and no file in it was taken in. Put the files beside it.")
            return
        if put_away and abs(time.time() - shape.st_mtime) < QUIET:
            return
        yield receive(path, bot, office)
        if put_away:
            _put_away(path, office)
    except NotTaken as refused:
        yield LeftFile(path, refused.why)
    except OSError as error:
        if os.path.lexists(path):  # or else another run of this bot was quicker, and has it
            yield LeftFile(path, _why(error))


def _why(error: OSError) -> str:
    ensure_room(error)
    return f"cannot be read, or cannot be moved to its folder `taken`: {error.strerror}. Let Keywright's user do both."


def _put_away(path: Path, office: Office) -> None:
    """Move a file under ``taken``, with a number in its name if a file of the same name came on the same day."""
    folder = path.parent / TAKEN / office.today().isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    free = (folder / numbered(path.name, number) for number in count(1))
    path.rename(next(target for target in free if not os.path.lexists(target)))
