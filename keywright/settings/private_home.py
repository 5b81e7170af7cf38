"""Closes the home to all users but its owner: its content, and what this process and its children write there."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO
FOLDERS = frozenset(
    {
        "bench",
        "cache",
        "demo",
        "documents",
        "excerpts",
        "inbox",
        "pictures",
        "prefect",
        "receipts",
        "town_hall",
        "trac",
        "words",
    }
)
"""The folders that Keywright makes in its home. A home with any other folder may belong to other programs too."""

log = logging.getLogger(__name__)


def keep_private(home: Path, *files: Path) -> None:
    """Let only the owner read the home, and these files that belong to it and are possibly elsewhere.

    From here on this process and its children write files of mode 0600 in folders of mode 0700. A home that is open to
    others, as in earlier versions, is closed completely; failures are logged. A folder with folders of other programs
    is never closed itself: ``KEYWRIGHT_HOME=/srv`` must not lock all users out of ``/srv``.
    """
    os.umask(OTHERS)
    shared = sorted(path.name for path in home.iterdir() if path.is_dir() and path.name not in FOLDERS)
    own = [home / name for name in FOLDERS] if shared else [home]
    refused = [path for path in (*files, *own) if not _close(path)]
    if refused:
        log.warning(
            "Other users of this machine can read %s, and this user may not change that. Have its owner run: "
            "chmod -R go= %s",
            ", ".join(map(str, refused)),
            home,
        )
    if shared and _is_open(home):
        log.warning(
            "Other users of this machine can look into %s. It holds folders that are not Keywright's (%s), so it was "
            "left as it is. Let KEYWRIGHT_HOME name a folder of its own.",
            home,
            ", ".join(shared[:3]),
        )


def _close(path: Path) -> bool:
    """Remove the rights of others on a file, or a folder and its content; return False if that fails.

    A folder is closed after its content, so that an interrupted start does it again. The target of a link is not part
    of the home and is not changed.
    """
    if path.is_symlink() or not path.exists() or not _is_open(path):
        return True
    closed = [_close_one(inner) for inner in _all_inside(path)] if path.is_dir() else []
    return _close_one(path) and all(closed)


def _is_open(path: Path) -> bool:
    return bool(path.stat().st_mode & OTHERS)


def _all_inside(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        yield from _not_linked(Path(parent, name) for name in (*folders, *names))


def _not_linked(paths: Iterable[Path]) -> Iterator[Path]:
    return (path for path in paths if not path.is_symlink())


def _close_one(path: Path) -> bool:
    try:
        if _is_open(path):
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~OTHERS)
        return not _is_open(path)
    except FileNotFoundError:  # just deleted: another process's temporary file
        return True
    except OSError:
        return False
