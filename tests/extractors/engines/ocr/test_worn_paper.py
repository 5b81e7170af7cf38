"""Worn paper is read as well as possible: faxes, photos, print on dark grounds; doubtful values are marked."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from PIL import Image, ImageFilter
from reportlab.pdfgen.canvas import Canvas

from bench import worn_paper
from extractors.engines.ocr.illumination import with_even_light
from extractors.engines.ocr.quality import RULE, poor_scans
from extractors.engines.ocr.second_reading import is_doubtful, read_again
from extractors.engines.ocr.tesseract import Print
from extractors.engines.print_lines import Run
from extractors.engines.reading_json import reading_from_json, reading_to_json
from keywright.model.reading import Box, Reading, Word
from tests.extractors.engines import papers

Read = Callable[[bytes], Reading]
LETTER = papers.picture(papers.pdf(papers.letter), 300)
SAID = ("Harbour", "HP-20881", "118.00", "Oakville", "thirty", "continued")


def _found(reading: Reading) -> int:
    text = reading.text()
    return sum(word in text for word in SAID)


def test_a_fax_with_fewer_dots_down_than_across_is_drawn_out_and_read(read_bytes: Read) -> None:
    reading = read_bytes(worn_paper.fax(204, 98)(LETTER))
    (page,) = reading.pages
    assert (page.width, page.height) == pytest.approx((papers.WIDTH, papers.HEIGHT), abs=6)
    assert page.quality is not None and page.quality.dpi == 98
    assert _found(reading) >= 4


def test_a_fax_whose_file_says_nothing_of_its_dots_is_known_by_its_width(read_bytes: Read) -> None:
    dots = LETTER.resize((1728, 1143)).point([0 if shade < 150 else 255 for shade in range(256)]).convert("1")
    buffer = io.BytesIO()
    dots.save(buffer, "TIFF", compression="group4")
    (page,) = read_bytes(buffer.getvalue()).pages
    assert page.height > 1.3 * page.width


def test_a_photo_with_a_shadow_across_is_read(read_bytes: Read) -> None:
    reading = read_bytes(worn_paper.photo(LETTER))
    assert _found(reading) >= 4
    quality = reading.pages[0].quality
    assert quality is not None and quality.unevenness > 0.2


def test_even_light_is_left_as_it_is() -> None:
    lit, uneven = with_even_light(LETTER)
    assert lit is LETTER
    assert uneven < 0.05


def test_a_page_ten_degrees_askew_is_straightened(read_bytes: Read) -> None:
    reading = read_bytes(worn_paper.askew(10)(LETTER))
    assert _found(reading) >= 5
    assert reading.pages[0].turned == pytest.approx(350, abs=0.5)


def test_white_print_on_a_dark_margin_is_read(read_bytes: Read) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFillGray(0.4)
        canvas.rect(0, 0, 170, papers.HEIGHT, stroke=0, fill=1)
        canvas.setFillGray(1)
        for line, text in enumerate(("Wood Corner", "Arbor Way", "Turlock")):
            canvas.drawString(20, 500 - 16 * line, text)
        canvas.setFillGray(0)
        for line in range(30):
            canvas.drawString(200, 760 - 18 * line, "Copy paper white, forty boxes delivered to the door")

    text = read_bytes(papers.scan(papers.picture(papers.pdf(draw), 200))).text()
    assert "Wood" in text and "Turlock" in text


def test_the_quality_of_a_clean_scan_is_told_and_nothing_is_amiss(read_bytes: Read) -> None:
    reading = read_bytes(papers.scan(papers.picture(papers.pdf(papers.letter))))
    quality = reading.pages[0].quality
    assert quality is not None
    assert quality.dpi == 200
    assert quality.contrast > 0.6
    assert quality.doubtful < 0.1
    assert poor_scans(reading) == ()


def test_the_quality_and_other_readings_survive_the_wire(read_bytes: Read) -> None:
    reading = read_bytes(worn_paper.at(72)(LETTER))
    words = [word for page in reading.pages for word in page.words()]
    assert any(word.otherwise for word in words)
    again = reading_from_json(reading_to_json(reading))
    assert again.pages[0].quality == reading.pages[0].quality is not None
    assert [word.otherwise for page in again.pages for word in page.words()] == [word.otherwise for word in words]


def test_a_page_of_few_dots_is_told_in_words_if_words_on_it_are_doubtful(read_bytes: Read) -> None:
    reading = read_bytes(worn_paper.at(72)(LETTER))
    (page,) = reading.pages
    assert page.quality is not None and page.quality.dpi == 72
    (finding,) = poor_scans(replace(reading, pages=(replace(page, quality=replace(page.quality, doubtful=0.2)),)))
    assert finding.rule == RULE
    assert "72 dots per inch" in finding.message
    assert "300 dpi" in finding.message
    assert poor_scans(replace(reading, pages=(replace(page, quality=replace(page.quality, doubtful=0.0)),))) == ()


def test_a_page_out_of_focus_is_told_in_words(read_bytes: Read) -> None:
    (finding,) = poor_scans(read_bytes(papers.scan(LETTER.filter(ImageFilter.GaussianBlur(6)), dpi=300)))
    assert "focus" in finding.message or "doubtful" in finding.message


def test_a_digital_page_has_no_quality(read_bytes: Read) -> None:
    assert read_bytes(papers.pdf(papers.letter)).pages[0].quality is None


def _seen_again(text: str, sure: float) -> Word:
    """Return what becomes of a word after another look at a picture that says 118.00 there."""
    picture = Image.new("L", (900, 200), 255)
    page = papers.picture(papers.pdf(papers.words("118.00")), 300)
    picture.paste(page.crop((250, 520, 650, 640)), (50, 40))
    ink = picture.point([255 if shade < 128 else 0 for shade in range(256)]).getbbox()
    assert ink is not None
    box = Box(1, *(edge * 72 / 300 for edge in ink))
    word = Word(text, box, sure)
    (run,) = read_again(Print((Run([word], box.bottom, box.height),), 0.9, 20), picture, 300 / 72).runs
    return run.words[0]


def test_a_doubtful_word_that_is_read_alike_again_is_surer_than_before() -> None:
    word = _seen_again("118.00", 0.7)
    assert (word.text, word.otherwise) == ("118.00", "")
    assert word.confidence > 0.85


def test_a_doubtful_word_that_two_more_looks_contradict_is_replaced_and_stays_doubtful() -> None:
    word = _seen_again("178.00", 0.7)
    assert (word.text, word.otherwise) == ("118.00", "178.00")
    assert word.confidence <= 0.6


def test_a_word_that_was_read_surely_is_not_looked_at_again() -> None:
    assert _seen_again("178.00", 0.95) == replace(_seen_again("178.00", 0.95), text="178.00", otherwise="")


@pytest.mark.parametrize(
    ("text", "sure", "doubtful"),
    [("118.00", 0.85, True), ("1l8.00", 0.95, True), ("S118.00", 0.95, True), ("118.00", 0.95, False),
     ("Street", 0.7, False), ("Street", 0.5, True), ("—", 0.1, False)],
)  # fmt: skip
def test_digits_are_doubted_sooner_than_letters_and_odd_shapes_always(text: str, sure: float, doubtful: bool) -> None:
    assert is_doubtful(Word(text, Box(1, 0, 0, 1, 1), sure)) is doubtful
