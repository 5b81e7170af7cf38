"""Finds the labels of a printed form and the cells next to them, section by section."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from extractors.forms.sheet import Label, Spot, find, letters, level_page
from keywright.model.reading import Reading, TickBox, Word

Side = Literal["below", "right_of", "above"]
TICK_REACH = 40.0  # points from a tick box to its label
SLACK = 6.0  # points by which a value can begin left of its label
REACH = 26.0  # points between a label and the first line of its value
NOWHERE = 10_000.0  # points; farther than any page reaches
WIDE = 3.0  # heights of its print; a wider gap on a line is the end of a cell
CAPTION = 16.0  # points between a line that is written on and the caption below it
TICKS = {"✓", "✔", "✗", "✘", "☑", "☒", "⊠", "x", "X", "[x]", "[X]", "(x)", "(X)", "■"}
NO_TICKS = {"☐", "□", "[]", "()"}


@dataclass(frozen=True, slots=True)
class LabelSpec:
    """A label to find: in which section ("" is the whole form), and whether it is printed there several times.

    Only the first print of a label counts: "Demolition" among the words written below it does not. ``at_box``: the
    label belongs to a tick box, so that only print right of a box counts.
    """

    section: str
    text: str
    often: bool = False
    at_box: bool = False


@dataclass(frozen=True, slots=True)
class FormCell:
    """The words written in the cell of a label, line by line; ``more``: there is other print right of it."""

    words: tuple[Word, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """The part of a form between one heading and the next; ``certain`` is False if a scan may have lost the next
    heading.
    """

    begins: tuple[int, float]
    ends: tuple[int, float]
    certain: bool = True

    def __contains__(self, place: tuple[int, float]) -> bool:
        return self.begins <= place < self.ends


WHOLE = Section((0, 0.0), (10**6, 0.0))


class PrintedForm:
    """The print of one document: finds its labels once, and returns the values next to them."""

    def __init__(self, reading: Reading, sections: Sequence[str], labels: Iterable[LabelSpec]) -> None:
        """Find the headings, in the order in which they are printed, then each label in its section."""
        self.sheets = {page.number: level_page(page) for page in reading.pages}
        self._boxes: dict[int, list[tuple[Spot, TickBox]]] = {}
        self.headings = self._find_headings(sections)
        self.sections = self._cut(sections)
        self.labels = self._claim(set(labels))
        self._label_words = {id(word) for label in self.labels for word in label.spot.words}

    def _find_headings(self, sections: Sequence[str]) -> list[Label]:
        headings = [
            replace(label, heading=True)
            for sheet in self.sheets.values()
            for heading in sections
            for label in find(sheet, heading)
        ]
        return sorted(headings, key=_place)

    def _cut(self, sections: Sequence[str]) -> dict[str, Section]:
        cut: dict[str, Section] = {}
        for at, heading in enumerate(self.headings):
            if heading.text in cut:
                continue
            after = self.headings[at + 1] if at + 1 < len(self.headings) else None
            expected = sections.index(heading.text) + 1
            certain = self._is_next(after, sections[expected]) if expected < len(sections) else True
            ends = _upper_edge(after) if after else WHOLE.ends
            cut[heading.text] = Section(_upper_edge(heading), ends, certain)
        return cut

    def _is_next(self, after: Label | None, expected: str) -> bool:
        """Return whether a section certainly ends at the next heading; only a scan can lose a heading."""
        return after.text == expected if after else not any(sheet.is_picture for sheet in self.sheets.values())

    def _claim(self, labels: set[LabelSpec]) -> list[Label]:
        """Assign each word of print to the longest label that contains it."""
        candidates = [(w, label) for w in labels for label in self._matches_of(w)]
        candidates.sort(key=lambda c: (-len(letters(c[1].text)), _place(c[1])))
        taken: set[int] = {id(w) for heading in self.headings for w in heading.spot.words}
        claimed = list(self.headings)
        done: set[LabelSpec] = set()
        for spec, label in candidates:
            if spec in done or any(id(word) in taken for word in label.spot.words):
                continue
            taken.update(id(word) for word in label.spot.words)
            claimed.append(label)
            if not spec.often:
                done.add(spec)
        return sorted(claimed, key=_place)

    def _matches_of(self, spec: LabelSpec) -> list[Label]:
        within = self.section(spec.section)
        matches = [
            label
            for sheet in self.sheets.values()
            for label in find(sheet, spec.text)
            if within and _place(label) in within
        ]
        at_box = [label for label in matches if self.box_left_of(label)] if spec.at_box else []
        return at_box or matches

    def section(self, heading: str) -> Section | None:
        """Return the section under a heading ("" is the whole form); None if it is not printed."""
        return self.sections.get(heading) if heading else WHOLE

    def places(self, text: str, section: Section) -> list[Label]:
        """Return where in a section a label is printed, in reading order."""
        return [label for label in self.labels if label.text == text and _place(label) in section]

    def label(self, text: str, section: Section) -> Label | None:
        """Return the first place in a section where a label is printed."""
        return next(iter(self.places(text, section)), None)

    def value(self, label: Label, side: Side) -> FormCell:
        """Return the words written in the cell of a label; none if it is empty."""
        sheet = self.sheets[label.page]
        free = [s for s in sheet.spots if id(s.words[0]) not in self._label_words]
        neighbours = [
            label_near for label_near in self.labels if label_near.page == label.page and letters(label_near.text)
        ]
        cells = {"below": _below, "right_of": _right_of, "above": _above}
        lines = _in_lines(cells[side](label.spot, free, neighbours))
        if side == "above":  # a line to write on, as wide as the captions below it leave room
            return FormCell(tuple(_tidy(_words(lines))))
        near = [run for line in lines if (run := _first_run(line, _value_start(label.spot, side, neighbours)))]
        runs = near or [_first_run(line, NOWHERE) for line in lines]
        more = not near or sum(map(len, runs)) < sum(map(len, lines))
        return FormCell(tuple(_tidy(_words(runs))), more)

    def box_left_of(self, label: Label) -> TickBox | None:
        """Return the tick box printed just left of a label; the label may have two lines."""
        near = [
            (label.spot.left - spot.right, n, box)
            for n, (spot, box) in enumerate(self.boxes(label.page))
            if -4 <= label.spot.left - spot.right <= TICK_REACH
            and abs(spot.middle - label.spot.middle) <= max(spot.height, 1.5 * label.spot.height) * 0.75
        ]
        return min(near)[2] if near else None

    def boxes(self, page: int) -> list[tuple[Spot, TickBox]]:
        """Return the tick boxes of a page, drawn or typed, with their places on the levelled page."""
        if page in self._boxes:
            return self._boxes[page]
        sheet = self.sheets[page]
        typed_boxes = [
            TickBox(word.box, word.text in TICKS, min(word.confidence, 0.95))
            for word in sheet.page.words()
            if word.text in TICKS | NO_TICKS
        ]
        self._boxes[page] = [(sheet.levelled(b.box), b) for b in (*sheet.page.tick_boxes, *typed_boxes)]
        return self._boxes[page]


def _place(label: Label) -> tuple[int, float]:
    return label.page, label.spot.top


def _upper_edge(heading: Label) -> tuple[int, float]:
    """Return where a section begins; everything on the heading's own line belongs to it."""
    return heading.page, heading.spot.top - heading.spot.height / 2


