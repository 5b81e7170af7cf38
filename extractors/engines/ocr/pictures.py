"""Opens picture files page by page, turned as the camera or scanner recorded, at a size that can be read."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from extractors.engines import refusals
from extractors.engines.ocr import scans
from extractors.engines.ocr.scans import Sheet
from extractors.engines.refusals import refuse
from keywright.messages import Message

Image.MAX_IMAGE_PIXELS = None  # limited below, with our own message
_MOST_PIXELS = 200_000_000
_LETTER = 11.0  # inches; the long side of a page if its file does not give its size
_PLAUSIBLE = (2.0, 24.0)  # inches
#: The resolution of a fax, across and down, at its usual coarse setting; and the dots of its line.
_FAX, _FAX_WIDTHS = (204.0, 98.0), (1728, 2048, 2432)
_FAULTS = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, KeyError, TypeError)


def count(content: bytes) -> int:
    """Return how many pages the picture file has. Refer if it cannot be opened."""
    return int(getattr(_opened(content), "n_frames", 1))


def sheet(content: bytes, index: int, pixels: int, *, grey: bool = True) -> Sheet:
    """Return one page of the file as a picture of at most ``pixels`` pixels. Refer if it is damaged."""
    picture = _opened(content)
    try:
        picture.seek(index)
        if picture.width * picture.height > _MOST_PIXELS:
            raise refuse(
                refusals.TOO_LARGE,
                Message("It has {width} × {height} pixels.", width=picture.width, height=picture.height),
            )
        mode = "L" if grey else "RGB"
        resolution = _dots_an_inch(picture)
        if picture.format == "JPEG" and picture.width * picture.height > 2 * pixels:
            share = _drafted(picture, mode)
            resolution = resolution[0] * share, resolution[1] * share
        dots, picture = _with_square_dots(picture, resolution)
        upright = ImageOps.exif_transpose(picture)
        plain = _on_white(upright).convert(mode)
    except _FAULTS as error:
        raise refuse(refusals.DAMAGED) from error
    points = dots / 72
    width, height = plain.width / points, plain.height / points
    wanted = scans.resolution(width, height, pixels)
    picture = scaled(plain, wanted / points) if grey else plain
    return Sheet(index + 1, picture, max(picture.size) / max(width, height), min(resolution))


def _drafted(picture: Image.Image, mode: str) -> float:
    """Open a large JPEG at half its size, and return the ratio of the new width to the old."""
    whole = picture.width
    picture.draft(mode, (picture.width // 2, picture.height // 2))
    return picture.width / whole


def scaled(picture: Image.Image, factor: float) -> Image.Image:
    """Return the picture scaled by this factor."""
    if abs(factor - 1) < 0.02:
        return picture
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    sampling = Image.Resampling.LANCZOS if factor > 1 else Image.Resampling.BOX
    return picture.resize(size, sampling)


def _opened(content: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Image.open(io.BytesIO(content))
    except _FAULTS as error:
        raise refuse(refusals.DAMAGED) from error


def _dots_an_inch(picture: Image.Image) -> tuple[float, float]:
    """Return the picture's dots an inch, across and down: those in its file if they are plausible, else those of a
    letter.

    A fax has fewer dots down than across, and not every program writes that into the file.
    """
    stated = picture.info.get("dpi", (0, 0))
    try:
        across, down = (float(dots) for dots in stated)
    except (TypeError, ValueError):
        across = down = 0.0
    if min(across, down) > 1 and across == down and picture.width in _FAX_WIDTHS and picture.width > picture.height:
        across, down = _FAX
    if min(across, down) > 1 and _is_a_page(max(picture.width / across, picture.height / down)):
        return across, down
    if picture.width in _FAX_WIDTHS and picture.mode == "1" and picture.width > picture.height:
        return _FAX
    square = max(picture.size) / _LETTER
    return square, square


def _is_a_page(inches: float) -> bool:
    return _PLAUSIBLE[0] <= inches <= _PLAUSIBLE[1]


def _with_square_dots(picture: Image.Image, dots: tuple[float, float]) -> tuple[float, Image.Image]:
    """Return the dots an inch and the picture, stretched to have as many dots down as across."""
    across, down = dots
    most = max(across, down)
    if min(across, down) > 0.9 * most:
        return most, picture
    size = (round(picture.width * most / across), round(picture.height * most / down))
    grey = picture.convert("L") if picture.mode == "1" else picture
    return most, grey.resize(size, Image.Resampling.BICUBIC)


def _on_white(picture: Image.Image) -> Image.Image:
    """Return the picture as on white paper."""
    if "A" not in picture.mode and "transparency" not in picture.info:
        return picture
    clear = picture.convert("RGBA")
    paper = Image.new("RGBA", clear.size, (255, 255, 255, 255))
    return Image.alpha_composite(paper, clear)
