"""A fork server whose child does not read its document but tries to get out: ``python -m … [open]``, ``open`` without
the fence. It is started as the real one is, with one end of a socket as its standard input."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from extractors.engines.isolation import child, fence, fork_server

_libc = ctypes.CDLL(None, use_errno=True)
NEW_CALLS = {"io_uring_setup": 425, "pidfd_open": 434, "bpf": 321, "userfaultfd": 323, "memfd_create": 319,
             "process_vm_readv": 310, "unshare": 272, "perf_event_open": 298, "keyctl": 250}  # fmt: skip


def call(number: int, *arguments: int) -> None:
    """Make a system call by its number (x86-64). Raises OSError with the kernel's error."""
    if _libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments)) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def fork() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def signals_by_the_kernel(answer: int) -> None:
    fcntl.fcntl(answer, fcntl.F_SETOWN, os.getppid())
    fcntl.fcntl(answer, fcntl.F_SETOWN, 0)


def escapes(document: int, reply: int, secret: str) -> dict[str, Callable[[], object]]:
    """Return the ways out; each must raise OSError, and none does harm if it works."""
    parent = os.getppid()
    ways: dict[str, Callable[[], object]] = {
        "read the machine's accounts": lambda: Path("/etc/passwd").read_text(),
        "read a secret of the office": lambda: Path(secret).read_text(),
        "list the root": lambda: list(Path("/").iterdir()),
        "list the checkout": lambda: list(fence._CHECKOUT.iterdir()),
        "read the parent's environment": lambda: Path(f"/proc/{parent}/environ").read_bytes(),
        "open the document for writing": lambda: os.close(os.open(f"/proc/self/fd/{document}", os.O_RDWR)),
        "write a file": lambda: Path(secret).with_name("written").write_text("boo"),
        "make a folder": lambda: Path(secret).with_name("made").mkdir(),
        "change a file's mode": lambda: Path(secret).chmod(0o600),
        "rename a file": lambda: Path(secret).rename(secret),
        "open a socket": lambda: socket.socket(socket.AF_INET).close(),
        "open a local socket": lambda: socket.socketpair(),
        "run a program": lambda: subprocess.run(["/bin/true"], check=True),
        "become a program": lambda: call(59, 0, 0, 0),
        "fork": fork,
        "fork by another name": lambda: call(57) if os.getpid() < 0 else call(435, 0, 0),
        "trace the parent": lambda: call(101, 0, parent, 0, 0),
        "signal the parent": lambda: os.kill(parent, 0),
        "signal a thread of the parent": lambda: call(234, parent, parent, 0),
        "have the kernel signal the parent": lambda: signals_by_the_kernel(reply),
        "raise its own limits": lambda: call(302, 0, 7, id(b"") + 64, 0),
        "write to the terminal": lambda: fcntl.ioctl(2, 0x5412, b"x"),
    }
    return ways | {name: lambda number=number: call(number, 0, 0, 0, 0) for name, number in NEW_CALLS.items()}


def attempt(request: dict[str, Any], document: int, reply: int) -> None:
    """Try each way out and say how it ended; then what is open, and whether honest work still goes on."""
    for name, escape in escapes(document, reply, request["secret"]).items():
        try:
            escape()
        except OSError as error:
            child.send(reply, {"way": name, "ended": error.strerror or str(error)})
        else:
            child.send(reply, {"way": name, "ended": ""})
    opened = {}
    for descriptor in range(256):
        try:
            opened[descriptor] = os.fstat(descriptor).st_rdev
        except OSError:
            continue
    thread = threading.Thread(target=lambda: child.send(reply, {"thread": os.read(document, 4).decode()}))
    thread.start()
    thread.join()
    child.send(reply, {"open": list(opened), "null": os.makedev(1, 3), "devices": list(opened.values())[:3]})
    os.kill(os.getpid(), signal.SIGKILL) if "open" in sys.argv else os.abort()


def main() -> None:
    child.work = attempt
    if "open" in sys.argv:
        fence.enter = lambda *_: None  # type: ignore[assignment,unused-ignore]
    fork_server.main()


if __name__ == "__main__":
    main()