def _on_row(first: Spot, second: Spot) -> bool:
    return abs(first.middle - second.middle) < 0.75 * max(first.height, second.height)


def _value_start(label: Spot, side: Side, neighbours: list[Label]) -> float:
    """Return the last position at which the value of a label begins: the middle of its cell, if the cell has a right
    edge.
    """
    if side == "right_of":
        return NOWHERE
    edge = _right_edge(label, neighbours)
    return max(label.right, (label.left + edge) / 2 if edge < NOWHERE else label.right)


def _right_edge(spot: Spot, neighbours: list[Label]) -> float:
    edges = [n.spot.left for n in neighbours if _on_row(n.spot, spot) and n.spot.left > spot.right]
    return min(edges, default=NOWHERE)


def _below(label: Spot, free: list[Spot], neighbours: list[Label]) -> Iterator[Spot]:
    """Yield the spots in the cell, which reaches to the next label of the row and down to the next row of labels."""
    right = _right_edge(label, neighbours) - SLACK
    lower = [
        n.spot.top
        for n in neighbours
        if n.spot.top > label.bottom - 1
        and (
            n.heading
            or n.spot.top > label.bottom + 1.2 * label.height
            or (n.spot.right > label.left and n.spot.left < right)
        )
    ]
    bottom = min(lower, default=NOWHERE)
    floor = label.bottom + REACH
    for spot in sorted(free, key=lambda s: s.middle):
        inside = label.left - SLACK <= spot.left < right
        if inside and label.middle - 2 < spot.middle < bottom and spot.top < floor:
            floor = max(floor, spot.bottom + 1.2 * spot.height)
            yield spot


