"""What a person typed, accepted and pointed at on a review page: taken from its form, kept as a draft, shown again."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from keywright.bot import AnyBot
from keywright.model.fields import Extraction
from keywright.model.reading import Box
from keywright.review.decisions import Besides, clean, one_line
from keywright.review.line_edits import COLUMNS, MOST, TypedLine, as_typed

_FARTHEST = 20_000.0  # points; no page is as large


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person typed and accepted, and what of it cannot be taken.

    ``confirmed`` are fields that the person has gone over, ``boxes`` the places pointed at, ``lines`` those of the grid
    (None if there was none). ``restored`` says that this was typed before and is shown again.
    """

    typed: Mapping[str, str] = field(default_factory=dict)
    accepted: frozenset[str] = frozenset()
    confirmed: frozenset[str] = frozenset()
    boxes: Mapping[str, Box] = field(default_factory=dict)
    lines: tuple[TypedLine, ...] | None = None
    number: str = ""  #: under which the person says the record is in the system
    faults: Mapping[str, str] = field(default_factory=dict)
    line_faults: Mapping[tuple[int, str], str] = field(default_factory=dict)
    number_fault: str = ""
    unsettled: frozenset[str] = frozenset()  #: findings that still stand
    restored: bool = False

    @property
    def line_words(self) -> list[tuple[int, str]]:
        """Return what cannot be taken of the lines, each with the line's number as it is counted on the page."""
        places = [one.place for one in self.lines or ()]
        return [(places.index(place) + 1, fault) for (place, _column), fault in self.line_faults.items()]

    @property
    def besides(self) -> Besides:
        """Return what the person did beside typing into fields and ticking findings."""
        return Besides(self.lines, self.boxes)


def answers_of(sent: QueryDict, bot: AnyBot) -> Answers:
    """Return what a review page sent."""
    names = bot.reads.specs()
    typed = {name: sent.get(f"field-{name}") for name in names}
    boxes = {name: box_of(sent.get(f"box-{name}", "")) for name in names}
    return Answers(
        typed={name: clean(text) for name, text in typed.items() if text is not None},
        accepted=frozenset(sent.getlist("accept")),
        confirmed=frozenset(sent.get("confirmed", "").split()) & names.keys(),
        boxes={name: box for name, box in boxes.items() if box},
        lines=tuple(_lines(sent)) if "grid" in sent else None,
        number=clean(sent.get("record-number", "")),
    )


def _lines(sent: QueryDict) -> Iterator[TypedLine]:
    places = [int(place) for place in sent.getlist("line") if place.isdecimal() and len(place) < 6]
    for place in list(dict.fromkeys(places))[:MOST]:
        yield TypedLine(place, {column: clean(sent.get(f"line-{place}-{column}", "")) for column in COLUMNS})


def box_of(written: str) -> Box | None:
    """Return a place that a page names, ``page left top right bottom`` in points; None if that is no place."""
    parts = written.split()
    try:
        page, (left, top, right, bottom) = int(parts[0]), (float(part) for part in parts[1:])
    except (ValueError, IndexError):
        return None
    edges = (left, top, right, bottom)
    if not 1 <= page < 100_000 or not all(math.isfinite(edge) and abs(edge) < _FARTHEST for edge in edges):
        return None
    return Box(page, min(left, right), min(top, bottom), max(left, right), max(top, bottom))


def written_box(box: Box | None) -> str:
    """Return a place as a page names it, whatever the reader's language."""
    return f"{box.page:d} {box.left:.2f} {box.top:.2f} {box.right:.2f} {box.bottom:.2f}" if box else ""


def as_read(extraction: Extraction) -> dict[str, Any]:
    """Return what stood on a page before anything was typed, as a draft keeps it to tell what a person changed."""
    return {
        "read": {name: one_line(one.value) for name, one in extraction.fields.items()},
        "read_lines": [[one.place, dict(one.typed)] for one in as_typed(extraction.lines)],
    }


def to_draft(answers: Answers, seen: str) -> dict[str, Any]:
    """Write down what was typed; ``seen`` is the moment of the case that the person saw."""
    lines = None if answers.lines is None else [[one.place, dict(one.typed)] for one in answers.lines]
    return {
        "seen": seen,
        "typed": dict(answers.typed),
        "accepted": sorted(answers.accepted),
        "confirmed": sorted(answers.confirmed),
        "boxes": {name: written_box(box) for name, box in answers.boxes.items()},
        "lines": lines,
        "number": answers.number,
    }


def from_draft(kept: Mapping[str, Any] | None, seen: str) -> Answers:
    """Return what was typed; nothing if the case was read again since, or if nothing is kept."""
    if not kept or kept.get("seen") != seen or kept.get("decided"):
        return Answers()
    lines = kept.get("lines")
    boxes = {name: box_of(written) for name, written in kept.get("boxes", {}).items()}
    return Answers(
        typed=kept.get("typed", {}),
        accepted=frozenset(kept.get("accepted", ())),
        confirmed=frozenset(kept.get("confirmed", ())),
        boxes={name: box for name, box in boxes.items() if box},
        lines=None if lines is None else tuple(TypedLine(place, typed) for place, typed in lines),
        number=kept.get("number", ""),
        restored=True,
    )
