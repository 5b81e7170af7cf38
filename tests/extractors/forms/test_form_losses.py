"""A form loses nothing that is filled in, and falsifies nothing: what cannot be placed or believed is a finding."""

from __future__ import annotations

import json
from pathlib import Path

import pypdf
import pytest
from pypdf.generic import NameObject, TextStringObject
from reportlab.pdfgen.canvas import Canvas

from extractors.engines.isolation import sandbox
from extractors.forms.form import Form, Option, amount, choice, date, text, yes_no
from keywright.model.fields import Extraction
from tests.doors import keywright
from tests.extractors.forms.fillable import fillable_with

HEIGHT = 792


class Stall(Form):
    """A made-up application for a market stall."""

    title = "Application for a Market Stall"
    sections = ("A. Trader", "B. Stall")
    printed = ("$",)

    trader = text(right_of="Trader", section="A. Trader", control="trader")
    fee = amount(right_of="Fee paid", section="B. Stall", control="fee")
    opens = date(right_of="Opens", section="B. Stall", control="opens")
    goods = choice(
        Option("food", "Food", "goods food"), Option("craft", "Craft", "goods craft"), section="B. Stall", title="Goods"
    )
    power = yes_no(question="Is power needed?", yes="power yes", no="power no", section="B. Stall", title="Power")


LABELS = (
    (60, 60, "Application for a Market Stall"),
    *((60, 90, "A. Trader"), (60, 110, "Trader")),
    *((60, 150, "B. Stall"), (60, 170, "Fee paid"), (330, 170, "Opens")),
    *((80, 200, "Food"), (200, 200, "Craft")),
    *((60, 230, "Is power needed?"), (330, 230, "Yes"), (400, 230, "No")),
)
BOXES = {"Food": (62, 200), "Craft": (182, 200), "Yes": (312, 230), "No": (382, 230)}
WRITTEN = ((110, 110, "Odalys Fennick"), (120, 170, "$"), (130, 170, "125.00"), (370, 170, "2026-05-02"))

Print = tuple[tuple[float, float, str], ...]


def draw_page(canvas: Canvas, words: Print, ticked: tuple[str, ...]) -> None:
    """Draw words, each at (left, baseline from the top), and the boxes, a cross in each that is ticked."""
    canvas.setFont("Helvetica", 9)
    for x, down, word in words:
        canvas.drawString(x, HEIGHT - down, word)
    for label, (x, down) in BOXES.items():
        y = HEIGHT - down - 3
        canvas.rect(x, y, 12, 12)
        if label in ticked:
            canvas.lines([(x + 2, y + 2, x + 10, y + 10), (x + 2, y + 10, x + 10, y + 2)])
    canvas.showPage()


def printed(folder: Path, *pages: tuple[Print, tuple[str, ...]]) -> Path:
    file = folder / "stall.pdf"
    canvas = Canvas(str(file), pagesize=(612, HEIGHT))
    for words, ticked in pages:
        draw_page(canvas, words, ticked)
    canvas.save()
    return file


def fillable(folder: Path, texts: dict[str, str], boxes: dict[str, bool]) -> Path:
    return fillable_with(LABELS, folder, texts, boxes)


def altered(file: Path, **values: str) -> Path:
    """Change the values of fields and leave their appearance: the page still shows the old value."""
    writer = pypdf.PdfWriter(clone_from=file)
    for page in writer.pages:
        for note in page.get("/Annots", ()):
            field = note.get_object()
            name = str(field.get("/T", "")).replace(" ", "_")
            if name in values:
                kind = NameObject if str(field.get("/FT")) == "/Btn" else TextStringObject
                field[NameObject("/V")] = kind(values[name])
    out = file.with_name("altered.pdf")
    writer.write(out)
    return out


def stall(file: Path) -> Extraction:
    return Stall.extract(sandbox.read(file, ticks=True))


def rules(extraction: Extraction) -> list[str]:
    return [finding.rule for finding in extraction.findings]


FULL = {"trader": "Odalys Fennick", "fee": "125.00", "opens": "2026-05-02"}
TICKS = {"goods food": True, "goods craft": False, "power yes": False, "power no": True}


def test_a_whole_form_gives_no_finding_filled_in_or_printed(tmp_path: Path) -> None:
    for file in (fillable(tmp_path, FULL, TICKS), printed(tmp_path, (LABELS + WRITTEN, ("Food", "No")))):
        extraction = stall(file)
        assert extraction.findings == ()
        assert extraction[Stall.trader].value == "Odalys Fennick"
        assert str(extraction[Stall.fee].value) == "125.00"
        assert extraction[Stall.goods].value == "food"
        assert extraction[Stall.power].value is False


def test_a_value_that_is_drawn_otherwise_than_it_is_held_is_doubted_and_both_are_named(tmp_path: Path) -> None:
    extraction = stall(altered(fillable(tmp_path, FULL, TICKS), fee="9125.00"))
    assert rules(extraction) == ["drawn-otherwise"]
    assert "The page shows “125.00”, but the file holds “9125.00”" in extraction.findings[0].message
    assert extraction.findings[0].asks
    assert extraction[Stall.fee].confidence == 0.5


@pytest.mark.parametrize(("value", "drawn"), [("125.00", "$125.00"), ("125.00", "125"), ("2026-05-02", "May 2, 2026")])
def test_a_value_that_is_drawn_in_another_spelling_is_the_same(tmp_path: Path, value: str, drawn: str) -> None:
    name = "opens" if "-" in value else "fee"
    extraction = stall(altered(fillable(tmp_path, FULL | {name: drawn}, TICKS), **{name: value}))
    assert extraction.findings == ()


