"""A person's entries on a review page: read from the form, saved as a draft, and restored."""

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
class Submission:
    """A person's entries on a review page, and what is invalid in them.

    ``confirmed`` are the fields that the person has confirmed, ``boxes`` the places they pointed at, ``lines`` the rows
    of the grid (None if there is no grid). ``restored`` says that the entries come from a draft.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
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
        """Return the faults of the lines, each with the line's number on the page."""
        places = [line.place for line in self.lines or ()]
        return [(places.index(place) + 1, fault) for (place, _column), fault in self.line_faults.items()]

    @property
    def besides(self) -> Besides:
        """Return the person's line and box entries."""
        return Besides(self.lines, self.boxes)


def submission_of(sent: QueryDict, bot: AnyBot) -> Submission:
    """Return the entries that a review page sent."""
    names = bot.reads.specs()
    texts = {name: sent.get(f"field-{name}") for name in names}
    boxes = {name: box_of(sent.get(f"box-{name}", "")) for name in names}
    return Submission(
        texts={name: clean(text) for name, text in texts.items() if text is not None},
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
    """Return the box written as ``page left top right bottom`` in points, or None if it is not valid."""
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
    """Return a box as text, with decimal points in every language."""
    return f"{box.page:d} {box.left:.2f} {box.top:.2f} {box.right:.2f} {box.bottom:.2f}" if box else ""


def as_read(extraction: Extraction) -> dict[str, Any]:
    """Return the values before any entry, saved with a draft to tell what a person changed."""
    return {
        "read": {name: one_line(line.value) for name, line in extraction.fields.items()},
        "read_lines": [[line.place, dict(line.typed)] for line in as_typed(extraction.lines)],
    }


def to_draft(submission: Submission, version: str) -> dict[str, Any]:
    """Return a draft of the entries; ``version`` is the time of the case's last change that the person saw."""
    lines = None if submission.lines is None else [[line.place, dict(line.typed)] for line in submission.lines]
    return {
        "seen": version,
        "typed": dict(submission.texts),
        "accepted": sorted(submission.accepted),
        "confirmed": sorted(submission.confirmed),
        "boxes": {name: written_box(box) for name, box in submission.boxes.items()},
        "lines": lines,
        "number": submission.number,
    }


def from_draft(draft: Mapping[str, Any] | None, version: str) -> Submission:
    """Return the entries of a draft, or none if the case has changed since."""
    if not draft or draft.get("seen") != version or draft.get("decided"):
        return Submission()
    lines = draft.get("lines")
    boxes = {name: box_of(written) for name, written in draft.get("boxes", {}).items()}
    return Submission(
        texts=draft.get("typed", {}),
        accepted=frozenset(draft.get("accepted", ())),
        confirmed=frozenset(draft.get("confirmed", ())),
        boxes={name: box for name, box in boxes.items() if box},
        lines=None if lines is None else tuple(TypedLine(place, texts) for place, texts in lines),
        number=draft.get("number", ""),
        restored=True,
    )
