"""Tick boxes are found on a page's picture, and so is the ink in them."""

from __future__ import annotations

from PIL import Image, ImageDraw

from extractors.engines.ocr.ruled_lines import without_rules
from extractors.engines.ocr.tick_boxes import find_tick_boxes

PER_POINT = 300 / 72


def page() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("L", (1200, 900), 255)
    return picture, ImageDraw.Draw(picture)


def box(draw: ImageDraw.ImageDraw, x: int, top: int, *, ticked: bool) -> None:
    draw.rectangle((x, top, x + 60, top + 60), outline=0, width=4)
    if ticked:
        draw.line((x + 14, top + 32, x + 26, top + 46, x + 48, top + 14), fill=0, width=6)


def test_a_ticked_box_is_told_from_an_empty_one() -> None:
    picture, draw = page()
    box(draw, 100, 100, ticked=True)
    box(draw, 100, 300, ticked=False)
    boxes = find_tick_boxes(picture, 1, PER_POINT)
    assert [(tick.ticked, tick.confidence) for tick in boxes] == [(True, 0.97), (False, 0.97)]


def test_a_box_is_placed_in_points_from_the_top_left() -> None:
    picture, draw = page()
    box(draw, 400, 200, ticked=False)
    (tick,) = find_tick_boxes(picture, 7, PER_POINT)
    assert tick.box.page == 7
    assert abs(tick.box.left - 400 / PER_POINT) < 1
    assert abs(tick.box.top - 200 / PER_POINT) < 1
    assert abs(tick.box.width - 60 / PER_POINT) < 1.5


def test_a_box_on_a_page_a_little_askew_is_still_found() -> None:
    picture, draw = page()
    box(draw, 500, 400, ticked=True)
    turned = picture.rotate(1.2, Image.Resampling.BICUBIC, fillcolor=255)
    assert [tick.ticked for tick in find_tick_boxes(turned, 1, PER_POINT)] == [True]


def test_cells_of_a_table_and_round_shapes_are_no_tick_boxes() -> None:
    picture, draw = page()
    draw.rectangle((50, 50, 800, 120), outline=0, width=3)
    draw.ellipse((100, 300, 160, 360), outline=0, width=5)
    assert find_tick_boxes(picture, 1, PER_POINT) == ()


def test_a_little_dirt_in_a_box_is_doubted() -> None:
    picture, draw = page()
    box(draw, 100, 100, ticked=False)
    draw.rectangle((126, 126, 131, 132), fill=0)
    (tick,) = find_tick_boxes(picture, 1, PER_POINT)
    assert tick.confidence == 0.5


def test_rules_are_whitened_and_words_are_left() -> None:
    picture, draw = page()
    draw.line((50, 500, 1100, 500), fill=0, width=3)
    draw.line((300, 250, 300, 850), fill=0, width=3)
    draw.text((400, 120), "Demolition", fill=0, font_size=40)
    words = picture.crop((390, 100, 700, 200)).tobytes()
    clean = without_rules(picture, PER_POINT)
    assert clean.crop((390, 100, 700, 200)).tobytes() == words
    assert clean.crop((0, 450, 1200, 900)).getextrema() == (255, 255)
