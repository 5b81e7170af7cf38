"""Page images of a document, with the rectangles that mark printed values."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from keywright.database.models import PagePicture
from keywright.model.fields import Field
from keywright.model.reading import Box

AROUND = 2.5  # points left free between the print and its mark


@dataclass(frozen=True, slots=True)
class PageMark:
    """A rectangle over a page in points from its top left corner, as text for SVG."""

    field: str
    title: str
    x: str
    y: str
    width: str
    height: str
    doubtful: bool


@dataclass(frozen=True, slots=True)
class PictureOfPage:
    """A page image, its size in points, and the marks on it."""

    number: int
    sha256: str
    width: str
    height: str
    marks: tuple[PageMark, ...]

    @property
    def aspect(self) -> tuple[int, int]:
        """Return whole numbers for width and height, so that the browser reserves the space before the image loads."""
        return round(float(self.width)), round(float(self.height))


def pages_of(
    document: str,
    fields: Iterable[Field[Any]],
    titles: dict[str, str],
    doubtful: Collection[str],
    only: tuple[int, int] | None = None,
) -> list[PictureOfPage]:
    """Return the page images of a document, with the marks of the fields printed on each.

    ``only`` are the first and last page of a case that is a part of its document.
    """
    rows = PagePicture.objects.filter(document_id=document).order_by("page")
    rows = rows.filter(page__range=only) if only else rows
    printed = [(field, field.box) for field in fields if field.box]
    return [
        PictureOfPage(
            number=row.page,
            sha256=row.sha256,
            width=_points(row.width),
            height=_points(row.height),
            marks=tuple(
                _mark(field.name, titles.get(field.name, field.name), box, field.name in doubtful)
                for field, box in printed
                if box.page == row.page
            ),
        )
        for row in rows
    ]


def _mark(name: str, title: str, box: Box, doubtful: bool) -> PageMark:
    x, y = box.left - AROUND, box.top - AROUND
    width, height = max(box.width, 0) + 2 * AROUND, max(box.height, 0) + 2 * AROUND
    return PageMark(name, title, _points(x), _points(y), _points(width), _points(height), doubtful)


def _points(number: float) -> str:
    """Write a number with a decimal point, in every language."""
    return f"{number:.2f}"
