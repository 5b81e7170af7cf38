"""Writes a Reading as JSON and reads it back, so that a process that opened an untrusted file passes on plain data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple
from typing import Any

from keywright.model.reading import Attached, Box, Control, EInvoice, Line, Page, Quality, Reading, TickBox, Word


def reading_to_json(reading: Reading) -> dict[str, Any]:
    """Return the reading as dicts, lists, strings and numbers, without loss."""
    invoice = reading.einvoice
    return {
        "pages": [_page(page) for page in reading.pages],
        "controls": [
            [control.name, control.value, control.kind, _box(control.box), control.drawn]
            for control in reading.controls
        ],
        "einvoice": invoice
        and {
            "syntax": invoice.syntax,
            "file_name": invoice.file_name,
            "xml": invoice.xml,
            "defect": invoice.defect,
        },
        "attached": [[file.name, file.may_be_a_document] for file in reading.attached],
    }


def reading_from_json(data: dict[str, Any]) -> Reading:
    """Return the reading that was written as JSON; KeyError, TypeError or ValueError if it is not a reading."""
    invoice = data["einvoice"]
    return Reading(
        pages=tuple(_page_from(page) for page in data["pages"]),
        controls=tuple(
            Control(str(name), str(value), str(kind), _box_from(box), None if drawn is None else str(drawn))
            for name, value, kind, box, drawn in data["controls"]
        ),
        einvoice=EInvoice(**{key: str(value) for key, value in invoice.items()}) if invoice else None,
        attached=tuple(Attached(str(name), bool(may_be_a_document)) for name, may_be_a_document in data["attached"]),
    )


def lines_to_json(lines: Iterable[Line]) -> list[list[tuple[str | float, ...]]]:
    """Return lines of one page as lists, strings and numbers."""
    return [[_word(word) for word in line] for line in lines]


def lines_from_json(data: list[list[list[Any]]], page: int) -> tuple[Line, ...]:
    """Return the lines that were written as JSON. Raises TypeError or ValueError if the data is not lines."""
    return tuple(_line_from(line, page) for line in data)


def _box(box: Box | None) -> list[float] | None:
    if box is None:
        return None
    return [
        box.page,
        round(box.left, 2),
        round(box.top, 2),
        round(box.right, 2),
        round(box.bottom, 2),
    ]


def _box_from(data: list[float] | None) -> Box | None:
    if data is None:
        return None
    page, x0, y0, x1, y1 = data
    return Box(int(page), float(x0), float(y0), float(x1), float(y1))


def _page(page: Page) -> dict[str, Any]:
    return {
        "number": page.number,
        "size": [page.width, page.height],
        "turned": page.turned,
        "quality": page.quality and astuple(page.quality),
        "engine": page.engine,
        "lines": lines_to_json(page.lines),
        "ticks": [(_box(tick.box), tick.ticked, tick.confidence) for tick in page.tick_boxes],
    }


def _word(word: Word) -> tuple[str | float, ...]:
    box = word.box
    written = (
        word.text,
        word.confidence,
        round(box.left, 2),
        round(box.top, 2),
        round(box.right, 2),
        round(box.bottom, 2),
    )
    return (*written, word.otherwise) if word.otherwise else written


def _page_from(data: dict[str, Any]) -> Page:
    number = int(data["number"])
    width, height = data["size"]
    return Page(
        number,
        float(width),
        float(height),
        str(data["engine"]),
        lines_from_json(data["lines"], number),
        tick_boxes=tuple(_tick_from(tick) for tick in data["ticks"]),
        turned=float(data["turned"]),
        quality=_quality_from(data["quality"]),
    )


def _quality_from(data: list[float] | None) -> Quality | None:
    return Quality(int(data[0]), *map(float, data[1:])) if data else None


def _line_from(line: list[list[Any]], page: int) -> Line:
    return tuple(
        Word(
            str(text), Box(page, float(x0), float(y0), float(x1), float(y1)), float(confidence), *map(str, alternatives)
        )
        for text, confidence, x0, y0, x1, y1, *alternatives in line
    )


def _tick_from(data: tuple[list[float], bool, float]) -> TickBox:
    box, ticked, confidence = data
    place = _box_from(box)
    if place is None:
        raise ValueError("a tick box without a place")
    return TickBox(place, bool(ticked), float(confidence))