def _right_of(label: Spot, free: list[Spot], neighbours: list[Label]) -> Iterator[Spot]:
    right = _right_edge(label, neighbours)
    for spot in free:
        near = abs(spot.middle - label.middle) <= 1.1 * max(spot.height, label.height)
        if near and label.right - 1 <= spot.left < right:
            yield spot


def _above(caption: Spot, free: list[Spot], neighbours: list[Label]) -> Iterator[Spot]:
    """Yield the spots on the line above a caption, up to the middle between it and the captions next to it."""
    row = [n.spot for n in neighbours if _on_row(n.spot, caption) and n.spot is not caption]
    start = max(((s.right + caption.left) / 2 for s in row if s.right < caption.left), default=0.0)
    end = min(((caption.right + s.left) / 2 for s in row if s.left > caption.right), default=1e4)
    near = [s for s in free if start <= s.left < end and s.middle < caption.top and caption.top - s.bottom <= CAPTION]
    lowest = max((s.middle for s in near), default=0.0)
    yield from (s for s in near if lowest - s.middle < 0.8 * s.height)


def _in_lines(spots: Iterable[Spot]) -> list[list[Spot]]:
    """Return the spots line by line, each line from the left."""
    lines: list[list[Spot]] = []
    for spot in sorted(spots, key=lambda s: s.middle):
        if lines and abs(spot.middle - lines[-1][0].middle) < 0.6 * max(spot.height, 5):
            lines[-1].append(spot)
        else:
            lines.append([spot])
    return [sorted(line, key=lambda s: s.left) for line in lines]


def _first_run(line: Sequence[Spot], starts: float) -> Sequence[Spot]:
    """Return the spots of a line up to the first wide gap, beyond which another cell begins.

    The first spot begins at most a wide gap right of ``starts``.
    """
    edge = starts
    for at, spot in enumerate(line):
        if spot.left - edge > WIDE * max(spot.height, 5):
            return line[:at]
        edge = spot.right
    return line


def _words(lines: Iterable[Sequence[Spot]]) -> list[Word]:
    return [spot.words[0] for line in lines for spot in line]


def _tidy(words: list[Word]) -> list[Word]:
    """Remove rules and specks that were read as characters at either end."""
    bare = [replace(w, text=re.sub(r"_{2,}|^[_|]+|[_|]+$", "", w.text)) for w in words]
    tidied = [w for w in bare if w.text]
    while tidied and not letters(tidied[0].text):
        tidied.pop(0)
    while tidied and not letters(tidied[-1].text) and tidied[-1].text not in {")", "."}:
        tidied.pop()
    return tidied
