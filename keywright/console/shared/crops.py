"""Where each value of a case is printed, cut out of the picture of its page by the browser, with a little around it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from keywright.console.shared.page_overlays import PictureOfPage
from keywright.model.fields import Field

AROUND = 4.0  # points
TALLEST, WIDEST = 60.0, 320.0
"""Points of the page that a crop shows at most."""
SCALE = 1.25
"""CSS pixels a point."""


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of a page's picture as SVG wants it: which part (in points), how large it is shown, the whole page."""

    page: int
    sha256: str
    view: str
    width: str
    height: str
    page_width: str
    page_height: str


def crops_of(fields: Iterable[Field[Any]], pages: Iterable[PictureOfPage]) -> Mapping[str, Crop]:
    """Return the crop of each field that is printed on a page with a picture, by the field's name."""
    drawn = {page.number: page for page in pages}
    told = ((one, drawn.get(one.box.page)) for one in fields if one.box)
    return {one.name: _crop(one, page) for one, page in told if page is not None}


def _crop(field: Field[Any], page: PictureOfPage) -> Crop:
    box = field.box
    assert box is not None  # told by the caller
    left, top = max(box.left - AROUND, 0), max(box.top - AROUND, 0)
    width = min(box.right + AROUND - left, WIDEST)
    height = min(box.bottom + AROUND - top, TALLEST)
    width, height = max(width, AROUND), max(height, AROUND)
    view = f"{left:.2f} {top:.2f} {width:.2f} {height:.2f}"
    return Crop(
        page.number, page.sha256, view, f"{width * SCALE:.0f}", f"{height * SCALE:.0f}", page.width, page.height
    )
