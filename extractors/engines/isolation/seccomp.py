"""Limits a process to the system calls that computing needs (seccomp): no program, process, socket or signal.

A call that is not in the list fails with ENOSYS, as on an older kernel, and libraries fall back or give up. A list of
allowed calls also covers calls that future kernels will add. See seccomp(2) and ``linux/filter.h``.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterator

# The number of each call on x86-64, and the number that all newer machines share, such as aarch64.
_CALLS = {
    # memory
    "mmap": (9, 222), "munmap": (11, 215), "mprotect": (10, 226), "mremap": (25, 216), "madvise": (28, 233),
    "brk": (12, 214), "membarrier": (324, 283),
    # open files, and opening those that the fence on files allows
    "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66), "pread64": (17, 67), "close": (3, 57),
    "close_range": (436, 436), "lseek": (8, 62), "fstat": (5, 80), "stat": (4, None), "lstat": (6, None),
    "newfstatat": (262, 79), "statx": (332, 291), "access": (21, None),
    "faccessat": (269, 48), "faccessat2": (439, 439), "getdents64": (217, 61), "readlink": (89, None),
    "readlinkat": (267, 78), "dup": (32, 23), "fadvise64": (221, 223), "getcwd": (79, 17),
    # time
    "clock_gettime": (228, 113), "clock_getres": (229, 114), "gettimeofday": (96, 169), "time": (201, None),
    "clock_nanosleep": (230, 115), "nanosleep": (35, 101), "times": (100, 153), "setitimer": (38, 103),
    "getitimer": (36, 102),
    # threads
    "futex": (202, 98), "futex_waitv": (449, 449), "set_robust_list": (273, 99), "get_robust_list": (274, 100),
    "rseq": (334, 293), "sched_yield": (24, 124), "sched_getaffinity": (204, 123), "gettid": (186, 178),
    "getcpu": (309, 168), "exit": (60, 93), "exit_group": (231, 94),
    # its own signals
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    # waiting
    "poll": (7, None), "ppoll": (271, 73), "select": (23, None), "pselect6": (270, 72),
    # identity and environment of the process
    "getpid": (39, 172), "getppid": (110, 173), "getuid": (102, 174), "geteuid": (107, 175), "getgid": (104, 176),
    "getegid": (108, 177), "uname": (63, 160), "sysinfo": (99, 179), "getrusage": (98, 165), "getrlimit": (97, 163),
    "getrandom": (318, 278),
}  # fmt: skip
_CLONE, _TGKILL, _PRLIMIT, _IOCTL, _FCNTL = (56, 220), (234, 131), (302, 261), (16, 29), (72, 25)
_OPENING = (((2, None), 1), ((257, 56), 2))  # open(2) and openat(2), and which of their arguments has the flags
_HARMLESS_FCNTL = (
    0,
    1,
    2,
    3,
    1030,
)  # copies of descriptors and their flags; other commands make the kernel send signals
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # the column above, and AUDIT_ARCH_…

_CLONE_THREAD = 0x10000
# BPF: LD|W|ABS, JMP|JEQ|K, JMP|JSET|K, ALU|AND|K, RET|K
_LOAD, _EQUAL, _HAS_BITS, _MASK, _RETURN = 0x20, 0x15, 0x45, 0x54, 0x06
_NUMBER, _ARCHITECTURE = 0, 4  # where struct seccomp_data has them; arguments follow from 16, eight bytes each
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_NO_NEW_PRIVILEGES, _GET_SECCOMP, _SET_SECCOMP, _FILTER = 38, 21, 22, 2  # prctl(2)
_libc = ctypes.CDLL(None, use_errno=True)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def are_filtered_here() -> bool:
    """Return whether this machine is in the table and its kernel filters system calls."""
    return platform.machine() in _MACHINES and _libc.prctl(_GET_SECCOMP, 0, 0, 0, 0) >= 0


def keep_to_computing() -> None:
    """Forbid every other system call to this thread, and to everything it starts, for good.

    Raises OSError if the kernel refuses.
    """
    column, architecture = _MACHINES[platform.machine()]
    instructions = b"".join(_filter(column, architecture))
    buffer = ctypes.create_string_buffer(instructions, len(instructions))
    program = _Program(len(instructions) // 8, ctypes.addressof(buffer))
    _ensure(_libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _ensure(_libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0))


def _ensure(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), "The kernel does not accept the filter of system calls.")


def _filter(column: int, architecture: int) -> Iterator[bytes]:
    """Yield the filter: one comparison for each call, and for some calls a test of their arguments."""
    yield _step(_LOAD, _ARCHITECTURE)
    yield _step(_EQUAL, architecture, yes=1)
    yield _step(_RETURN, _KILL)
    yield _step(_LOAD, _NUMBER)
    for numbers in _CALLS.values():
        number = numbers[column]
        if number is not None:
            yield _step(_EQUAL, number, no=1)
            yield _step(_RETURN, _ALLOW)
    for numbers, argument in _OPENING:
        yield from _opening(numbers[column], argument)
    # a new thread, but no new process
    yield from _with_argument(_CLONE[column], 0, _step(_HAS_BITS, _CLONE_THREAD, no=1))
    # a signal to itself, as abort(3) sends one
    yield from _with_argument(_TGKILL[column], 0, _step(_EQUAL, os.getpid(), no=1))
    yield from _fcntl(_FCNTL[column])
    # its limits may be read but not set: the third argument would hold new ones
    yield _step(_EQUAL, _PRLIMIT[column], no=5)
    yield _step(_LOAD, 16 + 2 * 8)
    yield _step(_EQUAL, 0, no=5)
    yield _step(_LOAD, 16 + 2 * 8 + 4)
    yield _step(_EQUAL, 0, no=3)
    yield _step(_RETURN, _ALLOW)
    # nothing is a terminal: Python checks this for every file that it opens
    yield _step(_EQUAL, _IOCTL[column], no=1)
    yield _step(_RETURN, _ERROR | errno.ENOTTY)
    yield _step(_RETURN, _ERROR | errno.ENOSYS)


def _with_argument(number: int, argument: int, test: bytes) -> Iterator[bytes]:
    """Yield the steps that allow a call if the test of one argument's lower half continues with the next step."""
    yield _step(_EQUAL, number, no=4)
    yield _step(_LOAD, 16 + argument * 8)
    yield test
    yield _step(_RETURN, _ALLOW)
    yield _step(_RETURN, _ERROR | errno.EPERM)


