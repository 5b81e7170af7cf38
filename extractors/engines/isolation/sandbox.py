"""Documents come from strangers, so each is opened in a child process with limits on memory and time."""

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
from extractors.engines.isolation.child_output import LAST, TooMuch, gathered
from extractors.engines.reading_json import lines_from_json, reading_from_json
from extractors.engines.refusals import refuse
from keywright.errors import Refer, Stop
from keywright.findings import Kind
from keywright.model.reading import Box, DrawnPage, Line, Reading
from keywright.model.values.media_types import media_type

_log = logging.getLogger(__name__)
_ROOT = Path(__file__).resolve().parents[3]
#: What the readers may know of our environment: no passwords, no addresses of databases.
_KEPT = ("PATH", "LANG", "LC_ALL", "TESSDATA_PREFIX", "VIRTUAL_ENV", "COVERAGE_PROCESS_START")
_LARGEST_ANSWER = 40_000_000  # bytes: twice what the words allowed take as JSON
_LARGEST_PICTURES = 256_000_000  # bytes: 200 pages of a megabyte each
_NO_SENSE = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError)
_LONGEST_MESSAGE = 2000
_GRACE = 10.0  # seconds that the fork server gets to end a child before the caller loses patience


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost.

    ``seconds`` of wall-clock time for opening it and reading what needs no OCR, and as many for the rules that find its
    fields: a page takes some hundredths of a second. ``seconds_in_all``, OCR included, which takes some seconds a page
    and thread: a hundred scanned pages on two processors. ``memory`` in bytes of address space; ``pixels`` of a page's
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
    """A function of ours that is to work on a reading where it was made: by its module and name, with what it is told.

    It is called with the reading and ``told``, which is JSON and not a stranger's, and returns JSON. ``loads`` are
    further modules that it will need: they are loaded once for all documents.
    """

    module: str
    function: str
    told: dict[str, Any]
    loads: tuple[str, ...] = ()


def read(path: Path, limits: Limits = Limits(), *, ticks: bool = False, only: tuple[int, int] | None = None) -> Reading:
    """Return all that the engines see on a document, or ``only`` on its pages from the first to the last of these.

    Tick boxes are looked for on scans; with ``ticks`` on digital pages too, unless the PDF is a form
    with fields of its own. That takes a tenth of a second a page.
    Raises Refer (kind reading, not acceptable) under one of the rules of ``refusals`` if it cannot
    be read, and Stop if this machine cannot read: an engine is missing, the file is not there.
    """
    reading, _ = _read({"do": "read", "ticks": ticks, "only": only, "rules": None}, path, limits)
    return reading


def read_and(
    path: Path, rules: Rules, limits: Limits = Limits(), *, ticks: bool = False, only: tuple[int, int] | None = None
) -> tuple[Reading, Any]:
    """Read a document as ``read`` does, and return with the reading what rules of ours answer about it.

    The answer comes from a process that met a stranger's file: it must be checked (within ``making_sense_of``).
    """
    return _read({"do": "read", "ticks": ticks, "only": only, "rules": asdict(rules)}, path, limits)


def work_on(data: Any, rules: Rules, limits: Limits = Limits()) -> Any:
    """Return what rules of ours answer about data that came from a document; they are called with the data (JSON).

    The answer must be checked as that of ``read_and``. Raises Refer if there is none within the limits.
    """
    with os.fdopen(os.memfd_create("data"), "wb+") as document:
        document.write(json.dumps(data).encode())
        document.seek(0)
        answers = _asked_about(document, {"do": "work", "rules": asdict(rules)}, "words", limits, _LARGEST_ANSWER)
    with making_sense_of(Path("words")):
        (answer,) = (answer for answer in answers if "worked" in answer)
    return answer["worked"]


def _read(request: dict[str, Any], path: Path, limits: Limits) -> tuple[Reading, Any]:
    answers = _ask(request, path, limits)
    with making_sense_of(path):
        (answer,) = (answer for answer in answers if "reading" in answer)
        reading = reading_from_json(answer["reading"])
    _remember(path, reading)
    return reading, answer.get("worked")


