"""Reads pictures with the program ``tesseract`` (pytesseract), if its library does not load into this process.

The confined child that opens a document must not start a program. So it passes each picture, as bare grey dots, to a
picture reader: a process that never sees the document, and that can start programs but write only to one folder.
"""

from __future__ import annotations

import importlib
import os
import struct
import threading

from PIL import Image

from keywright.errors import Stop

MOST_DOTS = 100_000_000  # of one picture: four times what a page may have
LONGEST_REPLY = 40_000_000  # bytes
KNOWN = frozenset({"eng+fra", "osd"})  # so that no word of the other end becomes an argument of the program
_HEAD = struct.Struct("!IIII16s")  # width, height, dots an inch, page segmentation mode, languages
_REPLY = struct.Struct("!BI")  # what became of it, bytes of text that follow
_READ, _FAILED, _NO_PROGRAM = range(3)
_lock = threading.Lock()
_reader: list[int] = []  # the descriptor of this process's picture reader, if it has one

NO_PROGRAM = "The program tesseract is not installed. Have an administrator run: apt-get install tesseract-ocr"


def load() -> None:
    """Load what reading needs, for all processes that are forked later."""
    importlib.import_module("pytesseract")


def ask_through(descriptor: int) -> None:
    """Have the picture reader at the other end of this descriptor read for this process."""
    _reader[:] = [descriptor]


def read_picture(picture: Image.Image, dpi: int, layout: int, languages: str) -> str:
    """Return Tesseract's output for a grey picture: its table of words, or for ``layout`` 0 the orientation in degrees.

    An empty output means that it found nothing. Raises Stop if the program is not installed, RuntimeError if it fails.
    """
    if not _reader:
        outcome, output = _recognise(picture, dpi, layout, languages)
    else:
        with _lock:
            _write(_reader[0], _HEAD.pack(picture.width, picture.height, dpi, layout, languages.encode()))
            _write(_reader[0], picture.tobytes())
            outcome, length = _REPLY.unpack(_read(_reader[0], _REPLY.size))
            output = _read(_reader[0], min(length, LONGEST_REPLY)).decode()
    if outcome == _NO_PROGRAM:
        raise Stop(NO_PROGRAM)
    if outcome == _FAILED:
        raise RuntimeError(f"tesseract failed: {output}")
    return output


def serve(channel: int) -> None:
    """Read pictures until the other end is closed. If the other end is under attack, it still gets only text."""
    while True:
        width, height, dpi, layout, languages = _HEAD.unpack(_read(channel, _HEAD.size))
        if not 0 < width * height <= MOST_DOTS:
            return
        picture = Image.frombytes("L", (width, height), _read(channel, width * height))
        language_names = languages.rstrip(b"\0").decode()
        outcome, output = (
            _recognise(picture, dpi, layout, language_names) if language_names in KNOWN else (_FAILED, "languages")
        )
        text = output.encode()
        _write(channel, _REPLY.pack(outcome, len(text)) + text)


def _recognise(picture: Image.Image, dpi: int, layout: int, languages: str) -> tuple[int, str]:
    import pytesseract  # takes a tenth of a second, and most machines do not need it

    try:
        if layout == 0:
            return _READ, _orientation(picture, dpi)
        options = f"--psm {layout} --dpi {dpi}"
        return _READ, str(pytesseract.image_to_data(picture, lang=languages, config=options))
    except pytesseract.TesseractNotFoundError:
        return _NO_PROGRAM, ""
    except pytesseract.TesseractError as error:
        return _FAILED, str(error)[:200]


def _orientation(picture: Image.Image, dpi: int) -> str:
    """Return by how many degrees the print is turned; "" if there are too few letters: the program fails then."""
    import pytesseract

    try:
        orientation = pytesseract.image_to_osd(picture, config=f"--dpi {dpi}", output_type=pytesseract.Output.DICT)
    except pytesseract.TesseractError:
        return ""
    return str(orientation["orientation"])


def _read(descriptor: int, length: int) -> bytes:
    parts: list[bytes] = []
    while length:
        part = os.read(descriptor, min(length, 1 << 20))
        if not part:
            raise RuntimeError("the picture reader is gone")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _write(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
