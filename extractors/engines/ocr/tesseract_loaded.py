"""Keeps Tesseract loaded in the process, so that a picture needs no start-up; threads share the loaded instances.

Where its library does not load (no wheel for this machine, or a broken one), the program ``tesseract`` reads instead.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

from extractors.engines.ocr import tesseract_program
from keywright.errors import Stop

try:
    import tesserocr
except ImportError:
    tesserocr = None

LANGUAGES = "eng+fra"
ORIENTATION = "osd"
ORIENTATION_ONLY = 0  # the page segmentation mode that detects how a page is turned
_MISSING = (
    "Tesseract's languages are not installed. Have an administrator run: "
    "apt-get install tesseract-ocr tesseract-ocr-eng tesseract-ocr-fra tesseract-ocr-osd"
)
_PLACES = ("/usr/share/tesseract-ocr/*/tessdata", "/usr/share/tessdata", "/usr/local/share/tessdata")

#: The instances that no thread is using; a forked child inherits its parent's.
_idle: dict[str, list[Any]] = {LANGUAGES: [], ORIENTATION: []}
_lock = threading.Lock()


@cache
def is_loadable() -> bool:
    """Return whether Tesseract's library loads into this process."""
    try:
        return tesserocr is not None and tesserocr.PyTessBaseAPI(init=False) is not None
    except (RuntimeError, OSError):
        return False


def lacking() -> str:
    """Return a sentence if the slower program reads in place of the library, else an empty text."""
    if is_loadable():
        return ""
    return (
        "The package tesserocr does not load on this machine: scans are read by the program tesseract, which takes "
        "longer a page. Digital documents are as fast as ever."
    )


def engine() -> str:
    """Return the engine's name with its version, as in ``tesseract 5.5.4``."""
    if not is_loadable():
        return "tesseract"
    return " ".join(tesserocr.tesseract_version().split()[:2])


def word_table(picture: Image.Image, dpi: int, layout: int) -> str:
    """Return Tesseract's table of the words in a picture (TSV); "" if there are none.

    ``layout`` is its page segmentation mode. Raises Stop if Tesseract or its languages are not installed.
    """
    if not is_loadable():
        return _by_program(picture, dpi, layout, LANGUAGES)
    with tesseract_with(picture, dpi, layout) as loaded:
        return str(loaded.GetTSVText(0)) if loaded.Recognize() else ""


def orientation_of(picture: Image.Image, dpi: int) -> int | None:
    """Return by how many degrees the print in a picture is turned; None if there are too few letters to detect it."""
    if not is_loadable():
        degrees = _by_program(picture, dpi, ORIENTATION_ONLY, ORIENTATION)
        return int(degrees) if degrees else None
    with tesseract_with(picture, dpi, ORIENTATION_ONLY, ORIENTATION) as loaded:
        orientation = loaded.DetectOrientationScript()
    return int(orientation["orient_deg"]) if orientation else None


def _by_program(picture: Image.Image, dpi: int, layout: int, languages: str) -> str:
    _data(languages)
    return tesseract_program.read_picture(_grey(picture), dpi, layout, languages)


def _grey(picture: Image.Image) -> Image.Image:
    return picture if picture.mode == "L" else picture.convert("L")


def load() -> None:
    """Load what a page needs, if it is not loaded; children that are forked later have it at once.

    If the languages are missing nothing is loaded, and the first scan raises the error.
    """
    if not is_loadable():
        tesseract_program.load()
        return
    try:
        for languages in (LANGUAGES, ORIENTATION):
            with _borrowed(languages):
                pass
    except Stop:
        return


@contextmanager
def tesseract_with(picture: Image.Image, dpi: int, layout: int, languages: str = LANGUAGES) -> Iterator[Any]:
    """Lend a Tesseract that holds a grey picture and has forgotten all others; Stop if it is not installed.

    ``layout`` is its page segmentation mode.
    """
    with _borrowed(languages) as loaded:
        grey = _grey(picture)
        loaded.SetPageSegMode(layout)
        loaded.SetImageBytes(grey.tobytes(), grey.width, grey.height, 1, grey.width)
        loaded.SetSourceResolution(dpi)
        try:
            yield loaded
        finally:
            loaded.Clear()
            loaded.ClearAdaptiveClassifier()  # a page must not depend on the page before


@contextmanager
def _borrowed(languages: str) -> Iterator[Any]:
    with _lock:
        loaded = _idle[languages].pop() if _idle[languages] else None
    loaded = loaded or _started(languages)
    yield loaded
    with _lock:  # not after an error, since its state is then unknown
        _idle[languages].append(loaded)


def _started(languages: str) -> Any:
    try:
        return tesserocr.PyTessBaseAPI(path=f"{_data(languages)}/", lang=languages)
    except RuntimeError as error:
        raise Stop(_MISSING) from error


def _data(languages: str) -> Path:
    """Return the folder that has all of these languages."""
    tessdata = os.environ.get("TESSDATA_PREFIX")
    roots = [Path(tessdata)] if tessdata else []
    roots += [folder for place in _PLACES for folder in sorted(Path("/").glob(place[1:]), reverse=True)]
    for root in roots:
        if all((root / f"{language}.traineddata").exists() for language in languages.split("+")):
            return root
    raise Stop(_MISSING)
