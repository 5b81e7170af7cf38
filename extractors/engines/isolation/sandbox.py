"""Opens each document in a child process with limits on memory and time, since documents come from strangers."""

from __future__ import annotations

import base64
import json
import logging
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from extractors.engines import refusals
from extractors.engines.isolation.child_output import LAST, ReplyTooLong, collect_reply
from extractors.engines.reading_json import lines_from_json, reading_from_json
from extractors.engines.refusals import refuse
from keywright.errors import Refer, Stop
from keywright.findings import Kind
from keywright.messages import Message
from keywright.model.reading import Box, DrawnPage, Line, Reading
from keywright.model.serialization import message_from_json, message_to_json
from keywright.model.values.media_types import media_type

_log = logging.getLogger(__name__)
_ROOT = Path(__file__).resolve().parents[3]
#: The environment variables that the child gets: no passwords, no addresses of databases.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TESSDATA_PREFIX", "VIRTUAL_ENV", "COVERAGE_PROCESS_START")
_LARGEST_REPLY = 40_000_000  # bytes: twice what the allowed words take as JSON
_LARGEST_PICTURES = 256_000_000  # bytes: 200 pages of a megabyte each
_MALFORMED = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError)
_LONGEST_MESSAGE = 2000
_GRACE = 10.0  # seconds that the fork server gets to end a child before the caller ends the fork server


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one document.

    ``seconds`` of wall-clock time for opening it and reading what needs no OCR, and as many for the rules that find its
    fields: a page takes some hundredths of a second. ``seconds_in_all``, with OCR, which takes some seconds a page and
    thread: a hundred scanned pages on two processors. ``memory`` in bytes of address space; ``pixels`` of a page's
    picture (a larger page is read at a lower resolution); ``size`` of the file in bytes.
    """

    pages: int = 200
    seconds: float = 60.0
    seconds_in_all: float = 600.0
    memory: int = 1_500_000_000
    pixels: int = 25_000_000
    size: int = 200_000_000


@dataclass(frozen=True, slots=True)
class Rules:
    """A function of our code that works on a reading inside the child, named by its module and name, with its argument.

    It is called with the reading and ``told``, which is JSON from our own code, and returns JSON. ``loads`` are further
    modules that it needs; they are loaded once for all documents.
    """

    module: str
    function: str
    told: dict[str, Any]
    loads: tuple[str, ...] = ()


def read(path: Path, limits: Limits = Limits(), *, ticks: bool = False, only: tuple[int, int] | None = None) -> Reading:
    """Return everything that the engines read in a document, or ``only`` on its pages from the first to the last given.

    Tick boxes are looked for on scans, and with ``ticks`` also on digital pages of a PDF without form fields. That
    takes a tenth of a second a page.
    Raises Refer (kind reading, not acceptable) under one of the rules of ``refusals`` if it cannot be read, and Stop if
    this machine cannot read: an engine or the file is missing.
    """
    reading, _ = _read({"do": "read", "ticks": ticks, "only": only, "rules": None}, path, limits)
    return reading


def read_and(
    path: Path, rules: Rules, limits: Limits = Limits(), *, ticks: bool = False, only: tuple[int, int] | None = None
) -> tuple[Reading, Any]:
    """Read a document as ``read`` does, and return the reading and what the rules return for it.

    The result comes from a process that opened an untrusted file, so check it (within ``making_sense_of``).
    """
    return _read({"do": "read", "ticks": ticks, "only": only, "rules": asdict(rules)}, path, limits)


def work_on(data: Any, rules: Rules, limits: Limits = Limits()) -> Any:
    """Return what the rules return for data that came from a document; they are called with the data (JSON).

    Check the result as that of ``read_and``. Raises Refer if there is no result within the limits.
    """
    with os.fdopen(os.memfd_create("data"), "wb+") as document:
        document.write(json.dumps(data).encode())
        document.seek(0)
        messages = _requested_from_child(
            document, {"do": "work", "rules": asdict(rules)}, "words", limits, _LARGEST_REPLY
        )
    with making_sense_of(Path("words")):
        (message,) = (message for message in messages if "worked" in message)
    return message["worked"]


def _read(request: dict[str, Any], path: Path, limits: Limits) -> tuple[Reading, Any]:
    messages = _request(request, path, limits)
    with making_sense_of(path):
        (message,) = (message for message in messages if "reading" in message)
        reading = reading_from_json(message["reading"])
    _remember(path, reading)
    return reading, message.get("worked")


@contextmanager
def making_sense_of(path: Path) -> Iterator[None]:
    """Refuse a document if the child's reply has the wrong shape."""
    try:
        yield
    except _MALFORMED as error:
        _log.error("%s: the child's reply has the wrong shape: %r", path, error)
        raise refuse(refusals.DAMAGED) from error


