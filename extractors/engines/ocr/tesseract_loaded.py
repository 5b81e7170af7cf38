"""Keeps Tesseract loaded in the process, so that a picture needs no start-up; threads share the loaded instances."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tesserocr
from PIL import Image

from keywright.errors import Stop

LANGUAGES = "eng+fra"
ORIENTATION = "osd"
_MISSING = (
    "Tesseract's languages are not installed. Have an administrator run: "
    "apt-get install tesseract-ocr tesseract-ocr-eng tesseract-ocr-fra tesseract-ocr-osd"
)
_PLACES = ("/usr/share/tesseract-ocr/*/tessdata", "/usr/share/tessdata", "/usr/local/share/tessdata")

#: The instances that no thread is using; a forked child inherits its parent's.
_idle: dict[str, list[tesserocr.PyTessBaseAPI]] = {LANGUAGES: [], ORIENTATION: []}
_lock = threading.Lock()


def engine() -> str:
    """Return the engine's name with its version, as in ``tesseract 5.5.4``."""
    return " ".join(tesserocr.tesseract_version().split()[:2])


def load() -> None:
    """Load what a page needs, if it is not loaded; children that are forked later have it at once.

    If the languages are missing nothing is loaded, and the first scan raises the error.
    """
    try:
        for languages in (LANGUAGES, ORIENTATION):
            with _borrowed(languages):
                pass
    except Stop:
        return


@contextmanager
def tesseract_with(
    picture: Image.Image, dpi: int, layout: int, languages: str = LANGUAGES
) -> Iterator[tesserocr.PyTessBaseAPI]:
    """Lend a Tesseract that holds a grey picture and has forgotten all others; Stop if it is not installed.

    ``layout`` is its page segmentation mode.
    """
    with _borrowed(languages) as loaded:
        grey = picture if picture.mode == "L" else picture.convert("L")
        loaded.SetPageSegMode(layout)
        loaded.SetImageBytes(grey.tobytes(), grey.width, grey.height, 1, grey.width)
        loaded.SetSourceResolution(dpi)
        try:
            yield loaded
        finally:
            loaded.Clear()
            loaded.ClearAdaptiveClassifier()  # a page must not depend on the page before


@contextmanager
def _borrowed(languages: str) -> Iterator[tesserocr.PyTessBaseAPI]:
    with _lock:
        loaded = _idle[languages].pop() if _idle[languages] else None
    loaded = loaded or _started(languages)
    yield loaded
    with _lock:  # not after an error, since its state is then unknown
        _idle[languages].append(loaded)


def _started(languages: str) -> tesserocr.PyTessBaseAPI:
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
