"""Distinguishes a full disk from a passing fault: a person must make room, waiting does not help."""

from __future__ import annotations

import errno
import sqlite3

from keywright.errors import Stop

_ERRNO = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_SQLITE = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC})
_POSTGRESQL = "53100"  #: disk_full, as PostgreSQL's manual lists it


def is_full(error: BaseException) -> bool:
    """Return True if an error, or its cause, says that a disk is full."""
    return any(
        (isinstance(cause, OSError) and cause.errno in _ERRNO)
        or (isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorcode", 0) in _SQLITE)
        or getattr(cause, "sqlstate", "") == _POSTGRESQL
        for cause in (error, error.__cause__)
    )


def remedy(error: BaseException) -> str:
    """Return what to do if an error says that a disk is full; "" for any other error."""
    return "The disk is full. Make room and start again." if is_full(error) else ""


def ensure_room(error: BaseException) -> None:
    """Raise Stop if an error, or its cause, says that a disk is full."""
    if is_full(error):
        raise Stop(f"{remedy(error)} Nothing is lost; a look will find what was posted. ({error})") from error
