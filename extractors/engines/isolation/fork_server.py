"""A process with the engines loaded that forks a confined child for each document.

Loading pdfium, pypdf, lxml and Tesseract takes most of a second; forking a process that has them takes a few
milliseconds. This is not the forkserver of ``multiprocessing``, which would load the caller's main program (Django, a
test run) into the process that opens untrusted files, and exchange pickles.

It is started with one end of a socket as its standard input. A message on it is one request: a JSON object with two
open files, the document and the file for the reply. The reply is lines of JSON; this process writes the last,
``{"ended": …}``, once the child is gone.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import resource
import select
import shutil
import signal
import socket
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractors.engines.isolation import child as inside
from extractors.engines.isolation import fence, picture_reader
from extractors.engines.ocr import tesseract_loaded
from extractors.engines.pdf import ruled_tables
from extractors.engines.pdf.digit_shapes import models_of_digits

LARGEST_REQUEST = 65536
_PARENT_DIES = 1  # PR_SET_PDEATHSIG, prctl(2)
_THREADS = 4  # threads that may compute at the same time in a child (``document_reader`` starts as many)
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(slots=True)
class _Child:
    """A child at work: the file for its reply, when its time is over, its picture reader's folder if it has one, and
    whether it was killed for overstepping its time.
    """

    reply: int
    deadline: float
    folder: Path | None = None
    overdue: bool = False


_Children = dict[int, _Child]


def main() -> None:
    """Serve until the other end of the socket is closed, then end the children and return."""
    control = socket.socket(fileno=os.dup(0))
    wake, signalled = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(signalled, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the caller handles the terminal's Ctrl-C
    fence.readable()
    gc.collect()
    gc.freeze()
    children: _Children = {}
    control.send(b"ready")
    while True:
        ready, _, _ = select.select([control.fileno(), wake], [], [], _until_the_next_deadline(children))
        if wake in ready:
            os.read(wake, 512)
            _report_ended(children)
        _end_overdue(children)
        if control.fileno() in ready and not _serve(control, children):
            break
        tesseract_loaded.load()  # once, for all children but the first, which must not wait for it
        models_of_digits()
        ruled_tables.load()
    for pid, child in children.items():
        _kill(pid)
        _remove_folder(child)


def _until_the_next_deadline(children: _Children) -> float | None:
    time_now = time.monotonic()
    return min((max(0.0, child.deadline - time_now) for child in children.values() if not child.overdue), default=None)


def _end_overdue(children: _Children) -> None:
    """Kill every child that takes longer than a document may in all; a document could extend the child's own timer."""
    for pid, child in children.items():
        if time.monotonic() >= child.deadline:
            child.overdue = True
            _kill(pid)


def _serve(control: socket.socket, children: _Children) -> bool:
    """Start a child for the next request; return False if no more will come."""
    message, files, _, _ = socket.recv_fds(control, LARGEST_REQUEST, 2)
    if not message or len(files) != 2:
        return False
    document, reply = files
    server, request = os.getpid(), json.loads(message)
    inside.load(request)
    folder = None if tesseract_loaded.is_loadable() else Path(tempfile.mkdtemp(prefix="keywright-pictures-"))
    pid = os.fork()
    if pid == 0:
        _run_child(server, request, document, reply, folder)
    os.close(document)
    children[pid] = _Child(reply, time.monotonic() + float(request["limits"]["seconds_in_all"]), folder)
    return True


def _report_ended(children: _Children) -> None:
    """Kill the children of each child that ended, and write how it ended.

    Its process id stays reserved until it is waited for, so the killed group is its own.
    """
    for pid, child in list(children.items()):
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            continue
        _kill(pid)
        _, status, used = os.wait4(pid, 0)
        ending = {
            "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
            "status": os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0,
            "megabytes": used.ru_maxrss // 1024,
            "overdue": child.overdue,
        }
        inside.send(child.reply, {"ended": ending}, start=b"\n")  # the child may have died within a line
        os.close(child.reply)
        _remove_folder(child)
        del children[pid]


def _remove_folder(child: _Child) -> None:
    if child.folder:
        shutil.rmtree(child.folder, ignore_errors=True)


def _kill(pid: int) -> None:
    """Kill a child and everything it started; it may not lead a group of its own yet."""
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue


def _run_child(server: int, request: dict[str, Any], document: int, reply: int, folder: Path | None) -> None:
    """Do one request behind the fence and exit; never return."""
    status = 1
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        gc.disable()  # it lives for a second, within its limits
        _libc.prctl(_PARENT_DIES, signal.SIGKILL)
        if os.getppid() == server:
            _limit(request["limits"])
            reader = [] if folder is None else [picture_reader.start(folder)]
            fence.enter([document, reply, *reader])
            inside.work(request, document, reply)
            status = 0
    finally:
        os._exit(status)


def _limit(limits: dict[str, Any]) -> None:
    """Limit memory, processor and wall-clock time. The kernel ends the child when its time is over."""
    Path("/proc/self/oom_score_adj").write_text(
        "1000", encoding="ascii"
    )  # if memory runs out, this process is killed first
    signal.setitimer(signal.ITIMER_REAL, float(limits["seconds"]))
    most = int(limits["seconds_in_all"] * _THREADS) + 1
    fence.lower(resource.RLIMIT_AS, int(limits["memory"]))
    fence.lower(resource.RLIMIT_CPU, most)


if __name__ == "__main__":
    main()
