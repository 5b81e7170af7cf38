"""Looking at a document again: one place of a page, and the other possible values of a field."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
import pytest

from extractors.engines.isolation import sandbox
from extractors.look_alikes import look_alikes
from extractors.ontario_permit.form import OntarioPermitApplication
from extractors.supplier_invoice.document_type import SupplierInvoice
from keywright.errors import Refer
from keywright.model.alternatives import rereads
from keywright.model.reading import Box, Line, Reading, text_of
from tests.keywright.console.desk import extraction, pdf

NUMBER = Box(1, 415, 118, 480, 134)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An invoice as a PDF that carries its text."""
    path = tmp_path_factory.mktemp("papers") / "printed.pdf"
    path.write_bytes(pdf())
    return path


@pytest.fixture(scope="module")
def scanned(printed: Path) -> Path:
    """The same invoice as a scan."""
    picture = pypdfium2.PdfDocument(printed)[0].render(scale=200 / 72).to_pil().convert("L")
    buffer, path = io.BytesIO(), printed.parent / "scanned.png"
    picture.save(buffer, "PNG", dpi=(200, 200))
    path.write_bytes(buffer.getvalue())
    return path


def said(lines: tuple[Line, ...]) -> str:
    return " ".join(map(text_of, lines))


def test_a_place_of_a_scan_is_read_by_ocr_where_it_stands_on_the_page(scanned: Path) -> None:
    lines = sandbox.look_at(scanned, NUMBER, 0.0)
    assert said(lines).startswith("BTG-2")
    box = lines[0][0].box
    assert (box.page, round(box.left, -1), round(box.bottom, -1)) == (1, 420, 130)


def test_a_page_that_is_not_there_is_refused_and_bare_paper_has_no_words(scanned: Path) -> None:
    with pytest.raises(Refer):
        sandbox.look_at(scanned, Box(7, 10, 10, 50, 50), 0.0)
    assert sandbox.look_at(scanned, Box(1, 20, 600, 200, 700), 0.0) == ()
    assert sandbox.look_at(scanned, Box(1, 9000, 9000, 9050, 9050), 0.0) == ()


def test_of_a_scan_the_new_reading_comes_before_that_of_the_whole_page(scanned: Path) -> None:
    page = SupplierInvoice.look(scanned, None).pages[0]
    readings = SupplierInvoice.look_at(scanned, page, NUMBER)
    assert len(readings) == 2
    assert all(said(lines).startswith("BTG-2") for lines in readings)


def test_what_a_page_carries_as_text_is_taken_from_it_and_a_click_takes_the_phrase(printed: Path) -> None:
    page = SupplierInvoice.look(printed, None).pages[0]
    assert [said(lines) for lines in SupplierInvoice.look_at(printed, page, NUMBER)] == ["BTG-2O41"]
    click = Box(1, 430, 146, 431, 147)
    assert [said(lines) for lines in SupplierInvoice.look_at(printed, page, click)] == ["issue date 2 November 2026"]
    assert SupplierInvoice.look_at(printed, page, Box(1, 300, 700, 301, 701)) == ()


@pytest.mark.parametrize(
    ("field", "place", "values"),
    [
        ("issue_date", Box(1, 415, 139, 560, 155), ("2026-11-02",)),
        ("grand_total", Box(1, 460, 449, 540, 464), ("1412.50",)),
        ("invoice_number", Box(1, 430, 126, 431, 127), ("BTG-2O41", "invoice number BTG-2O41")),
        ("seller_name", Box(1, 70, 66, 71, 67), ("Bruce Trail Gravel Ltd.",)),
        ("grand_total", Box(1, 50, 55, 200, 75), ()),
    ],
)
def test_print_is_understood_as_the_field_wants_it(
    printed: Path, field: str, place: Box, values: tuple[str, ...]
) -> None:
    reading = SupplierInvoice.look(printed, None)
    (lines,) = SupplierInvoice.look_at(printed, reading.pages[0], place)
    assert SupplierInvoice.values_in(SupplierInvoice.specs()[field], lines, reading) == values


def test_a_field_that_was_not_found_is_offered_every_date_and_a_doubtful_number_its_look_alikes(printed: Path) -> None:
    without_due_date = extraction().without("due_date")
    choices = SupplierInvoice.other_choices(SupplierInvoice.look(printed, None), without_due_date)
    assert [choice.value for choice in choices["invoice_number"]] == ["BTG-2041"]
    assert {choice.value for choice in choices["due_date"]} == {"2026-11-02", "2026-12-02"}
    assert all(choice.box for choice in choices["due_date"])


@pytest.mark.parametrize(
    ("text", "spellings"),
    [
        ("BTG-2O41", ("BTG-2041",)),
        ("l23", ("123",)),
        ("F0RD", ("FORD",)),
        ("Gravel", ()),
        ("2041", ()),
    ],
)
def test_letters_and_figures_that_look_alike_change_places(text: str, spellings: tuple[str, ...]) -> None:
    assert look_alikes(text)[: len(spellings) or None] == spellings


def test_a_form_understands_what_is_written_and_every_kind_of_paper_can_be_looked_at_again() -> None:
    assert rereads(SupplierInvoice) is SupplierInvoice
    assert rereads(OntarioPermitApplication) is OntarioPermitApplication
    assert (
        OntarioPermitApplication.values_in(OntarioPermitApplication.specs()["tarion_new_home"], (), Reading(())) == ()
    )