def test_a_value_that_is_drawn_and_not_held_is_a_finding(tmp_path: Path) -> None:
    extraction = stall(altered(fillable(tmp_path, FULL, TICKS), trader=""))
    assert Stall.trader not in extraction
    assert "The page shows “Odalys Fennick”, but the file holds nothing" in extraction.findings[0].message


def test_a_box_that_is_ticked_in_the_file_and_not_on_the_page_is_a_finding(tmp_path: Path) -> None:
    extraction = stall(altered(fillable(tmp_path, FULL, TICKS | {"power no": False}), power_no="/Yes"))
    assert "drawn-otherwise" in rules(extraction)


def test_a_filled_control_without_a_field_is_a_finding_that_tells_its_value(tmp_path: Path) -> None:
    extraction = stall(fillable(tmp_path, FULL | {"second trader": "Barnaby Fennick", "fax": ""}, TICKS))
    assert rules(extraction) == ["undescribed"]
    assert "second trader: “Barnaby Fennick”" in extraction.findings[0].message


def test_a_second_form_in_the_file_is_a_finding_that_names_its_page(tmp_path: Path) -> None:
    attachment = (((60, 60, "A sketch of the stall"), (60, 90, "North is up")), ())
    other_page = (
        tuple((x, y, "Barnaby Fennick" if "Odalys" in text else text) for x, y, text in LABELS + WRITTEN),
        ("Craft",),
    )
    first = stall(printed(tmp_path, (LABELS + WRITTEN, ("Food", "No")), attachment))
    two = stall(printed(tmp_path, (LABELS + WRITTEN, ("Food", "No")), attachment, other_page))
    assert rules(first) == []
    assert rules(two) == ["several-forms"]
    assert "2 forms in one file. They begin on pages 1, 3" in two.findings[0].message
    assert not two.findings[0].acceptable


def test_a_label_does_not_take_the_cell_beside_its_own(tmp_path: Path) -> None:
    stranger = (*LABELS, *WRITTEN, (330, 110, "Telephone"), (400, 110, "905-555-0101"))
    extraction = stall(printed(tmp_path, (stranger, ("Food", "No"))))
    assert extraction[Stall.trader].value == "Odalys Fennick"
    assert extraction[Stall.trader].confidence < 0.9  # other print stands on the line: a person looks


def test_a_value_in_which_a_label_seems_to_stand_is_doubted(tmp_path: Path) -> None:
    words = tuple(
        (x, y, "Odalys Fennick Telephone: 905-555-0101" if "Odalys" in s else s) for x, y, s in LABELS + WRITTEN
    )
    extraction = stall(printed(tmp_path, (words, ("Food", "No"))))
    assert extraction[Stall.trader].confidence < 0.9


def test_an_options_label_does_not_eat_a_value_of_the_same_word(tmp_path: Path) -> None:
    words = tuple((x, y, "Food" if "Odalys" in text else text) for x, y, text in LABELS + WRITTEN)
    extraction = stall(printed(tmp_path, (words, ("Craft", "No"))))
    assert extraction[Stall.trader].value == "Food"
    assert extraction[Stall.goods].value == "craft"


class Short(Form):
    """Options and a value in one section, the value first: the option's word is printed twice."""

    title = "Application for a Market Stall"
    trader = text(right_of="Trader")
    goods = choice(Option("food", "Food"), Option("craft", "Craft"), title="Goods")


def test_an_options_label_stands_at_its_box_also_where_its_word_is_written_first(tmp_path: Path) -> None:
    without_headings = tuple(word for word in LABELS + WRITTEN if word[2] != "A. Trader")
    words = tuple((x, y, "Food" if "Odalys" in text else text) for x, y, text in without_headings)
    extraction = Short.extract(sandbox.read(printed(tmp_path, (words, ("Food",))), ticks=True))
    assert extraction[Short.trader].value == "Food"
    assert extraction[Short.goods].value == "food"


def test_a_description_that_could_recognise_nothing_is_refused_when_it_is_made() -> None:
    with pytest.raises(TypeError, match=r"Nothing\.fee: the label '\$' has neither a letter nor a digit"):
        type("Nothing", (Form,), {"title": "Any form", "fee": amount(right_of="$")})
    with pytest.raises(TypeError, match="Untitled needs a title"):
        type("Untitled", (Form,), {"title": "—"})


def test_read_lists_what_an_unknown_form_holds_by_the_names_of_its_fields(tmp_path: Path) -> None:
    done = keywright(
        "read", "--json", str(altered(fillable(tmp_path, FULL, TICKS), fee="9125.00")), home=tmp_path / "home"
    )
    payload = json.loads(done.stdout)
    assert payload["kind"] == "unknown"
    assert payload["verdict"] == "refer"
    assert {name: field["value"] for name, field in payload["fields"].items()} == {
        **FULL,
        "fee": "9125.00",
        "goods food": "Yes",
        "power no": "Yes",
    }
    assert any("The page shows “125.00”" in finding["message"] for finding in payload["findings"])


def test_read_is_not_sure_of_an_invoices_fields_on_a_form_that_is_none(tmp_path: Path) -> None:
    words = (*LABELS, *WRITTEN, (60, 300, "Total due"), (330, 300, "$125.00"))
    done = keywright("read", "--json", str(printed(tmp_path, (words, ("Food", "No")))), home=tmp_path / "home")
    payload = json.loads(done.stdout)
    assert payload["kind"] == "unknown"
    assert payload["fields"]
    assert all(field["confidence"] <= 0.5 for field in payload["fields"].values())