@contextmanager
def making_sense_of(path: Path) -> Iterator[None]:
    """Refuse a document over which the child gave an answer that is none."""
    try:
        yield
    except _NO_SENSE as error:
        _log.error("%s: the reader's answer makes no sense: %r", path, error)
        raise refuse(refusals.DAMAGED) from error


def look_at(path: Path, place: Box, turned: float, limits: Limits = Limits()) -> tuple[Line, ...]:
    """Return the lines that OCR reads in one place of a page that is held upright.

    ``turned`` is ``Page.turned`` of its reading. Raises Refer and Stop as ``read`` does.
    """
    box = [place.page, place.left, place.top, place.right, place.bottom]
    answers = _ask({"do": "look-at", "box": box, "turned": turned}, path, limits)
    with making_sense_of(path):
        (lines,) = (lines_from_json(answer["lines"], place.page) for answer in answers if "lines" in answer)
    return lines


def cut(path: Path, first: int, last: int, limits: Limits = Limits()) -> bytes:
    """Return some pages of a PDF or TIFF, counted from 1, as a document of their own. Raises Refer and Stop as ``read``
    does."""
    answers = _ask({"do": "cut", "first": first, "last": last}, path, limits)
    with making_sense_of(path):
        (content,) = (base64.b64decode(answer["cut"]) for answer in answers if "cut" in answer)
    return content


