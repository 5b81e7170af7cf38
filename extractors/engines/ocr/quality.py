"""Measures how good the picture of a page is, and reports pages that are too poor to be read reliably."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence

from PIL import Image, ImageChops

from keywright.findings import Finding, Kind
from keywright.messages import Message
from keywright.model.reading import Page, Quality, Reading, Word

RULE = "poor-scan"
DOUBTFUL = 0.7  # a word is doubtful if the engine's confidence in it is lower
_SAMPLE = 24  # words whose edges and ink are measured
#: Beyond these limits a page is not read well. Each was measured with ``bench worn_paper``.
_FEWEST_DOTS, _LEAST_CONTRAST, _MOST_DOUBTFUL, _DULLEST = 90, 0.12, 0.3, 0.12
_SOME_DOUBTFUL = 0.12  # with a smaller share, a picture of low resolution is a clean one, such as a screenshot
_FEW_WORDS = 8


def quality_of(picture: Image.Image, per_point: float, dots: float, uneven: float, words: Sequence[Word]) -> Quality:
    """Return the quality of a grey, upright picture of a page; ``per_point`` is its pixels a point.

    ``dots`` is its original resolution in dots an inch (0: unknown), ``uneven`` how uneven the light is (0-1).
    """
    legible = [word for word in words if sum(map(str.isalnum, word.text)) >= 2]
    looked_at = legible[:: len(legible) // _SAMPLE + 1]
    crops = [_crop(picture, word, per_point) for word in looked_at]
    measured = [_measured(crop) for crop in crops if min(crop.size) >= 4]
    doubtful = sum(word.confidence < DOUBTFUL for word in legible) / max(1, len(legible))
    return Quality(
        dpi=round(dots or per_point * 72),
        contrast=round(statistics.median(contrast for contrast, _ in measured), 3) if measured else 0.0,
        sharpness=round(statistics.median(sharp for _, sharp in measured), 3) if measured else 0.0,
        noise=round(_noise(picture), 4),
        unevenness=round(uneven, 3),
        doubtful=round(doubtful, 3),
    )


def _crop(picture: Image.Image, word: Word, per_point: float) -> Image.Image:
    box = word.box
    edges = (box.left - 1, box.top - 1, box.right + 1, box.bottom + 1)
    x0, y0, x1, y1 = (round(edge * per_point) for edge in edges)
    return picture.crop((max(0, x0), max(0, y0), min(picture.width, x1), min(picture.height, y1)))


def _measured(crop: Image.Image) -> tuple[float, float]:
    """Return the contrast of a word's print, and the share of it that is gained from one dot to the next at an edge."""
    shades = sorted(crop.tobytes())
    contrast = shades[len(shades) * 9 // 10] - shades[len(shades) // 50]
    steps = sorted(_steps(crop).tobytes())
    return contrast / 255, min(1.0, steps[len(steps) * 19 // 20] / max(contrast, 1))


def _noise(picture: Image.Image) -> float:
    """Return the difference (0-1) that three in four pairs of neighbouring dots do not exceed, in strips across the
    page.
    """
    high = max(4, picture.height // 200)
    strips = (picture.crop((0, top, picture.width, top + high)) for top in range(0, picture.height - high, high * 20))
    steps = sorted(b"".join(_steps(strip).tobytes() for strip in strips))
    return steps[len(steps) * 3 // 4] / 255 if steps else 0.0


def _steps(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    following, preceding = picture.crop((1, 0, width, height)), picture.crop((0, 0, width - 1, height))
    return ImageChops.difference(following, preceding)


def poor_scans(reading: Reading) -> tuple[Finding, ...]:
    """Return a finding for each page whose picture is too poor to trust what was read on it."""
    return tuple(_findings(reading.pages))


def _findings(pages: Iterable[Page]) -> Iterator[Finding]:
    for page in pages:
        faults = list(_faults(page.quality, sum(1 for _ in page.words()))) if page.quality else []
        if faults:
            message = Message(
                "Page {page} is hard to read. Reason: {faults}. Scan it again at 300 dpi, or compare every value with "
                "the page.",
                page=page.number,
                faults=tuple(faults),
            )
            yield Finding(RULE, message, (), Kind.READING)


def _faults(quality: Quality, words: int) -> Iterator[Message]:
    if 0 < quality.dpi < _FEWEST_DOTS and quality.doubtful > _SOME_DOUBTFUL:
        yield Message("only {dpi} dots per inch", dpi=round(quality.dpi))
    if words < _FEW_WORDS:
        return
    if quality.contrast < _LEAST_CONTRAST:
        yield Message("faint print")
    if quality.sharpness < _DULLEST:
        yield Message("out of focus")
    if quality.doubtful > _MOST_DOUBTFUL:
        yield Message("{percent}% of its words are doubtful", percent=round(quality.doubtful * 100))
