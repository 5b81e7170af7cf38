"""Opens picture files, page by page, held as the camera or scanner says and at a size that can be read."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from extractors.engines import refusals, scans
from extractors.engines.refusals import refuse
from extractors.engines.scans import Sheet

Image.MAX_IMAGE_PIXELS = None  # bounded below, with words of our own
_MOST_PIXELS = 200_000_000
_LETTER = 11.0  # inches; the long side of a page whose file does not say how large it is
_PLAUSIBLE = (2.0, 24.0)  # inches
_FAULTS = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, KeyError, TypeError)


def count(content: bytes) -> int:
    """Return how many pages the picture file has. Refer if it cannot be opened."""
    return int(getattr(_opened(content), "n_frames", 1))


def sheet(content: bytes, index: int, pixels: int, *, grey: bool = True) -> Sheet:
    """Return one page of the file as a picture of at most so many pixels. Refer if it is damaged."""
    picture = _opened(content)
    try:
        picture.seek(index)
        if picture.width * picture.height > _MOST_PIXELS:
            raise refuse(refusals.TOO_LARGE, f"The picture is {picture.width} × {picture.height} pixels large.")
        mode = "L" if grey else "RGB"
        if picture.format == "JPEG" and picture.width * picture.height > 2 * pixels:
            picture.draft(mode, (picture.width // 2, picture.height // 2))
        inches = _inches(picture)
        upright = ImageOps.exif_transpose(picture)
        plain = _on_white(upright).convert(mode)
    except _FAULTS as error:
        raise refuse(refusals.DAMAGED) from error
    points = max(plain.size) / inches / 72
    width, height = plain.width / points, plain.height / points
    wanted = scans.resolution(width, height, pixels)
    picture = scaled(plain, wanted / points) if grey else plain
    return Sheet(index + 1, picture, max(picture.size) / max(width, height))


def scaled(picture: Image.Image, factor: float) -> Image.Image:
    """Return the picture so many times as large."""
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


def _inches(picture: Image.Image) -> float:
    """Return how long the page's long side is: as its file says if that is plausible, else as a letter's."""
    told = picture.info.get("dpi", (0, 0))
    try:
        dpi = float(max(told))
    except (TypeError, ValueError):
        dpi = 0.0
    inches = max(picture.size) / dpi if dpi > 1 else 0.0
    return inches if _PLAUSIBLE[0] <= inches <= _PLAUSIBLE[1] else _LETTER


def _on_white(picture: Image.Image) -> Image.Image:
    """Return the picture as it looks on white paper."""
    if "A" not in picture.mode and "transparency" not in picture.info:
        return picture
    clear = picture.convert("RGBA")
    paper = Image.new("RGBA", clear.size, (255, 255, 255, 255))
    return Image.alpha_composite(paper, clear)