def look_at(path: Path, place: Box, turned: float, limits: Limits = Limits()) -> tuple[Line, ...]:
    """Return the lines that OCR reads in one place of an upright page.

    ``turned`` is ``Page.turned`` of its reading. Raises Refer and Stop as ``read`` does.
    """
    box = [place.page, place.left, place.top, place.right, place.bottom]
    messages = _request({"do": "look-at", "box": box, "turned": turned}, path, limits)
    with making_sense_of(path):
        (lines,) = (lines_from_json(message["lines"], place.page) for message in messages if "lines" in message)
    return lines


def cut(path: Path, first: int, last: int, limits: Limits = Limits()) -> bytes:
    """Return some pages of a PDF or TIFF, counted from 1, as a document. Raises Refer and Stop as ``read`` does."""
    messages = _request({"do": "cut", "first": first, "last": last}, path, limits)
    with making_sense_of(path):
        (content,) = (base64.b64decode(message["cut"]) for message in messages if "cut" in message)
    return content


def picture(
    path: Path,
    page: int,
    dpi: int = 110,
    *,
    turned: float | None = None,
    limits: Limits = Limits(),
) -> bytes:
    """Return a PNG of one page (counted from 1), turned upright as ``read`` turns it.

    ``turned`` is ``Page.turned`` of its reading. Without it, and if this process has not read the file lately, a scan's
    orientation is detected again, which takes a second or more. Raises Refer and Stop as ``read`` does.
    """
    known = _known_turns(path) if turned is None else {page: turned}
    return _drawn(path, [page], dpi, known, limits)[0].png


def pictures(
    path: Path,
    dpi: int = 110,
    *,
    reading: Reading | None = None,
    limits: Limits = Limits(),
) -> tuple[DrawnPage, ...]:
    """Return the pictures of all pages, as ``picture`` does; ``reading`` saves time. XML has no pictures."""
    pages = reading.pages if reading else ()
    known = {page.number: page.turned for page in pages} or _known_turns(path)
    return tuple(_drawn(path, None, dpi, known, limits))


def _drawn(path: Path, pages: list[int] | None, dpi: int, turned: dict[int, float], limits: Limits) -> list[DrawnPage]:
    known = {str(number): degrees for number, degrees in turned.items()}
    messages = _request({"do": "draw", "pages": pages, "dpi": dpi, "turned": known}, path, limits, _LARGEST_PICTURES)
    with making_sense_of(path):
        return [
            DrawnPage(
                int(drawn["number"]),
                float(drawn["size"][0]),
                float(drawn["size"][1]),
                _png(base64.b64decode(drawn["png"])),
            )
            for drawn in (message["drawn"] for message in messages if "drawn" in message)
        ]


def _png(content: bytes) -> bytes:
    """Return a picture that came from the child. Raises ValueError if it is not a PNG."""
    if media_type(content) != "image/png":
        raise ValueError("the picture is not a PNG")
    return content


#: How the pages of the files that were read last are turned, so that drawing need not detect it again.
_turns: dict[tuple[str, int, int], dict[int, float]] = {}
_REMEMBERED = 200


def _known_turns(path: Path) -> dict[int, float]:
    return _turns.get(_version(path), {})


def _remember(path: Path, reading: Reading) -> None:
    while len(_turns) >= _REMEMBERED:
        _turns.pop(next(iter(_turns)), None)
    _turns[_version(path)] = {page.number: page.turned for page in reading.pages}


def _version(path: Path) -> tuple[str, int, int]:
    try:
        status = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path.resolve()), status.st_mtime_ns, status.st_size


def _request(
    request: dict[str, Any], path: Path, limits: Limits, largest: int = _LARGEST_REPLY
) -> list[dict[str, Any]]:
    with _opened(path, limits) as document:
        return _requested_from_child(document, request, str(path), limits, largest)


def _requested_from_child(
    document: IO[bytes], request: dict[str, Any], name: str, limits: Limits, largest: int
) -> list[dict[str, Any]]:
    """Have a child do the request and return its messages.

    1. Pass the opened document and a socket for the reply to the fork server.
    2. Collect the reply; the fork server ends the child and everything it started.
    3. If the fork server itself died, perhaps over another document, try once more.
    4. Turn the reply, or the way the child died, into messages or an error.
    """
    request["limits"] = asdict(limits)
    messages: list[dict[str, Any]] = []
    for _ in range(2):
        document.seek(0)
        connection, child_end = socket.socketpair()
        with connection:
            with child_end:
                _server.send(json.dumps(request).encode(), [document.fileno(), child_end.fileno()])
            messages = _received(connection, limits, largest)
        if any("reading" in message or "done" in message for message in messages):
            return messages
        if messages and LAST & messages[-1].keys():
            break
    raise _error_from(messages, name)


