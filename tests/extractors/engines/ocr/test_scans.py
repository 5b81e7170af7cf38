"""Scans are read by Tesseract: turned upright, straightened, in lines, with honest confidence."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw
from reportlab.pdfgen.canvas import Canvas

from extractors.engines.isolation.sandbox import read
from keywright.model.reading import Reading
from tests.extractors.engines import papers
from tests.extractors.engines.conftest import Put

Read = Callable[[bytes], Reading]
LETTER = papers.pdf(papers.letter)


def _is_the_letter(reading: Reading) -> None:
    text = reading.text()
    assert "Harbour Paper Supply Ltd." in text
    assert "HP-20881" in text
    assert "118.00" in text


def test_a_scan_is_read_with_the_engines_name_and_a_confidence_for_each_word(read_bytes: Read) -> None:
    reading = read_bytes(papers.scan(papers.picture(LETTER)))
    _is_the_letter(reading)
    (page,) = reading.pages
    assert page.engine.startswith("tesseract ") and page.engine[10].isdigit()
    assert all(0 <= word.confidence <= 1 for word in page.words())
    assert any(word.confidence < 1 for word in page.words())
    assert (page.width, page.height) == pytest.approx((papers.WIDTH, papers.HEIGHT), abs=1)


def test_words_of_a_scan_stand_where_they_are_printed(read_bytes: Read) -> None:
    scanned = read_bytes(papers.scan(papers.picture(LETTER))).pages[0]
    printed = {word.text: word.box for word in read_bytes(LETTER).pages[0].words()}
    for word in scanned.words():
        if word.text in ("Harbour", "HP-20881", "118.00", "Envelopes"):
            box = printed[word.text]
            assert word.box.left == pytest.approx(box.left, abs=2)
            assert word.box.right == pytest.approx(box.right, abs=2)
            assert box.top - 2 < word.box.top < word.box.bottom < box.bottom + 2


def test_columns_of_a_scan_on_one_baseline_are_one_line(read_bytes: Read) -> None:
    lines = read_bytes(papers.scan(papers.picture(LETTER))).text().split("\n")
    assert "12 Quay Street, Oakville Invoice HP-20881" in lines
    assert "Envelopes with window 118.00" in lines


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_scan_that_lies_on_its_side_or_head_is_turned(read_bytes: Read, degrees: int) -> None:
    reading = read_bytes(papers.scan(papers.picture(LETTER, turned=degrees)))
    _is_the_letter(reading)
    assert reading.pages[0].turned == pytest.approx(360 - degrees, abs=1)


@pytest.mark.parametrize("degrees", [-5.0, 3.0])
def test_a_scan_that_lies_askew_is_straightened(read_bytes: Read, degrees: float) -> None:
    reading = read_bytes(papers.scan(papers.picture(LETTER, turned=degrees)))
    _is_the_letter(reading)
    assert "12 Quay Street, Oakville Invoice HP-20881" in reading.text()
    assert reading.pages[0].turned == pytest.approx(-degrees % 360, abs=0.4)


def test_each_page_of_a_batch_is_turned_for_itself_and_keeps_its_number(read_bytes: Read) -> None:
    pages = [papers.picture(LETTER, turned=degrees) for degrees in (0, 180, 90)]
    reading = read_bytes(papers.scan(*pages))
    assert [page.number for page in reading.pages] == [1, 2, 3]
    assert [round(page.turned / 90) % 4 for page in reading.pages] == [0, 2, 3]
    for page in reading.pages:
        assert "HP-20881" in [word.text for word in page.words()]
        assert {word.box.page for word in page.words()} == {page.number}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_picture_file_is_read_at_the_size_it_says_it_has(read_bytes: Read, kind: str) -> None:
    reading = read_bytes(papers.image_file(papers.picture(LETTER), kind))
    _is_the_letter(reading)
    assert reading.pages[0].height == pytest.approx(papers.HEIGHT, abs=1)


def test_every_page_of_a_tiff_is_read(read_bytes: Read) -> None:
    page = papers.picture(LETTER)
    reading = read_bytes(papers.image_file(page, "TIFF", 200, page))
    assert [page.number for page in reading.pages] == [1, 2]
    assert reading.text().count("HP-20881") == 2


def test_a_photo_is_held_as_its_camera_says(read_bytes: Read) -> None:
    lying = papers.picture(LETTER, turned=270)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn clockwise to show
    buffer = io.BytesIO()
    lying.save(buffer, "JPEG", exif=exif)
    reading = read_bytes(buffer.getvalue())
    _is_the_letter(reading)
    assert reading.pages[0].turned == 0
    assert reading.pages[0].height == pytest.approx(792, abs=1)


def test_small_print_of_a_low_resolution_scan_is_enlarged_before_it_is_read(read_bytes: Read) -> None:
    _is_the_letter(read_bytes(papers.scan(papers.picture(LETTER, dpi=100), dpi=100)))


def test_a_transparent_picture_is_read_as_if_on_white_paper(read_bytes: Read) -> None:
    letter = papers.picture(LETTER)
    clear = Image.new("RGBA", letter.size, (0, 0, 0, 0))
    clear.putalpha(letter.point([255 - shade for shade in range(256)]))
    _is_the_letter(read_bytes(papers.image_file(clear, "PNG")))


def test_words_in_the_cells_of_a_form_are_not_lost(read_bytes: Read) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 9)
        for row in range(40):
            for column in range(4):
                x, bottom = 60 + 118 * column, 740 - 15 * row
                canvas.rect(x, bottom, 118, 15)
                canvas.drawString(x + 5, bottom + 4, f"Field {row} of column {column}")

    words = list(read_bytes(papers.scan(papers.picture(papers.pdf(draw)))).pages[0].words())
    assert sum(word.text == "Field" for word in words) >= 155
    assert sum(word.text == "column" for word in words) >= 155


def test_a_ticked_box_drawn_on_a_digital_page_is_found_if_it_is_asked_for(put: Put) -> None:
    def draw(canvas: Canvas) -> None:
        papers.letter(canvas)
        for bottom in (500, 460):
            canvas.rect(72, bottom, 11, 11)
        canvas.line(73, 501, 82, 510)
        canvas.line(73, 510, 82, 501)

    path = put(papers.pdf(draw))
    assert read(path).pages[0].tick_boxes == ()
    boxes = read(path, ticks=True).pages[0].tick_boxes
    assert [box.ticked for box in boxes if box.box.left < 80] == [True, False]


def test_a_ticked_box_on_a_scan_is_told_from_an_empty_one(read_bytes: Read) -> None:
    scanned = papers.picture(LETTER, dpi=200)
    pen = ImageDraw.Draw(scanned)
    for top, ticked in ((900, True), (1000, False)):
        pen.rectangle((200, top, 230, top + 30), outline=0, width=2)
        if ticked:
            pen.line((204, top + 4, 226, top + 26), fill=0, width=5)
            pen.line((226, top + 4, 204, top + 26), fill=0, width=5)
    boxes = read_bytes(papers.scan(scanned)).pages[0].tick_boxes
    assert [box.ticked for box in boxes] == [True, False]
