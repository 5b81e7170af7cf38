"""Crops of page images that show where each value of a case is printed; the browser cuts them out."""

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
class PageCrop:
    """A part of a page image in SVG terms: the part in points, its shown size, and the size of the page."""

    page: int
    sha256: str
    view: str
    width: str
    height: str
    page_width: str
    page_height: str


def crops_of(fields: Iterable[Field[Any]], pages: Iterable[PictureOfPage]) -> Mapping[str, PageCrop]:
    """Return the crop of each field that is printed on a page with an image, by field name."""
    drawn = {page.number: page for page in pages}
    printed = ((field, drawn.get(field.box.page)) for field in fields if field.box)
    return {field.name: _crop(field, page) for field, page in printed if page is not None}


def _crop(field: Field[Any], page: PictureOfPage) -> PageCrop:
    box = field.box
    assert box is not None  # told by the caller
    x, top = max(box.left - AROUND, 0), max(box.top - AROUND, 0)
    width = min(box.right + AROUND - x, WIDEST)
    height = min(box.bottom + AROUND - top, TALLEST)
    width, height = max(width, AROUND), max(height, AROUND)
    view = f"{x:.2f} {top:.2f} {width:.2f} {height:.2f}"
    return PageCrop(
        page.number, page.sha256, view, f"{width * SCALE:.0f}", f"{height * SCALE:.0f}", page.width, page.height
    )