def _opened(path: Path, limits: Limits) -> IO[bytes]:
    try:
        document = os.fdopen(
            os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb"
        )  # opening a pipe does not wait
        shape = os.fstat(document.fileno())
    except OSError as error:
        raise Stop(f"The file {path} cannot be opened: {error}. Restore it.") from error
    if stat.S_ISREG(shape.st_mode) and shape.st_size <= limits.size:
        return document
    document.close()
    if not stat.S_ISREG(shape.st_mode):
        raise refuse(refusals.NOT_A_DOCUMENT, Message("It is a pipe, a socket or a device."))
    raise refuse(refusals.TOO_LARGE, Message("It has {size} MB.", size=round(shape.st_size / 1e6)))


def _received(connection: socket.socket, limits: Limits, largest: int) -> list[dict[str, Any]]:
    """Return the messages of the reply. If the fork server does not end a child that takes too long, it is ended
    itself.
    """
    try:
        return collect_reply(connection, limits.seconds_in_all + _GRACE, largest)
    except TimeoutError:
        _server.end()
        return [{"refer": refusals.TOO_SLOW}]
    except ReplyTooLong:
        refusal = refuse(refusals.TOO_LARGE, Message("It contains too much."))
        return [{"refer": refusals.TOO_LARGE, **message_to_json(refusal.finding.message)}]


def _error_from(messages: list[dict[str, Any]], name: str) -> Exception:
    """Return why there is no result: a refusal, or how the child died."""
    for message in messages:
        if "refer" in message:
            _log.info("%s: %s %s", name, message["refer"], message.get("because", ""))
            return _refusal(message)
        if "stop" in message:
            return Stop(str(message["stop"]))
    ending = messages[-1].get("ended", {}) if messages else {}
    _log.warning("%s: the child process died: %s", name, ending)
    if not ending:
        return refuse(refusals.DAMAGED, Message("The program that reads documents was stopped by it, twice."))
    if ending["overdue"] or ending["signal"] in (signal.SIGALRM, signal.SIGXCPU):
        return refuse(refusals.TOO_SLOW)
    return refuse(refusals.DAMAGED, Message("A program that reads such files crashed on it."))


def _refusal(message: dict[str, Any]) -> Refer:
    rule, text = message["refer"], str(message.get("message", ""))
    if rule not in refusals.RULES or not 0 < len(text) <= _LONGEST_MESSAGE:
        return refuse(rule if rule in refusals.RULES else refusals.DAMAGED)
    return Refer.because(rule, message_from_json({**message, "message": text}), kind=Kind.READING)


class _Server:
    """The fork server of this process, started at the first request; threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def send(self, request: bytes, files: list[int]) -> None:
        """Pass on a request, to a new server if the old one is gone."""
        with self._lock:
            for _ in range(2):
                channel = self._ready()
                try:
                    socket.send_fds(channel, [request], files)
                    return
                except OSError as error:
                    _log.warning("the fork server is gone (%s); starting another", error)
                    self._forget()
        raise Stop("The process that reads documents cannot be started. The log has the reason.")

    def end(self) -> None:
        """End the server and with it all its children."""
        with self._lock:
            self._forget()

    def _ready(self) -> socket.socket:
        """Return the socket to the server. A forked copy of this process starts a server of its own."""
        if self._socket is None or self._owner != os.getpid():
            self._forget()
            connection, server_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with server_end:
                self._process = subprocess.Popen(
                    [sys.executable, "-s", "-m", "extractors.engines.isolation.fork_server"],
                    stdin=server_end.fileno(),
                    stdout=subprocess.DEVNULL,
                    cwd=_ROOT,
                    env=_environment(),
                    start_new_session=True,
                )
            if connection.recv(16) != b"ready":
                raise Stop("The process that reads documents does not start. The log has the reason.")
            self._socket, self._owner = connection, os.getpid()
        return self._socket

    def _forget(self) -> None:
        if self._socket is not None:
            self._socket.close()
        if self._process is not None and self._owner == os.getpid():
            self._process.kill()
            self._process.wait()
        self._socket = self._process = None


def _environment() -> dict[str, str]:
    passed_on = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    return passed_on | {"OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(_ROOT)}


_server = _Server()

__all__ = [
    "Limits",
    "Refer",
    "Rules",
    "cut",
    "look_at",
    "making_sense_of",
    "media_type",
    "picture",
    "pictures",
    "read",
    "read_and",
    "work_on",
]