def picture(
    path: Path,
    page: int,
    dpi: int = 110,
    *,
    turned: float | None = None,
    limits: Limits = Limits(),
) -> bytes:
    """Return a PNG of one page (counted from 1), held upright as ``read`` holds it.

    ``turned`` is ``Page.turned`` of its reading. Without it, and if this process has not read the
    file lately, a scan's orientation is worked out again, which takes a second or more.
    Raises Refer and Stop as ``read`` does.
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
    """Return the pictures of all pages, as ``picture`` does; ``reading`` saves time. XML has none."""
    pages = reading.pages if reading else ()
    known = {page.number: page.turned for page in pages} or _known_turns(path)
    return tuple(_drawn(path, None, dpi, known, limits))


def _drawn(path: Path, pages: list[int] | None, dpi: int, turned: dict[int, float], limits: Limits) -> list[DrawnPage]:
    known = {str(number): degrees for number, degrees in turned.items()}
    answers = _ask({"do": "draw", "pages": pages, "dpi": dpi, "turned": known}, path, limits, _LARGEST_PICTURES)
    with making_sense_of(path):
        return [
            DrawnPage(
                int(drawn["number"]),
                float(drawn["size"][0]),
                float(drawn["size"][1]),
                _png(base64.b64decode(drawn["png"])),
            )
            for drawn in (answer["drawn"] for answer in answers if "drawn" in answer)
        ]


def _png(content: bytes) -> bytes:
    """Return a picture that came from the child. Raises ValueError if it is of another kind, which others may open."""
    if media_type(content) != "image/png":
        raise ValueError("the picture is no PNG")
    return content


#: How the pages of the files read last are turned, so that drawing need not find out again.
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
        found = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path.resolve()), found.st_mtime_ns, found.st_size


def _ask(request: dict[str, Any], path: Path, limits: Limits, largest: int = _LARGEST_ANSWER) -> list[dict[str, Any]]:
    with _opened(path, limits) as document:
        return _asked_about(document, request, str(path), limits, largest)


def _asked_about(
    document: IO[bytes], request: dict[str, Any], name: str, limits: Limits, largest: int
) -> list[dict[str, Any]]:
    """Have a child work the request and return its answers.

    1. Hand the document, opened, and a way to answer to the fork server.
    2. Gather the answer; the fork server sees to it that the child and its own children go.
    3. If the fork server itself died meanwhile, over another document perhaps, ask once more.
    4. Turn what was said, or how the child died, into an answer or an error.
    """
    request["limits"] = asdict(limits)
    said: list[dict[str, Any]] = []
    for _ in range(2):
        document.seek(0)
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                _server.send(json.dumps(request).encode(), [document.fileno(), theirs.fileno()])
            said = _heard(ours, limits, largest)
        if any("reading" in answer or "done" in answer for answer in said):
            return said
        if said and LAST & said[-1].keys():
            break
    raise _why(said, name)


def _opened(path: Path, limits: Limits) -> IO[bytes]:
    try:
        document = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")  # no pipe is waited for
        shape = os.fstat(document.fileno())
    except OSError as error:
        raise Stop(f"The file {path} cannot be opened: {error}. Restore it.") from error
    if stat.S_ISREG(shape.st_mode) and shape.st_size <= limits.size:
        return document
    document.close()
    if not stat.S_ISREG(shape.st_mode):
        raise refuse(refusals.NOT_A_DOCUMENT, "This is no file (a pipe, a socket or a device).")
    raise refuse(refusals.TOO_LARGE, f"The file has {shape.st_size / 1e6:.0f} MB.")


def _heard(ours: socket.socket, limits: Limits, largest: int) -> list[dict[str, Any]]:
    """Return the lines of the answer. Only if the fork server does not end who takes too long, it is ended itself."""
    try:
        return gathered(ours, limits.seconds_in_all + _GRACE, largest)
    except TimeoutError:
        _server.end()
        return [{"refer": refusals.TOO_SLOW}]
    except TooMuch:
        return [{"refer": refusals.TOO_LARGE, "message": str(refuse(refusals.TOO_LARGE, "There is too much in it."))}]


def _why(said: list[dict[str, Any]], name: str) -> Exception:
    """Return why there is no answer: a refusal, or how the child died."""
    for answer in said:
        if "refer" in answer:
            _log.info("%s: %s %s", name, answer["refer"], answer.get("because", ""))
            return _refusal(answer)
        if "stop" in answer:
            return Stop(str(answer["stop"]))
    how = said[-1].get("ended", {}) if said else {}
    _log.warning("%s: the reader died: %s", name, how)
    if not how:
        return refuse(refusals.DAMAGED, "The program that reads documents was killed over it, twice.")
    if how["overdue"] or how["signal"] in (signal.SIGALRM, signal.SIGXCPU):
        return refuse(refusals.TOO_SLOW)
    return refuse(refusals.DAMAGED, "A program that reads such files crashed over it.")


def _refusal(answer: dict[str, Any]) -> Refer:
    rule, message = answer["refer"], str(answer.get("message", ""))
    if rule not in refusals.RULES or not 0 < len(message) <= _LONGEST_MESSAGE:
        return refuse(rule if rule in refusals.RULES else refusals.DAMAGED)
    return Refer.because(rule, message, kind=Kind.READING)


class _Server:
    """The fork server of this process, started when it is first needed; threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def send(self, request: bytes, files: list[int]) -> None:
        """Hand over a request, to a new server if the old one is gone."""
        with self._lock:
            for _ in range(2):
                channel = self._ready()
                try:
                    socket.send_fds(channel, [request], files)
                    return
                except OSError as error:
                    _log.warning("the fork server is gone (%s); starting another", error)
                    self._forget()
        raise Stop("The process that reads documents cannot be started. Look into the log.")

    def end(self) -> None:
        """End the server and with it all its children."""
        with self._lock:
            self._forget()

    def _ready(self) -> socket.socket:
        """Return the way to the server. A forked copy of this process starts one of its own."""
        if self._socket is None or self._owner != os.getpid():
            self._forget()
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-s", "-m", "extractors.engines.isolation.fork_server"],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    cwd=_ROOT,
                    env=_environment(),
                    start_new_session=True,
                )
            if ours.recv(16) != b"ready":
                raise Stop("The process that reads documents does not start. Look into the log.")
            self._socket, self._owner = ours, os.getpid()
        return self._socket

    def _forget(self) -> None:
        if self._socket is not None:
            self._socket.close()
        if self._process is not None and self._owner == os.getpid():
            self._process.kill()
            self._process.wait()
        self._socket = self._process = None


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {"OMP_THREAD_LIMIT": "1", "PYTHONPATH": str(_ROOT)}


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
