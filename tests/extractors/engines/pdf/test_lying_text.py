"""A text layer that differs from what is visible on the page is not trusted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from keywright.model.reading import Reading
from tests.extractors.engines import papers

Read = Callable[[bytes], Reading]


def _letter_and(more: Callable[[Canvas], None]) -> bytes:
    def draw(canvas: Canvas) -> None:
        papers.letter(canvas)
        more(canvas)

    return papers.pdf(draw)


def test_an_amount_under_a_patch_is_not_read_and_the_one_on_the_patch_is(read_bytes: Read) -> None:
    def patch(canvas: Canvas) -> None:
        canvas.drawString(430, 500, "999.00")
        canvas.setFillGray(1)
        canvas.rect(420, 494, 80, 20, stroke=0, fill=1)
        canvas.setFillGray(0)
        canvas.drawString(430, 500, "100.00")

    reading = read_bytes(_letter_and(patch))
    assert "999.00" not in reading.text()
    assert "100.00" in reading.text()


def test_an_amount_under_a_black_bar_is_not_read(read_bytes: Read) -> None:
    def bar(canvas: Canvas) -> None:
        canvas.drawString(430, 500, "999.00")
        canvas.rect(420, 494, 80, 20, stroke=0, fill=1)

    assert "999.00" not in read_bytes(_letter_and(bar)).text()


def test_an_amount_under_a_picture_of_another_is_not_read(read_bytes: Read) -> None:
    picture = papers.picture(papers.pdf(papers.words("Total 100.00")), 200)
    there = picture.crop((150, 330, 600, 420)).convert("RGB")

    def cover(canvas: Canvas) -> None:
        canvas.drawString(80, 480, "Total 999.00")
        canvas.drawInlineImage(there, 60, 470, 160, 32)

    assert "999.00" not in read_bytes(_letter_and(cover)).text()


def test_print_that_a_clipped_drawing_leaves_in_sight_is_read(read_bytes: Read) -> None:
    def clipped(canvas: Canvas) -> None:
        canvas.drawString(430, 500, "118.55")
        canvas.saveState()
        path = canvas.beginPath()
        path.rect(300, 300, 20, 20)
        canvas.clipPath(path, stroke=0, fill=0)
        canvas.rect(420, 494, 80, 20, stroke=0, fill=1)
        canvas.restoreState()

    assert "118.55" in read_bytes(_letter_and(clipped)).text()


def test_words_too_small_for_the_eye_are_not_read(read_bytes: Read) -> None:
    def tiny(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 1)
        canvas.drawString(72, 500, "Total 999.00")

    assert "999.00" not in read_bytes(_letter_and(tiny)).text()


def test_words_beside_the_page_are_not_read(read_bytes: Read) -> None:
    text = read_bytes(_letter_and(lambda canvas: canvas.drawString(papers.WIDTH + 40, 500, "Total 999.00"))).text()
    assert "999" not in text
    assert "HP-20881" in text


def test_words_in_the_colour_of_the_paper_are_not_read(read_bytes: Read) -> None:
    def white(canvas: Canvas) -> None:
        canvas.setFillGray(1)
        canvas.drawString(72, 500, "Total 999.00")

    assert "999.00" not in read_bytes(_letter_and(white)).text()


def test_a_scan_under_the_text_of_another_document_is_read_itself(read_bytes: Read) -> None:
    letter = papers.picture(papers.pdf(papers.letter)).convert("RGB")

    def draw(canvas: Canvas) -> None:
        canvas.drawInlineImage(letter, 0, 0, papers.WIDTH, papers.HEIGHT)
        for line in range(8):
            canvas.drawString(72, 400 - 16 * line, f"General terms of trade, section {line}: as agreed in writing")

    reading = read_bytes(papers.pdf(draw))
    assert "HP-20881" in reading.text()
    assert "General terms of trade" in reading.text()
    assert reading.pages[0].engine.startswith("tesseract")


def test_a_photo_as_a_ground_under_a_letter_does_not_send_it_to_ocr(read_bytes: Read) -> None:
    ground = Image.effect_noise((300, 420), 60).convert("RGB")

    def draw(canvas: Canvas) -> None:
        canvas.drawInlineImage(ground, 0, 0, papers.WIDTH, papers.HEIGHT)
        papers.letter(canvas)

    assert read_bytes(papers.pdf(draw)).engines == ("text-layer",)


def test_letters_that_mean_other_letters_are_read_from_the_picture(read_bytes: Read) -> None:
    shifted = papers.with_meanings(papers.pdf(papers.letter), b"1 beginbfrange <21> <7E> <0022> endbfrange")
    reading = read_bytes(shifted)
    assert "HP-20881" in reading.text()


def _total(amount: str, top: float = 500) -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 11)
        canvas.drawString(330, top, "Total")
        canvas.drawString(430, top, amount)

    return draw


@pytest.mark.parametrize("in_a_group", [False, True], ids=["marked content", "group of drawings"])
def test_what_is_in_a_layer_that_is_switched_off_is_not_read(read_bytes: Read, in_a_group: bool) -> None:
    ruled = _letter_with_a_rule(380)
    content = papers.with_layers(ruled, in_a_group=in_a_group, paper=_total("100.00"), off=_total("999.00", 377))

    reading = read_bytes(content)
    assert "999.00" not in reading.text()
    assert "100.00" in reading.text(), "and what is in a layer that is on is"
    assert "HP-20881" in reading.text()
    assert reading.engines == ("text-layer",)


@pytest.mark.parametrize("in_a_group", [False, True], ids=["marked content", "group of drawings"])
def test_of_two_layers_one_over_the_other_the_one_in_sight_is_read(read_bytes: Read, in_a_group: bool) -> None:
    content = papers.with_layers(papers.letter, in_a_group=in_a_group, on=_total("100.00"), off=_total("999.00"))

    text = read_bytes(content).text()
    assert "999" not in text
    assert "100.00" in text


def _letter_with_a_rule(height: float) -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        papers.letter(canvas)
        canvas.line(300, height, 500, height)

    return draw


def _embedded(canvas: Canvas) -> None:
    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
    canvas.setFont("Vera", 11)
    canvas.drawString(72, 700, "Invoice 40135 of 2 May 2026 for the town")
    canvas.drawString(72, 670, "Total amount 6,187.29 and tax 950.43")


def _standard(canvas: Canvas) -> None:
    canvas.setFont("Times-Roman", 12)
    canvas.drawString(72, 700, "Invoice 40135 of 2 May 2026 for the town")
    canvas.drawString(72, 670, "Total amount 6,187.29 and tax 950.43")


@pytest.mark.parametrize(("digit", "drawn_as"), ["69", "38", "17", "08", "56", "24"])
@pytest.mark.parametrize("draw", [_embedded, _standard], ids=["embedded font", "standard font"])
def test_digits_that_a_font_calls_other_digits_are_read_from_the_picture(
    read_bytes: Read, draw: Callable[[Canvas], None], digit: str, drawn_as: str
) -> None:
    plain = papers.pdf(draw)

    reading = read_bytes(papers.with_swapped_digits(plain, digit, drawn_as))
    assert {"40135", "6,187.29", "950.43"} <= set(reading.text().split())
    assert reading.pages[0].engine.startswith("tesseract")
    assert read_bytes(plain).engines == ("text-layer",), "and a font that does not lie is believed"


def test_digits_without_an_outline_are_compared_with_the_picture(read_bytes: Read) -> None:
    rows = ("20881", "9961", "1906")
    lies = papers.with_digits_drawn_otherwise(papers.pdf(papers.letter), "6", "9", *rows)
    honest = papers.with_digits_drawn_otherwise(papers.pdf(papers.letter), "6", "6", *rows)

    assert {"20881", "6691", "1609"} <= set(read_bytes(lies).text().split())
    assert {"20881", "9961", "1906"} <= set(read_bytes(honest).text().split())
    assert read_bytes(honest).engines == ("text-layer",)


@pytest.mark.parametrize("names", [{"9": "6"}, {"6": "9"}, {"8": "3"}, {"1": "7"}], ids=str)
@pytest.mark.parametrize("draw", [_embedded, _standard], ids=["embedded font", "standard font"])
def test_a_digit_that_is_called_another_beside_that_other_is_read_from_the_picture(
    read_bytes: Read, draw: Callable[[Canvas], None], names: dict[str, str]
) -> None:
    reading = read_bytes(papers.with_digits_called(papers.pdf(draw), names))

    assert {"40135", "6,187.29", "950.43"} <= set(reading.text().split())
