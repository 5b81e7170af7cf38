"""The fence around a process that opens an untrusted file: it may compute, read its own engines, and reply.

It needs neither root nor a compiler. A protection that the kernel or the machine does not have is left out, and
``lacking`` names it; the limits on memory, time and files hold everywhere.
"""

from __future__ import annotations

import os
import resource
import sys
import sysconfig
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from extractors.engines.isolation import landlock as files_fence
from extractors.engines.isolation import seccomp as system_calls

_CHECKOUT = Path(__file__).resolve().parents[3]
_CODE = ("extractors", "keywright")
#: The folders of shared libraries, of fonts for pages that embed none, and of Tesseract's languages.
_ENGINES = ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib", "/usr/share/fonts", "/usr/local/share/fonts",
            "/usr/share/X11/fonts", "/usr/share/tesseract-ocr", "/usr/share/tessdata", "/usr/local/share/tessdata",
            "/etc/ld.so.cache", "/sys/devices/system/cpu")  # fmt: skip
_PROGRAMS = tuple(map(Path, ("/usr", "/lib", "/lib64", "/bin")))
_LARGEST_FILE = 200_000_000  # bytes that a program which is started for one picture may write
_MOST_THREADS = 4096  # of one user in all, children included; the kernel does not count for root
_MOST_OPEN = 64  # files open at the same time; Python and the engines have about ten open


def lacking() -> str:
    """Return in a sentence which protections this machine lacks; an empty text if it lacks none."""
    landlock, seccomp = files_fence.version() > 0, system_calls.are_filtered_here()
    if landlock and seccomp:
        return ""
    absent = " and no ".join(
        name for name, there in (("Landlock", landlock), ("filter of system calls (seccomp)", seccomp)) if not there
    )
    return (
        f"This machine has no {absent}: strangers' documents are opened in a child process with limits on memory and "
        "time, but are not fenced off from files and the network. Use Linux 5.13 or later on x86-64 or aarch64, "
        "outside of a container that forbids these."
    )


def enter(keep: Iterable[int]) -> None:
    """Put this process behind the fence for good; only the standard files and those in ``keep`` stay open."""
    _close_all_but(keep)
    lower(resource.RLIMIT_FSIZE, 0)
    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_NOFILE, _MOST_OPEN)
    lower(resource.RLIMIT_NPROC, _MOST_THREADS)
    if files_fence.version() > 0:
        files_fence.read_only(readable())
    if system_calls.are_filtered_here():
        system_calls.keep_to_computing()


def enter_with_programs(keep: Iterable[int], folder: Path) -> None:
    """Put a process that never sees a document behind a wider fence, for good: it may start the machine's programs.

    It reads what a document's process may read, and the machine's programs, and writes to ``folder`` only; from Linux
    6.7 on it has no network.
    """
    _close_all_but(keep)
    lower(resource.RLIMIT_FSIZE, _LARGEST_FILE)
    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_NOFILE, _MOST_OPEN)
    if files_fence.version() > 0:
        files_fence.read_only(readable(), programs=_PROGRAMS, writable=(folder,))


def lower(limit: int, most: int) -> None:
    """Set a limit of this process for good, to ``most`` or to what the machine allows if that is less."""
    _, hard = resource.getrlimit(limit)
    allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(limit, (allowed, allowed))


def _close_all_but(keep: Iterable[int]) -> None:
    """Close what was inherited: the socket to the caller, other children's files, and the terminal of the standard
    files.
    """
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    staying = {0, 1, 2, *keep}
    for descriptor in [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]:
        if descriptor not in staying:
            try:
                os.close(descriptor)
            except OSError:  # the descriptor through which the list itself was read
                continue


@cache
def readable() -> frozenset[Path]:
    """Return the folders of our code, Python's and the engines', but no office data: the checkout may hold its home.

    The set is computed once, before the first child is forked.
    """
    code = {_CHECKOUT / folder for folder in _CODE}
    python = {Path(place).resolve() for place in (*sys.path, sys.prefix, sysconfig.get_path("stdlib")) if place}
    inside = {place for place in python if place == _CHECKOUT or place in _CHECKOUT.parents or place == Path("/")}
    tessdata = os.environ.get("TESSDATA_PREFIX")
    return (
        frozenset(code)
        | (python - inside)
        | {Path(place) for place in _ENGINES}
        | ({Path(tessdata)} if tessdata else set())
    )
