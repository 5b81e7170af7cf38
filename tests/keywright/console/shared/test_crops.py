"""Parts of pages, cut out by the browser."""

from __future__ import annotations

from keywright.console.shared.crops import AROUND, TALLEST, WIDEST, crops_of
from keywright.console.shared.page_overlays import PictureOfPage
from keywright.model.fields import Field
from keywright.model.reading import Box

PAGE = PictureOfPage(1, "a" * 64, "595.00", "842.00", ())


def cut(box: Box | None) -> list[float]:
    crops = crops_of([Field("total", "12.00", "12.00", 0.9, "text-layer", box)], [PAGE])
    return [float(number) for crop in crops.values() for number in crop.view.split()]


def test_a_crop_shows_the_print_and_a_little_around_it() -> None:
    assert cut(Box(1, 100, 200, 150, 212)) == [100 - AROUND, 200 - AROUND, 50 + 2 * AROUND, 12 + 2 * AROUND]


def test_at_the_edge_of_the_page_it_begins_there() -> None:
    assert cut(Box(1, 1, 2, 20, 12))[:2] == [0, 0]


def test_a_long_print_is_cut_and_one_without_a_size_is_still_seen() -> None:
    assert cut(Box(1, 0, 0, 500, 700))[2:] == [WIDEST, TALLEST]
    assert all(size > 0 for size in cut(Box(1, 50, 50, 20, 20))[2:])


def test_what_is_printed_nowhere_or_on_a_page_without_a_picture_has_none() -> None:
    assert cut(None) == []
    assert cut(Box(2, 1, 2, 20, 12)) == []
