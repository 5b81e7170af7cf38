"""Looks at a document again for a person; shared by all kinds of documents."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any, ClassVar

from extractors.engines.isolation import sandbox
from extractors.engines.isolation.sandbox import Limits, Rules
from extractors.engines.pdf.text_layer import ENGINE as TEXT_LAYER
from extractors.engines.reading_json import reading_from_json, reading_to_json
from extractors.kinds import kind_named, name_of
from extractors.look_alikes import look_alikes
from keywright.errors import Refer
from keywright.model.alternatives import Choice, Pages
from keywright.model.document_type import KeyFields, Wording
from keywright.model.fields import TEXT, Extraction, Field, FieldSpec
from keywright.model.reading import Box, Line, Page, Reading, Word, box_of, text_of
from keywright.model.serialization import Json, extraction_from_json, extraction_to_json

log = logging.getLogger(__name__)
PATIENCE = Limits(seconds=10.0, seconds_in_all=15.0)  # a person is waiting for the page
OFFERED = 5  # choices for a field at most, as many as a person takes in at one look
POINT = 4.0  # points; a place that is not larger is a click
AROUND = 2.0  # points around a phrase that was clicked


class Reread:
    """A kind of document that can be looked at again (``keywright.model.alternatives.Rereads``); for subclassing."""

    name: ClassVar[str]
    has_lines: ClassVar[bool] = False
    key_fields: ClassVar[KeyFields] = KeyFields()
    wording: ClassVar[Wording] = Wording()

    @classmethod
    def look(cls, document: Path, only: Pages | None, /) -> Reading:
        """Return all words of a document, or of some of its pages."""
        return sandbox.read(document, only=only)

    @classmethod
    def look_at(cls, document: Path, page: Page, place: Box, /) -> tuple[tuple[Line, ...], ...]:
        """Return the print in a place, the best reading first; a click stands for the phrase that it hits.

        A page's text layer needs no engine. A scan is read there again, and the words of the whole page's reading come
        second.
        """
        if max(place.width, place.height) <= POINT:
            phrase = _phrase_at(page, place)
            if phrase is None:
                return ()
            known: tuple[Line, ...] = (phrase,)
            box = box_of(phrase)
            place = Box(page.number, box.left - AROUND, box.top - AROUND, box.right + AROUND, box.bottom + AROUND)
        else:
            known = tuple(_inside(page, place))
        if page.engine == TEXT_LAYER and known:
            return (known,)
        read_again = sandbox.look_at(document, place, page.turned)
        return tuple(lines for lines in (read_again, known) if lines)

    @classmethod
    def other_choices(cls, reading: Reading, extraction: Extraction, /) -> Mapping[str, tuple[Choice, ...]]:
        """Return the other possible values of each field, the likeliest first; nothing if that takes too long for a
        waiting person.

        They are found in the confined child process, since the words come from a stranger.
        """
        data = {"reading": reading_to_json(reading), "extraction": extraction_to_json(extraction)}
        rules = Rules(__name__, "choices_as_json", {"kind": name_of(cls)}, (cls.__module__,))
        try:
            choices_of_fields = sandbox.work_on(data, rules, PATIENCE)
            with sandbox.making_sense_of(Path("words")):
                return {
                    name: tuple(_choice_of(*choice) for choice in choices)
                    for name, choices in choices_of_fields.items()
                }
        except Refer as refused:
            log.warning("no other values are offered: %s", refused)
            return {}

    @classmethod
    def choices_within(cls, reading: Reading, extraction: Extraction, /) -> Mapping[str, tuple[Choice, ...]]:
        """Return the choices that ``other_choices`` returns; each kind of document extends this method."""
        offered = {name: list(_spellings(field, reading)) for name, field in extraction.fields.items()}
        return {
            name: few for name, field_choices in offered.items() if (few := first_few(field_choices, extraction, name))
        }

    @classmethod
    def values_in(cls, _spec: FieldSpec[Any], lines: Sequence[Line], _reading: Reading, /) -> tuple[str, ...]:
        """Return the meaning of lines of print in a field: here, the text itself."""
        return (" ".join(map(text_of, lines)),)


def choices_as_json(data: Json, arguments: Json) -> dict[str, list[list[Any]]]:
    """Return the choices for the fields of an extraction, as the child process sends them (JSON)."""
    kind: type[Reread] = kind_named(arguments["kind"])
    offered = kind.choices_within(reading_from_json(data["reading"]), extraction_from_json(data["extraction"]))
    return {
        name: [[choice.value, choice.box and astuple(choice.box)] for choice in choices]
        for name, choices in offered.items()
    }


def _choice_of(value: object, edges: Sequence[Any] | None) -> Choice:
    """Return a choice that came from the child. Raises TypeError or ValueError if it has the wrong shape."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is not text")
    if edges is None:
        return Choice(value)
    page, x0, y0, x1, y1 = edges
    return Choice(value, Box(int(page), float(x0), float(y0), float(x1), float(y1)))


def first_few(choices: Sequence[Choice], extraction: Extraction, name: str) -> tuple[Choice, ...]:
    """Return the first choices that differ from each other and from the value of the field."""
    field = extraction.fields.get(name)
    current = {_bare(field.text), _bare(str(field.value))} if field else set()
    different: dict[str, Choice] = {}
    for choice in choices:
        if _bare(choice.value) not in current:
            different.setdefault(_bare(choice.value), choice)
    return tuple(different.values())[:OFFERED]


def _bare(text: str) -> str:
    return "".join(text.split())


def _spellings(field: Field[Any], reading: Reading) -> Iterator[Choice]:
    """Yield the engine's second reading of a text's words, and the text with look-alike letters replaced."""
    if not isinstance(field.value, str):
        return
    page = next((page for page in reading.pages if field.box and page.number == field.box.page), None)
    if page and field.box:
        words = [word for line in _inside(page, field.box) for word in line]
        if any(word.otherwise for word in words):
            yield Choice(" ".join(word.otherwise or word.text for word in words), field.box)
    for spelling in look_alikes(TEXT.write(field.value)):
        yield Choice(spelling, field.box)


def _inside(page: Page, place: Box) -> Iterator[Line]:
    """Yield the parts of a page's lines whose middle is in a place."""
    for line in page.lines:
        if there := tuple(word for word in line if _is_in(word, place)):
            yield there


def _is_in(word: Word, place: Box) -> bool:
    across = (word.box.left + word.box.right) / 2
    return place.left <= across <= place.right and place.top <= word.box.middle <= place.bottom


def _phrase_at(page: Page, place: Box) -> Line | None:
    """Return the phrase that is printed at a point, or None if there is none."""
    across, down = (place.left + place.right) / 2, place.middle
    for phrase in page.phrases():
        box = box_of(phrase)
        if box.left - AROUND <= across <= box.right + AROUND and box.top - AROUND <= down <= box.bottom + AROUND:
            return phrase
    return None
