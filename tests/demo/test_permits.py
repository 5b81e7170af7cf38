"""The demo's permit applications are the provincial form, filled in, half filled in and printed flat."""

from typing import Any

import pypdfium2
import pytest
from PIL import ImageChops
from pypdf import PdfReader

from demo.permits import FORGOTTEN, field_name
from tests.demo.made import Made, ways_to_print

TICKED = ("purpose", "applicant_is", "tarion_new_home")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("documents"))


@pytest.mark.parametrize("file", ["permit-complete.pdf", "permit-incomplete.pdf"])
def test_every_true_value_of_a_permit_stands_in_its_field(made: Made, file: str) -> None:
    fields, truth = made.fields(file), made.samples[file].truth

    for name, value in truth.items():
        if name not in TICKED:
            assert fields[field_name(name)] == value, name
    assert fields[_purpose(truth["purpose"])] == "/Yes"


@pytest.mark.parametrize("file", ["permit-complete.pdf", "permit-incomplete.pdf"])
def test_one_box_of_a_question_is_ticked_and_the_others_are_off(made: Made, file: str) -> None:
    fields, truth = made.fields(file), made.samples[file].truth
    ticked = {name for name, value in fields.items() if value in ("/Yes", "/No")}

    assert {name for name in ticked if name.startswith("Purpose:")} == {_purpose(truth["purpose"])}
    applicant = "Applicant is: Owner" if truth["applicant_is"] == "owner" else "Applicant is: Authorized agent of owner"
    assert {name for name in ticked if name.startswith("Applicant is:")} == {applicant}
    home = "Is proposed construction for a new home as defined in the Ontario New Home Warranties Plan Act? "
    assert {name for name in ticked if name.startswith(home)} == {f"{home}NO (Go to section G.)"}
    assert fields[f"{home}NO (Go to section G.)"] == "/No"


def _purpose(purpose: str) -> str:
    return {
        "new construction": "Purpose: New construction",
        "addition": "Purpose: Addition to an existing building",
        "alteration/repair": "Purpose: Alteration/Repair",
    }[purpose]


def test_a_filled_field_is_drawn_without_a_viewers_help(made: Made) -> None:
    document = pypdfium2.PdfDocument(made.folder / "permit-complete.pdf")
    document.init_forms()
    bare, filled = (document[0].render(scale=1, may_draw_forms=drawn).to_pil() for drawn in (False, True))
    drawn = {
        field["/T"]: ImageChops.difference(bare, filled).crop(_on_picture(field["/Rect"])).getbbox()
        for field in PdfReader(made.folder / "permit-complete.pdf").pages[0].annotations or ()
        if field["/FT"] == "/Tx"
    }

    assert drawn["Project building number street name"] and drawn["Applicant Email"]
    assert not drawn["Project unit number"] and not drawn["Applicant Fax"]


def _on_picture(rectangle: Any) -> tuple[int, int, int, int]:
    """A field's rectangle on a picture of one pixel a point, counted from the top."""
    x0, bottom, right, top = (float(edge) for edge in rectangle)
    return int(x0), int(792 - top), int(right), int(792 - bottom)


def test_what_was_forgotten_on_the_incomplete_permit_is_empty(made: Made) -> None:
    fields, sample = made.fields("permit-incomplete.pdf"), made.samples["permit-incomplete.pdf"]

    assert len(FORGOTTEN) >= 4
    for name in FORGOTTEN:
        assert fields[field_name(name)] == "" and name not in sample.truth, name
        assert name.replace("_", " ") in sample.reason


def test_the_flat_permit_prints_its_values_and_has_no_fields(made: Made) -> None:
    text, truth = made.text("permit-flat.pdf"), made.samples["permit-flat.pdf"].truth

    assert made.fields("permit-flat.pdf") == {}
    for name, value in truth.items():
        if name not in TICKED:
            assert any(way in text for way in ways_to_print(name, value)), name


def test_the_form_prints_the_provincial_labels(made: Made) -> None:
    text = made.text("permit-complete.pdf")

    for label in (
        "Application for a Permit to Construct or Demolish",
        "Building number, street name",
        "Plan number/other description",
        "Project value est. $",
        "Area of work (m2)",
        "Purpose of application",
        "Corporation or partnership (if applicable)",
        "Declaration of applicant",
        "Schedule 1: Designer Information",
        "Firm BCIN:",
    ):
        assert label in text, label
