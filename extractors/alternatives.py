"""Looking at a document again for a person: what all kinds of paper share."""

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
from keywright.model.fields import TEXT, Extraction, Field, FieldSpec
from keywright.model.reading import Box, Line, Page, Reading, Word, box_of, text_of
from keywright.model.serialization import Json, extraction_from_json, extraction_to_json

log = logging.getLogger(__name__)
PATIENCE = Limits(seconds=10.0, seconds_in_all=15.0)  # somebody waits for the page
OFFERED = 5  # as many choices are offered; a person takes them in at one look
POINT = 4.0  # points; a place no larger than that is a click
AROUND = 2.0  # points around a phrase that was clicked


class Reread:
    """A kind of paper that can be looked at again (``keywright.model.alternatives.Rereads``); others build on it."""

    name: ClassVar[str]

    @classmethod
    def look(cls, document: Path, only: Pages | None, /) -> Reading:
        """Return all words of a document, or of some of its pages."""
        return sandbox.read(document, only=only)

    @classmethod
    def look_at(cls, document: Path, page: Page, place: Box, /) -> tuple[tuple[Line, ...], ...]:
        """Return what stands in a place, the best reading first; a click stands for the phrase that it hits.

        What a page carries as text needs no engine. A scan is read there anew, and what the whole page's reading saw
        there comes second.
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
        anew = sandbox.look_at(document, place, page.turned)
        return tuple(lines for lines in (anew, known) if lines)

    @classmethod
    def other_choices(cls, reading: Reading, extraction: Extraction, /) -> Mapping[str, tuple[Choice, ...]]:
        """Return what else each field may be, the likeliest first; nothing if that takes longer than a person waits.

        It is worked out behind the fence: the words are a stranger's.
        """
        data = {"reading": reading_to_json(reading), "extraction": extraction_to_json(extraction)}
        rules = Rules(__name__, "choices_told", {"kind": name_of(cls)}, (cls.__module__,))
        try:
            answer = sandbox.work_on(data, rules, PATIENCE)
            with sandbox.making_sense_of(Path("words")):
                return {name: tuple(_choice_of(*told) for told in choices) for name, choices in answer.items()}
        except Refer as refused:
            log.warning("no other choices are offered: %s", refused)
            return {}

    @classmethod
    def choices_within(cls, reading: Reading, extraction: Extraction, /) -> Mapping[str, tuple[Choice, ...]]:
        """Return what ``other_choices`` returns; the kinds of paper say here what they offer."""
        offered = {name: list(_spellings(field, reading)) for name, field in extraction.fields.items()}
        return {name: told for name, ones in offered.items() if (told := first_few(ones, extraction, name))}

    @classmethod
    def values_in(cls, _spec: FieldSpec[Any], lines: Sequence[Line], _reading: Reading, /) -> tuple[str, ...]:
        """Return what lines of print mean in a field: here, what they say."""
        return (" ".join(map(text_of, lines)),)


def choices_told(data: Json, told: Json) -> dict[str, list[list[Any]]]:
    """Return the choices for the fields of an extraction, as JSON: what the child process answers."""
    kind: type[Reread] = kind_named(told["kind"])
    found = kind.choices_within(reading_from_json(data["reading"]), extraction_from_json(data["extraction"]))
    return {name: [[one.value, one.box and astuple(one.box)] for one in choices] for name, choices in found.items()}


def _choice_of(value: object, edges: Sequence[Any] | None) -> Choice:
    """Return a choice that came from the child. Raises TypeError or ValueError if it is none."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is no text")
    if edges is None:
        return Choice(value)
    page, left, top, right, bottom = edges
    return Choice(value, Box(int(page), float(left), float(top), float(right), float(bottom)))


def first_few(choices: Sequence[Choice], extraction: Extraction, name: str) -> tuple[Choice, ...]:
    """Return the first of the choices that differ from each other and from what the field has."""
    field = extraction.fields.get(name)
    has = {_bare(field.text), _bare(str(field.value))} if field else set()
    different: dict[str, Choice] = {}
    for one in choices:
        if _bare(one.value) not in has:
            different.setdefault(_bare(one.value), one)
    return tuple(different.values())[:OFFERED]


def _bare(text: str) -> str:
    return "".join(text.split())


def _spellings(field: Field[Any], reading: Reading) -> Iterator[Choice]:
    """Yield what the engine's second reading made of a text's words, and what its letters may be misread for."""
    if not isinstance(field.value, str):
        return
    page = next((page for page in reading.pages if field.box and page.number == field.box.page), None)
    if page and field.box:
        there = [word for line in _inside(page, field.box) for word in line]
        if any(word.otherwise for word in there):
            yield Choice(" ".join(word.otherwise or word.text for word in there), field.box)
    for spelling in look_alikes(TEXT.write(field.value)):
        yield Choice(spelling, field.box)


def _inside(page: Page, place: Box) -> Iterator[Line]:
    """Yield the parts of a page's lines whose middle lies in a place."""
    for line in page.lines:
        if there := tuple(word for word in line if _is_in(word, place)):
            yield there


def _is_in(word: Word, place: Box) -> bool:
    across = (word.box.left + word.box.right) / 2
    return place.left <= across <= place.right and place.top <= word.box.middle <= place.bottom


def _phrase_at(page: Page, place: Box) -> Line | None:
    """Return the phrase that is printed at a point, or None where nothing is."""
    across, down = (place.left + place.right) / 2, place.middle
    for phrase in page.phrases():
        box = box_of(phrase)
        if box.left - AROUND <= across <= box.right + AROUND and box.top - AROUND <= down <= box.bottom + AROUND:
            return phrase
    return None
