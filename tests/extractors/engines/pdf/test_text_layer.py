"""The words of a text layer: in true lines, with true boxes, and only the visible ones."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from PIL import Image
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from extractors.supplier_invoice.fields.amounts import amounts_in
from extractors.supplier_invoice.layout.rows import lay_out
from keywright.model.reading import Reading, Word, text_of
from tests.extractors.engines import papers

Read = Callable[[bytes], Reading]


def _lines(reading: Reading) -> list[str]:
    return reading.text().split("\n")


def _word(reading: Reading, text: str) -> Word:
    (word,) = [word for page in reading.pages for word in page.words() if word.text == text]
    return word


def test_columns_on_one_baseline_are_one_line_whatever_order_they_were_drawn_in(read_bytes: Read) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(400, 700, "118.00")
        canvas.drawString(72, 680, "Tax")
        canvas.drawString(72, 700, "Net")
        canvas.drawString(400, 680, "23.60")

    assert _lines(read_bytes(papers.pdf(draw))) == ["Net 118.00", "Tax 23.60"]


def test_a_small_label_and_a_large_number_on_one_baseline_are_one_line(read_bytes: Read) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(72, 700, "Total due")
        canvas.setFont("Helvetica-Bold", 20)
        canvas.drawString(200, 700, "1,243.00")

    assert _lines(read_bytes(papers.pdf(draw))) == ["Total due 1,243.00"]


def test_lines_of_close_print_stay_apart(read_bytes: Read) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        for index in range(12):
            canvas.drawString(72, 700 - 10 * index, f"line {index} of close print")

    assert _lines(read_bytes(papers.pdf(draw))) == [f"line {n} of close print" for n in range(12)]


def test_a_gap_ends_a_word_even_without_a_space(read_bytes: Read) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        canvas.drawString(72, 700, "Qty")
        canvas.drawString(72 + canvas.stringWidth("Qty", "Helvetica", 10) + 4, 700, "Price")

    assert [w.text for w in read_bytes(papers.pdf(draw)).pages[0].words()] == ["Qty", "Price"]


def test_a_word_drawn_letter_by_letter_is_one_word(read_bytes: Read) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        x = 72.0
        for letter in "Rechnungsnummer":
            canvas.drawString(x, 700, letter)
            x += canvas.stringWidth(letter, "Helvetica", 10)

    assert _lines(read_bytes(papers.pdf(draw))) == ["Rechnungsnummer"]


@pytest.mark.parametrize("spaced", ["by-spacing", "by-spaces"])
def test_letter_spaced_print_is_one_word(read_bytes: Read, spaced: str) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 12)
        if spaced == "by-spacing":
            canvas.drawString(72, 700, "INVOICE", charSpace=5)
        else:
            canvas.drawString(72, 700, "I N V O I C E")

    assert _lines(read_bytes(papers.pdf(draw))) == ["INVOICE"]


def test_the_digits_of_a_tables_columns_are_not_one_number(read_bytes: Read) -> None:
    def draw(canvas: Canvas) -> None:
        for index, digit in enumerate("12345"):
            canvas.drawString(72 + 40 * index, 700, digit)

    assert _lines(read_bytes(papers.pdf(draw))) == ["1 2 3 4 5"]


def test_blanks_inside_a_number_stay_blanks_of_whatever_kind(read_bytes: Read) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "1 234,56")
        canvas.drawString(72, 680, "9\u00a0876,50")

    words = [w.text for w in read_bytes(papers.pdf(draw)).pages[0].words()]
    assert words == ["1", "234,56", "9", "876,50"]


def test_bold_print_made_by_drawing_twice_is_read_once(read_bytes: Read) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "Total 118.00")
        canvas.drawString(72.3, 700, "Total 118.00")

    assert _lines(read_bytes(papers.pdf(draw))) == ["Total 118.00"]


def test_a_words_box_holds_its_ink_and_little_else(read_bytes: Read) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 12)
        canvas.drawString(100, papers.HEIGHT - 200, "Hog")

    box = _word(read_bytes(papers.pdf(draw)), "Hog").box
    assert box.left == pytest.approx(100, abs=1)
    assert box.right == pytest.approx(100 + 22.0, abs=1.5)
    assert 186 < box.top < 192
    assert 202 < box.bottom < 205
    assert box.page == 1


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_page_marked_to_be_shown_turned_reads_like_the_unturned_one(read_bytes: Read, degrees: int) -> None:
    content = papers.pdf(papers.letter)
    plain, turned = read_bytes(content), read_bytes(papers.rotated(content, degrees))
    assert turned.text() == plain.text()
    (page,) = turned.pages
    assert page.turned == (360 - degrees) % 360
    assert (page.width, page.height) == pytest.approx((papers.WIDTH, papers.HEIGHT), abs=0.1)
    for plain_word, word in zip(plain.pages[0].words(), page.words(), strict=True):
        assert word.box.left == pytest.approx(plain_word.box.left, abs=0.1)
        assert word.box.top == pytest.approx(plain_word.box.top, abs=0.1)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_print_that_runs_sideways_over_an_upright_page_turns_the_page(read_bytes: Read, degrees: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.translate(papers.WIDTH / 2, papers.HEIGHT / 2)
        canvas.rotate(-degrees)
        canvas.drawString(-200, 100, "Statement of account")
        canvas.drawString(-200, 80, "Balance brought forward 118.00")

    reading = read_bytes(papers.pdf(draw))
    assert _lines(reading) == ["Statement of account", "Balance brought forward 118.00"]
    assert reading.pages[0].turned == 360 - degrees
    box = reading.pages[0].lines[1][0].box
    assert 0 < box.left < box.right < reading.pages[0].width
    assert box.width > box.height


def test_a_note_up_the_margin_is_a_line_of_its_own_and_stays_out_of_the_others(read_bytes: Read) -> None:
    def draw(canvas: Canvas) -> None:
        papers.letter(canvas)
        canvas.rotate(90)
        canvas.drawString(300, -30, "registered in Ontario")

    reading = read_bytes(papers.pdf(draw))
    assert _lines(reading)[:-1] == _lines(read_bytes(papers.pdf(papers.letter)))
    last = reading.pages[0].lines[-1]
    assert text_of(last) == "registered in Ontario"
    assert last[0].box.height > last[0].box.width
    assert last[0].box.left == pytest.approx(20, abs=4)


def test_a_ligature_is_its_letters_and_a_soft_hyphen_nothing(read_bytes: Read) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "The o#ce of the ware%house")

    meanings = (
        b"2 beginbfchar <23> <FB03> <25> <00AD> endbfchar 1 beginbfrange <20> <20> <0020> endbfrange "
        b"1 beginbfrange <41> <7A> <0041> endbfrange"
    )
    reading = read_bytes(papers.with_meanings(papers.pdf(draw), meanings))
    assert _lines(reading) == ["The office of the warehouse"]


@pytest.mark.parametrize("font", ["Helvetica", "Vera"])
@pytest.mark.parametrize("minus", ["-", "\u00ad", "\u2013", "\u2014", "\u2212"])
def test_no_minus_is_lost_before_or_behind_an_amount(read_bytes: Read, font: str, minus: str) -> None:
    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))

    def draw(canvas: Canvas) -> None:
        canvas.setFont(font, 11)
        canvas.drawString(72, 700, f"Total {minus}388.08")
        canvas.drawString(72, 680, f"Total 388.08{minus}")
        canvas.drawString(72, 660, "due now")

    before, behind, _ = lay_out(read_bytes(papers.pdf(draw))).rows
    for row in (before, behind):
        assert [amount.value for amount in amounts_in(row, ".")] == [Decimal("-388.08")]


def test_invisible_words_are_not_read_where_others_are_seen(read_bytes: Read) -> None:
    content = papers.with_hidden_text(papers.pdf(papers.letter), "Total 999.00")
    reading = read_bytes(content)
    assert "999.00" not in reading.text()
    assert "Invoice HP-20881" in reading.text()
    assert reading.engines == ("text-layer",)


def test_white_words_count_on_a_dark_ground_and_not_on_white(read_bytes: Read) -> None:
    def draw(canvas: Canvas) -> None:
        papers.letter(canvas)
        canvas.rect(72, 300, 300, 20, fill=1)
        canvas.setFillColorRGB(1, 1, 1)
        canvas.drawString(80, 306, "Description Amount")
        canvas.drawString(80, 250, "pay to another account")

    text = read_bytes(papers.pdf(draw)).text()
    assert "Description Amount" in text
    assert "another" not in text


def test_glyphs_without_a_meaning_are_read_from_the_picture(read_bytes: Read) -> None:
    garbled = papers.with_private_glyphs(papers.pdf(papers.letter))
    reading = read_bytes(garbled)
    assert reading.pages[0].engine.startswith("tesseract")
    assert "Harbour Paper Supply" in reading.text()


def test_an_old_bad_ocr_layer_is_not_believed(read_bytes: Read) -> None:
    scanned = papers.scan(papers.picture(papers.pdf(papers.letter)))
    reading = read_bytes(papers.with_hidden_text(scanned, "Harb0ur Pqper\nlnvoice HP-99999\n1 284,56"))
    assert "HP-99999" not in reading.text()
    assert "HP-20881" in reading.text()
    assert reading.pages[0].engine.startswith("tesseract")


def test_text_beneath_a_picture_that_covers_the_page_is_not_believed(read_bytes: Read) -> None:
    letter = papers.picture(papers.pdf(papers.letter))

    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "Total 999.00 and other words that a scanner once guessed")
        canvas.drawInlineImage(letter.convert("RGB"), 0, 0, papers.WIDTH, papers.HEIGHT)

    text = read_bytes(papers.pdf(draw)).text()
    assert "999.00" not in text
    assert "HP-20881" in text


def test_print_over_a_background_picture_is_believed(read_bytes: Read) -> None:
    stationery = Image.new("RGB", (300, 420), (250, 250, 240))

    def draw(canvas: Canvas) -> None:
        canvas.drawInlineImage(stationery, 0, 0, papers.WIDTH, papers.HEIGHT)
        papers.letter(canvas)

    reading = read_bytes(papers.pdf(draw))
    assert reading.engines == ("text-layer",)
    assert "HP-20881" in reading.text()


def test_a_page_number_stamped_on_a_scan_does_not_pass_for_its_text(read_bytes: Read) -> None:
    letter = papers.picture(papers.pdf(papers.letter))

    def draw(canvas: Canvas) -> None:
        canvas.drawInlineImage(letter.convert("RGB"), 0, 0, papers.WIDTH, papers.HEIGHT)
        canvas.drawString(280, 20, "Page 1 of 1")

    text = read_bytes(papers.pdf(draw)).text()
    assert "HP-20881" in text
    assert "Page 1 of 1" in text


def test_a_blank_page_among_others_is_an_empty_page(read_bytes: Read) -> None:
    reading = read_bytes(papers.pdf(papers.letter, papers.nothing, papers.letter))
    assert [page.number for page in reading.pages] == [1, 2, 3]
    assert [bool(page.lines) for page in reading.pages] == [True, False, True]
    assert next(reading.pages[2].words()).box.page == 3
