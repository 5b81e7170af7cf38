"""A reading survives its way through JSON."""

from __future__ import annotations

import json

import pytest

from extractors.engines.reading_json import reading_from_json, reading_to_json
from keywright.model.reading import Box, Control, EInvoice, Page, Reading, TickBox, Word

BOX = Box(2, 10.25, 20.5, 30.75, 40.0)
READING = Reading(
    pages=(
        Page(1, 612.0, 792.0, "text-layer", ()),
        Page(
            2,
            595.28,
            841.89,
            "tesseract 5.3.0",
            ((Word("Büro", BOX, 0.91), Word("½", BOX)),),
            tick_boxes=(TickBox(BOX, True, 0.5),),
            turned=359.4,
        ),
    ),
    controls=(Control("a.b", "Ja\nNein", "text", BOX), Control("c", "", "check", None)),
    einvoice=EInvoice("cii", "factur-x.xml", "<x>ä</x>", "It is not well-formed."),
)


@pytest.mark.parametrize("reading", [READING, Reading(()), Reading(READING.pages)])
def test_a_reading_comes_back_as_it_was(reading: Reading) -> None:
    assert reading_from_json(json.loads(json.dumps(reading_to_json(reading)))) == reading


@pytest.mark.parametrize("broken", [{}, {"pages": [{}], "controls": [], "einvoice": None}])
def test_what_is_no_reading_is_an_error(broken: dict[str, object]) -> None:
    with pytest.raises(KeyError):
        reading_from_json(broken)
