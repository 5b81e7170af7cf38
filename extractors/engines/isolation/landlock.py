"""Limits a process to reading some files and writing none (Landlock): see landlock(7)."""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from collections.abc import Iterable
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the numbers of the three calls, on every machine
_VERSION = 1  # a flag: return the version of the interface and do nothing else
_BENEATH = 1  # LANDLOCK_RULE_PATH_BENEATH
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE, _MAKE, _TRUNCATE = 1 << 5, 1 << 8, 1 << 14
#: All rights over files in each version; a right that is handled and not granted is forbidden.
_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_NETWORK, _SCOPES = 0b11, 0b11  # from version 4: bind and connect; from 6: abstract sockets and signals
_NO_NEW_PRIVILEGES = 38  # prctl(2)
_MACHINES = frozenset({"x86_64", "aarch64", "riscv64", "ppc64le", "s390x", "loongarch64"})
_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def version() -> int:
    """Return the version of Landlock's interface in the running kernel; 0 if there is none."""
    if platform.machine() not in _MACHINES:
        return 0
    return max(0, _call(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint(_VERSION)))


def read_only(readable: Iterable[Path], *, programs: Iterable[Path] = (), writable: Iterable[Path] = ()) -> None:
    """Limit this thread, and everything it starts, to reading these files and folders, for good.

    ``programs`` are folders whose programs can be started, ``writable`` those in which files can be made and removed.
    Otherwise writing is allowed only to ``/dev/null``, since Tesseract crashes without it. Missing paths are left out.
    Raises OSError if the kernel refuses.
    """
    known = version()
    rights = _RIGHTS[min(known, max(_RIGHTS))]
    attributes = struct.pack("=QQQ", rights, _NETWORK if known >= 4 else 0, _SCOPES if known >= 6 else 0)
    rules = _ensured(_call(_CREATE, ctypes.c_char_p(attributes), ctypes.c_size_t(len(attributes)), ctypes.c_uint(0)))
    try:
        for path in readable:
            _grant(rules, path, _READ_FILE | _READ_FOLDER if path.is_dir() else _READ_FILE)
        for path in programs:
            _grant(rules, path, _EXECUTE | _READ_FILE | _READ_FOLDER)
        for path in writable:
            _grant(rules, path, (_READ_FILE | _READ_FOLDER | _WRITE_FILE | _REMOVE | _MAKE | _TRUNCATE) & rights)
        _grant(rules, Path(os.devnull), _READ_FILE | _WRITE_FILE)
        _ensured(_libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
        _ensured(_call(_RESTRICT, ctypes.c_int(rules), ctypes.c_uint(0)))
    finally:
        os.close(rules)


def _grant(rules: int, path: Path, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rule = struct.pack("=Qi", rights, opened)
        _ensured(_call(_ADD, ctypes.c_int(rules), ctypes.c_int(_BENEATH), ctypes.c_char_p(rule), ctypes.c_uint(0)))
    finally:
        os.close(opened)


def _call(number: int, *arguments: object) -> int:
    return int(_libc.syscall(ctypes.c_long(number), *arguments))


def _ensured(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), "The kernel does not accept the rules about files.")
    return result
