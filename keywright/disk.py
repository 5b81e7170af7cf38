"""Tells a full disk from a passing fault: waiting makes no room, a person does."""

from __future__ import annotations

import errno
import sqlite3

from keywright.errors import Stop

_ERRNO = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_SQLITE = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC})
_POSTGRESQL = "53100"  #: disk_full, as PostgreSQL's manual lists it


def is_full(error: BaseException) -> bool:
    """Return True if an error, or the one behind it, says that a disk takes no more."""
    return any(
        (isinstance(one, OSError) and one.errno in _ERRNO)
        or (isinstance(one, sqlite3.Error) and getattr(one, "sqlite_errorcode", 0) in _SQLITE)
        or getattr(one, "sqlstate", "") == _POSTGRESQL
        for one in (error, error.__cause__)
    )


def remedy(error: BaseException) -> str:
    """Return what to do if an error says that a disk takes no more; nothing for any other."""
    return "The disk is full. Make room and start again." if is_full(error) else ""


def ensure_room(error: BaseException) -> None:
    """Raise Stop if an error, or the one behind it, says that a disk takes no more."""
    if is_full(error):
        raise Stop(f"{remedy(error)} Nothing is lost; a look tells what was posted. ({error})") from error
