"""A form is described by a class, and read from its fields or from its print."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from extractors.engines.isolation import sandbox
from extractors.forms.form import Form, Option, amount, choice, choices, date, text, tick, yes_no
from keywright.model.fields import Extraction
from keywright.model.reading import Box, Page, Reading, Word
from tests.extractors.forms.fillable import fillable_with

HEIGHT = 792


class W9(Form):
    """Form W-9, as the design shows it."""

    title = "Request for Taxpayer"

    payee = text(below="1 Name of entity/individual")
    tax_id = text(below="Employer identification number", pattern=r"\d{2}-\d{7}")
    signed_on = date(right_of="Date", written="%m/%d/%Y")


class ChangeOfAddress(Form):
    """A form with everything that makes forms awkward."""

    title = "Notice of Change of Address"
    sections = ("A. Resident", "B. Landlord", "C. Notice")
    printed = ("Fax", "declare")

    last_name = text(below="Last name", section="A. Resident", control="resident.last")
    phone = text(below="Telephone", section="A. Resident")
    landlord = text(below="Last name", section="B. Landlord", control="landlord.last")
    rent = amount(right_of="Rent $", section="B. Landlord", control="rent")
    reason = choice(
        Option("sale", "House sold", "reason sale"),
        Option("moved", "Moved out", "reason moved"),
        section="C. Notice",
        control="reason",
        title="Reason",
    )
    papers = choices(
        Option("lease", "Lease", "papers lease"),
        Option("key", "Key list", "papers key"),
        section="C. Notice",
        title="Papers",
    )
    forwarded = yes_no(
        question="Is mail forwarded?", yes="mail yes", no="mail no", section="C. Notice", title="Mail forwarded"
    )
    urgent = tick(label="Urgent", section="C. Notice", control="urgent")
    signer = text(above="(print name)", section="C. Notice", skips=("I",), control="signer")
    signed_on = date(above="Date", section="C. Notice", control="signed on")


class Optional(Form):
    """The notice, with a reason that a rule elsewhere asks for."""

    title = "Notice of Change of Address"
    last_name = text(below="Last name")
    reason = choice(Option("sale", "House sold"), Option("moved", "Moved out"), may_be_empty=True, title="Reason")


PRINT = (
    (60, 60, "Notice of Change of Address"),
    (60, 100, "A. Resident"),
    *((60, 120, "Last name"), (250, 120, "Telephone"), (430, 120, "Fax")),
    (60, 180, "B. Landlord"),
    *((60, 200, "Last name"), (300, 200, "Rent $")),
    (60, 260, "C. Notice"),
    *((80, 290, "House sold"), (200, 290, "Moved out"), (320, 290, "Urgent")),
    *((80, 320, "Lease"), (200, 320, "Key list")),
    *((60, 350, "Is mail forwarded?"), (330, 350, "Yes"), (400, 350, "No")),
    *((60, 400, "I"), (400, 400, "declare"), (150, 414, "(print name)")),
    *((100, 470, "Date"), (300, 470, "Signature")),
)
BOXES = {
    "House sold": (60, 290),
    "Moved out": (180, 290),
    "Urgent": (300, 290),
    "Lease": (60, 320),
    "Key list": (180, 320),
    "Yes": (310, 350),
    "No": (380, 350),
}
WRITTEN = (
    *((60, 136, "Marmalade"), (250, 136, "905-555-0101")),
    *((60, 216, "Inkwell"), (335, 200, "1,250.50")),
    *((90, 398, "Percival Marmalade"), (80, 455, "March 4, 2026")),
)


def printed(folder: Path, words: tuple[tuple[float, float, str], ...], ticked: tuple[str, ...] = ()) -> Path:
    """Write a page with words, each at (left, baseline from the top), and the boxes of the notice."""
    file = folder / "form.pdf"
    canvas = Canvas(str(file), pagesize=(612, HEIGHT))
    canvas.setFont("Helvetica", 9)
    for x, down, word in words:
        canvas.drawString(x, HEIGHT - down, word)
    for label, (x, down) in BOXES.items():
        canvas.rect(x, HEIGHT - down - 3, 12, 12)
        if label in ticked:
            canvas.lines(
                [
                    (x + 2, HEIGHT - down + 3, x + 5, HEIGHT - down),
                    (x + 5, HEIGHT - down, x + 10, HEIGHT - down + 8),
                ]
            )
    canvas.save()
    return file


def fillable(folder: Path, texts: dict[str, str], boxes: dict[str, bool]) -> Path:
    return fillable_with(PRINT, folder, texts, boxes)


def notice(file: Path) -> Extraction:
    return ChangeOfAddress.extract(sandbox.read(file, ticks=True))


def rules(extraction: Extraction) -> list[str]:
    return [finding.rule for finding in extraction.findings]


def w9(folder: Path, signed: str = "03/04/2026") -> Reading:
    words = (
        (60, 60, "Request for Taxpayer"),
        *((60, 100, "1 Name of entity/individual"), (60, 114, "Trestle & Daughters Carpentry")),
        *((400, 100, "Employer identification number"), (400, 114, "12-3456789")),
        *((60, 200, "Signature"), (300, 200, "Date"), (335, 200, signed)),
    )
    return sandbox.read(printed(folder, words))


def test_a_form_of_three_lines_reads_typed_values(tmp_path: Path) -> None:
    extraction = W9.extract(w9(tmp_path))
    signed: dt.date = extraction[W9.signed_on].value
    payee: str = extraction[W9.payee].value
    assert signed == dt.date(2026, 3, 4)
    assert payee == "Trestle & Daughters Carpentry"
    assert extraction[W9.tax_id].value == "12-3456789"
    assert extraction.document_type == W9.name == "w9"


def test_a_value_keeps_the_place_where_it_is_printed(tmp_path: Path) -> None:
    box = W9.extract(w9(tmp_path))[W9.tax_id].box
    assert box is not None
    assert box.page == 1
    assert box.left == pytest.approx(400, abs=2)
    assert 100 < box.top < 114 < box.bottom < 120


def test_a_date_that_is_not_written_as_the_form_asks_is_told_and_left_out(tmp_path: Path) -> None:
    extraction = W9.extract(w9(tmp_path, signed="soon"))
    assert W9.signed_on not in extraction
    assert rules(extraction) == ["unreadable"]
    assert "“soon” is not a date" in extraction.findings[0].message


def test_a_form_is_recognised_by_its_title_and_labels(tmp_path: Path) -> None:
    reading = w9(tmp_path)
    assert W9.recognise(reading) is None
    other_notice = ChangeOfAddress.recognise(reading)
    assert other_notice is not None
    assert "“Notice of Change of Address”, is not printed on it" in other_notice.message


def test_a_letter_that_only_names_the_form_is_not_the_form(tmp_path: Path) -> None:
    words = ((60, 60, "Please send us the Request for Taxpayer by Friday."),)
    why = W9.recognise(sandbox.read(printed(tmp_path, words)))
    assert why is not None
    assert "only 0 of the form's 3 labels" in why.message


def test_repeated_labels_are_told_apart_by_their_section(tmp_path: Path) -> None:
    extraction = notice(printed(tmp_path, PRINT + WRITTEN))
    assert extraction[ChangeOfAddress.last_name].value == "Marmalade"
    assert extraction[ChangeOfAddress.landlord].value == "Inkwell"


def test_values_are_found_below_beside_and_above_their_labels(tmp_path: Path) -> None:
    extraction = notice(printed(tmp_path, PRINT + WRITTEN))
    assert extraction[ChangeOfAddress.phone].value == "905-555-0101"
    assert extraction[ChangeOfAddress.rent].value == Decimal("1250.50")
    assert extraction[ChangeOfAddress.signer].value == "Percival Marmalade"
    assert extraction[ChangeOfAddress.signed_on].value == dt.date(2026, 3, 4)


def test_an_empty_cell_is_no_field_even_with_the_next_row_close_below(tmp_path: Path) -> None:
    words = tuple(w for w in PRINT + WRITTEN if w[2] not in {"Marmalade", "Inkwell", "Percival Marmalade"})
    extraction = notice(printed(tmp_path, words))
    assert ChangeOfAddress.phone in extraction
    assert ChangeOfAddress.last_name not in extraction
    assert ChangeOfAddress.landlord not in extraction
    assert ChangeOfAddress.signer not in extraction


def test_ticks_drawn_on_a_page_are_read_from_its_picture(tmp_path: Path) -> None:
    extraction = notice(printed(tmp_path, PRINT + WRITTEN, ticked=("Moved out", "Yes", "Lease", "Key list")))
    assert extraction[ChangeOfAddress.reason].value == "moved"
    assert extraction[ChangeOfAddress.forwarded].value is True
    assert extraction[ChangeOfAddress.papers].value == "lease; key"
    assert extraction[ChangeOfAddress.urgent].value is False
    assert extraction.findings == ()


def test_no_answers_no_and_a_question_without_a_tick_is_a_finding(tmp_path: Path) -> None:
    ticked = notice(printed(tmp_path, PRINT + WRITTEN, ticked=("No",)))
    unticked = notice(printed(tmp_path, PRINT + WRITTEN))
    assert ticked[ChangeOfAddress.forwarded].value is False
    assert ChangeOfAddress.forwarded not in unticked
    assert ChangeOfAddress.reason not in unticked
    assert [finding.fields for finding in unticked.findings if finding.rule == "unanswered"] == [
        ("reason",),
        ("papers",),
        ("forwarded",),
    ]
    assert "No box ticked: Reason." in unticked.findings[0].message


def test_an_answer_that_may_be_empty_is_no_finding(tmp_path: Path) -> None:
    extraction = Optional.extract(sandbox.read(printed(tmp_path, PRINT + WRITTEN), ticks=True))
    assert extraction[Optional.last_name].value == "Marmalade"
    assert extraction[Optional.last_name].confidence == 0.8  # other print stands right of it
    assert Optional.reason not in extraction
    assert extraction.findings == ()


def test_two_ticks_where_one_is_asked_are_a_question_for_a_person(tmp_path: Path) -> None:
    extraction = notice(printed(tmp_path, PRINT + WRITTEN, ticked=("House sold", "Moved out")))
    assert ChangeOfAddress.reason not in extraction
    assert rules(extraction) == ["two-ticks", "unanswered", "unanswered"]
    assert not extraction.findings[0].acceptable


def test_a_fillable_form_is_read_by_the_names_of_its_fields(tmp_path: Path) -> None:
    texts = {"resident.last": "Thimble", "rent": "$980", "signer": "Octavia Thimble", "signed on": "2026-11-02"}
    boxes = {"reason sale": True, "reason moved": False, "mail yes": False, "mail no": True}
    extraction = notice(fillable(tmp_path, texts, boxes))
    assert extraction[ChangeOfAddress.last_name].value == "Thimble"
    assert extraction[ChangeOfAddress.rent].value == Decimal("980.00")
    assert extraction[ChangeOfAddress.signed_on].value == dt.date(2026, 11, 2)
    assert extraction[ChangeOfAddress.reason].value == "sale"
    assert extraction[ChangeOfAddress.forwarded].value is False
    assert {field.source for field in extraction.fields.values()} == {"acroform"}


def test_a_blank_form_says_that_it_is_blank(tmp_path: Path) -> None:
    texts = dict.fromkeys(("resident.last", "landlord.last", "rent", "signer", "signed on"), "")
    filled = notice(fillable(tmp_path, texts, {"reason sale": False}))
    flat = notice(printed(tmp_path, PRINT))
    assert (dict(filled.fields), rules(filled)) == ({}, ["blank-form"])
    assert [(name, field.value) for name, field in flat.fields.items()] == [("urgent", False)]
    assert rules(flat) == ["blank-form"]


def test_day_and_month_that_may_be_swapped_are_doubted_and_both_are_told(tmp_path: Path) -> None:
    extraction = notice(fillable(tmp_path, {"signed on": "03/04/2026"}, {}))
    assert extraction[ChangeOfAddress.signed_on].confidence == 0.5
    assert rules(extraction) == ["ambiguous"]
    assert "2026-03-04 or 2026-04-03" in extraction.findings[0].message


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("$185,000.00", "185000.00"),
        ("27 400", "27400.00"),
        ("9.800,50", "9800.50"),
        ("1,250", "1250.00"),
        ("CAD 98.5", "98.50"),
        ("214,750.50", "214750.50"),
    ],
)
def test_amounts_are_read_as_people_write_them(tmp_path: Path, written: str, value: str) -> None:
    assert notice(fillable(tmp_path, {"rent": written}, {}))[ChangeOfAddress.rent].value == Decimal(value)


@pytest.mark.parametrize("written", ["about 900", "12,34,5", "1.2.3"])
def test_what_is_no_amount_is_told_and_left_out(tmp_path: Path, written: str) -> None:
    extraction = notice(fillable(tmp_path, {"rent": written, "signer": "O. Thimble"}, {}))
    assert ChangeOfAddress.rent not in extraction
    assert rules(extraction) == ["unreadable"]


def askew(slope: float, sure: float, *, name: str = "Marmalade") -> Reading:
    """The notice as a scanner sees it that pulls the paper in askew; ``sure`` is Tesseract's word for it."""
    words = [w for w in (*PRINT, *WRITTEN) if w[2] != "Marmalade"] + [(60, 136, name)]
    lines = []
    for x, down, word in words:
        line, at = [], float(x)
        for part in word.split():
            top = down - 7 + slope * at
            line.append(Word(part, Box(1, at - slope * down, top, at - slope * down + 5 * len(part), top + 8), sure))
            at += 5 * len(part) + 3
        lines.append(tuple(line))
    long = [Word(w, Box(1, 60.0 + 90 * n, 700 + 90 * n * slope, 100.0 + 90 * n, 708 + 90 * n * slope), sure)
            for n, w in enumerate(("kept", "by", "the", "clerk"))]  # fmt: skip
    return Reading((Page(1, 612, HEIGHT, "tesseract 5.3.0", (*lines, *([tuple(long)] * 3))),))


def test_a_page_that_lies_askew_is_levelled_before_it_is_read() -> None:
    extraction = ChangeOfAddress.extract(askew(0.03, 0.93))
    assert extraction[ChangeOfAddress.last_name].value == "Marmalade"
    assert extraction[ChangeOfAddress.phone].value == "905-555-0101"
    assert extraction[ChangeOfAddress.landlord].value == "Inkwell"
    assert extraction[ChangeOfAddress.last_name].confidence == 0.93


def test_a_lone_doubtful_letter_in_a_scanned_cell_is_dirt() -> None:
    assert ChangeOfAddress.last_name not in ChangeOfAddress.extract(askew(0.0, 0.7, name="i"))
    assert ChangeOfAddress.last_name in ChangeOfAddress.extract(askew(0.0, 0.7, name="Ives"))
