"""A process next to a confined child that reads pictures for it with the program ``tesseract``, and sees no document.

It is needed only if Tesseract's library does not load, since the child itself cannot start a program. It gets bare grey
dots and returns text.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import tempfile
from pathlib import Path

from extractors.engines.isolation import fence
from extractors.engines.ocr import tesseract_program

_PARENT_DIES = 1  # PR_SET_PDEATHSIG, prctl(2)
_libc = ctypes.CDLL(None)


def start(folder: Path) -> int:
    """Start a picture reader that writes to ``folder`` only, and return the descriptor by which this process asks it.

    Call it before this process enters its own fence. The reader ends with this process, and with its group.
    """
    connection, reader_end = socket.socketpair()
    if os.fork() == 0:
        try:
            _libc.prctl(_PARENT_DIES, signal.SIGKILL)
            fence.enter_with_programs([reader_end.fileno()], folder)
            tempfile.tempdir = str(folder)
            tesseract_program.serve(reader_end.fileno())
        finally:
            os._exit(0)
    reader_end.close()
    descriptor = connection.detach()
    tesseract_program.ask_through(descriptor)
    return descriptor
