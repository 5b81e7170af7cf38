"""Ontario's permit application is read when filled in on screen, printed, and blank; other forms are recognised."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from reportlab.pdfgen.canvas import Canvas

from demo.permit_pages import draw_form
from demo.permits import BASEMENT, GARAGE, PORCH, permit_samples
from extractors.engines.isolation import sandbox
from extractors.ontario_permit.form import OntarioPermitApplication as Permit
from keywright.model.reading import Reading

OURS = {"permit-complete.pdf": GARAGE, "permit-incomplete.pdf": PORCH, "permit-flat.pdf": BASEMENT}
NOT_IN_THE_LIST = {
    *("project_value_number", "design_activities", "states_complete", "states_fees_paid"),
    *("states_plans_attached", "states_documents_attached", "states_lawful"),
}
"""What is read beside the names that the sample's list has."""


def seen(content: bytes) -> Reading:
    with TemporaryDirectory() as folder:
        file = Path(folder, "permit.pdf")
        file.write_bytes(content)
        return sandbox.read(file, ticks=True)


@cache
def sample(name: str) -> Reading:
    return next(seen(content) for made, content in permit_samples() if name in made.file)


def written(reading: Reading) -> Mapping[str, str]:
    fields = Permit.extract(reading).fields
    return {name: Permit.specs()[name].kind.write(field.value) for name, field in fields.items()}


def test_every_value_of_a_cleanly_printed_application_is_certain() -> None:
    fields = Permit.extract(sample("permit-flat.pdf")).fields
    assert {name: field.confidence for name, field in fields.items() if field.confidence < 0.9} == {}


@pytest.mark.parametrize("name", list(OURS))
def test_every_field_of_our_own_applications_is_read_and_no_other(name: str) -> None:
    values = written(sample(name))
    repeated = {name: value for name, value in values.items() if name.startswith("schedule_1_")}
    assert {k: v for k, v in values.items() if k not in {*NOT_IN_THE_LIST, *repeated}} == dict(OURS[name])
    assert {values[name.removeprefix("schedule_1_")]: value for name, value in repeated.items()} == {
        value: value for value in repeated.values()
    }


@pytest.mark.parametrize("name", list(OURS))
def test_our_own_applications_are_recognised(name: str) -> None:
    assert Permit.recognise(sample(name)) is None


def test_fields_filled_in_on_screen_are_certain_and_say_so() -> None:
    extraction = Permit.extract(sample("permit-complete.pdf"))
    assert {field.source for field in extraction.fields.values()} == {"acroform"}
    assert min(field.confidence for field in extraction.fields.values()) == 1.0


def test_dates_amounts_and_answers_have_their_own_kinds() -> None:
    extraction = Permit.extract(sample("permit-complete.pdf"))
    day: dt.date = extraction[Permit.declaration_date].value
    dollars: Decimal = extraction[Permit.project_value_number].value
    new_home: bool = extraction[Permit.tarion_new_home].value
    assert (day, dollars, new_home) == (dt.date(2026, 11, 3), Decimal("96500.00"), False)


def test_ticks_on_a_printed_application_are_read_from_the_ink_in_their_boxes() -> None:
    extraction = Permit.extract(sample("permit-flat.pdf"))
    assert extraction[Permit.purpose].source == "text-layer"
    assert extraction[Permit.purpose].value == "alteration/repair"
    assert extraction[Permit.states_fees_paid].value is True


def test_a_printed_application_whose_boxes_cannot_be_seen_leaves_ticks_out_and_guesses_nothing() -> None:
    pages = sample("permit-flat.pdf").pages
    blind = Permit.extract(Reading(tuple(replace(page, tick_boxes=()) for page in pages)))
    assert Permit.purpose not in blind
    assert Permit.tarion_new_home not in blind
    assert blind[Permit.project_address].value == "47 Larkspur Crescent"


def test_a_blank_application_is_one_and_says_that_it_is_blank() -> None:
    content, _ = draw_form({}, signed=False)
    reading = seen(content)
    extraction = Permit.extract(reading)
    assert Permit.recognise(reading) is None
    assert dict(extraction.fields) == {}
    assert [finding.rule for finding in extraction.findings] == ["blank-form"]
    assert not extraction.findings[0].acceptable


def test_another_form_is_not_an_application(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "w9.pdf"))
    for down, line in enumerate(
        ("Form W-9", "Request for Taxpayer", "1 Name of entity/individual", "Trestle & Daughters")
    ):
        canvas.drawString(60, 760 - 20 * down, line)
    canvas.save()
    why = Permit.recognise(sandbox.read(tmp_path / "w9.pdf"))
    assert why is not None
    assert why.rule == "not-a-permit-application"
    assert "is not printed on it" in why.message


def test_a_second_schedule_1_is_told_and_not_mixed_into_the_first() -> None:
    reading = sample("permit-flat.pdf")
    another = replace(reading.pages[2], number=4)
    extraction = Permit.extract(Reading((*reading.pages, another)))
    assert extraction[Permit.designer_name].value == "Barnaby Quillfeather"
    assert [finding.rule for finding in extraction.findings] == ["several-designers"]
    assert "has 2 of them" in extraction.findings[0].message
