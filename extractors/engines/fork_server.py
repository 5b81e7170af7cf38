"""A process with the engines loaded that forks a fenced-in child for each document.

Loading pdfium, pypdf, lxml and Tesseract takes most of a second, forking a process that has them a few
milliseconds. It is not ``multiprocessing``'s forkserver, which would load the caller's main
program (Django, a test run) into the process that meets strangers' files, and hand over pickles.

It is started with one end of a socket as its standard input. A message on it is one request: a
JSON object, with two open files: the document, and where the answer goes. The answer is lines of
JSON; the last, ``{"ended": …}``, is written here once the child is gone.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import resource
import select
import signal
import socket
from typing import Any

from extractors.engines import inside, tesseract_loaded

LARGEST_REQUEST = 65536
_PARENT_DIES = 1  # PR_SET_PDEATHSIG, prctl(2)
_libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Serve until the other end of the socket is closed, then end the children and go."""
    control = socket.socket(fileno=os.dup(0))
    wake, signalled = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(signalled, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is the caller's business
    gc.collect()
    gc.freeze()
    children: dict[int, int] = {}
    control.send(b"ready")
    while True:
        ready, _, _ = select.select([control.fileno(), wake], [], [])
        if wake in ready:
            os.read(wake, 512)
            _bury(children)
        if control.fileno() in ready and not _serve(control, children):
            break
        tesseract_loaded.load()  # once, for all children but the first, who must not wait for it
    for pid in children:
        _kill(pid)


def _serve(control: socket.socket, children: dict[int, int]) -> bool:
    """Start a child for the next request; return False if there will be no more."""
    message, files, _, _ = socket.recv_fds(control, LARGEST_REQUEST, 2)
    if not message or len(files) != 2:
        return False
    document, answer = files
    server = os.getpid()
    pid = os.fork()
    if pid == 0:
        control.close()
        for other in children.values():  # their answers are none of this child's business
            os.close(other)
        _be_a_child(server, json.loads(message), document, answer)
    os.close(document)
    children[pid] = answer
    return True


def _bury(children: dict[int, int]) -> None:
    """Say how each dead child ended, after its own children are killed.

    Its process id is still its own until it is waited for, so the group that is killed is its group.
    """
    for pid, answer in list(children.items()):
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            continue
        _kill(pid)
        _, status, used = os.wait4(pid, 0)
        how = {
            "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
            "status": os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0,
            "megabytes": used.ru_maxrss // 1024,
        }
        inside.say(answer, {"ended": how}, start=b"\n")  # the child may have died within a line
        os.close(answer)
        del children[pid]


def _kill(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _be_a_child(server: int, request: dict[str, Any], document: int, answer: int) -> None:
    """Work one request behind the fence and leave; never return."""
    status = 1
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        gc.disable()  # it lives for a second, within its limits
        _libc.prctl(_PARENT_DIES, signal.SIGKILL)
        if os.getppid() == server:
            _fence(request["limits"])
            inside.work(request, document, answer)
            status = 0
    finally:
        os._exit(status)


def _fence(limits: dict[str, Any]) -> None:
    """Bound memory, processor and wall-clock time, and forbid to write any file.

    When the wall-clock time is over the kernel ends the child, whatever code it is in.
    """
    seconds = float(limits["seconds"])
    most = int(seconds + limits["pages"] * limits["seconds_a_page"]) + 1
    signal.setitimer(signal.ITIMER_REAL, seconds)
    resource.setrlimit(resource.RLIMIT_AS, (int(limits["memory"]), int(limits["memory"])))
    resource.setrlimit(resource.RLIMIT_CPU, (most, most))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