def _opening(number: int | None, argument: int) -> Iterator[bytes]:
    """Yield the steps that allow opening a file, but not emptying it.

    Landlock before version 3 (Linux 6.2) has no right to truncate: it allows emptying every readable file, and
    opening any file with the access mode 3, for which it needs no right at all (open(2), "Linux reserves the special
    mode 3").
    """
    if number is None:
        return
    yield _step(_EQUAL, number, no=7)
    yield _step(_LOAD, 16 + argument * 8)
    yield _step(_MASK, os.O_ACCMODE | os.O_TRUNC)
    yield _step(_EQUAL, os.O_ACCMODE, yes=3)
    yield _step(_EQUAL, os.O_ACCMODE | os.O_TRUNC, yes=2)
    yield _step(_EQUAL, os.O_RDONLY | os.O_TRUNC, yes=1)
    yield _step(_RETURN, _ALLOW)
    yield _step(_RETURN, _ERROR | errno.EPERM)


def _fcntl(number: int) -> Iterator[bytes]:
    commands = len(_HARMLESS_FCNTL)
    yield _step(_EQUAL, number, no=commands + 3)
    yield _step(_LOAD, 16 + 8)
    for place, command in enumerate(_HARMLESS_FCNTL):
        yield _step(_EQUAL, command, yes=commands - place)
    yield _step(_RETURN, _ERROR | errno.EPERM)
    yield _step(_RETURN, _ALLOW)


def _step(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    """Return one instruction; ``yes`` and ``no`` say how many of the next instructions are skipped."""
    return struct.pack("=HBBI", code, yes, no, value)
