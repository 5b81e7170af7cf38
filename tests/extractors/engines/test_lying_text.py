"""A text layer that says what nobody sees on the page is not believed."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from keywright.readings import Reading
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
    shown = papers.picture(papers.pdf(papers.words("Total 100.00")), 200)
    there = shown.crop((150, 330, 600, 420)).convert("RGB")

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
    assert "999.00" not in text
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
