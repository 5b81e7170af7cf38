"""A printed form seen as labels and the cells beside them: levelled, section by section."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Literal

from rapidfuzz import fuzz

from keywright.readings import Box, Page, Reading, TickBox, Word

Side = Literal["below", "right_of", "above"]

SLACK = 6.0  # points by which a value may begin left of its label
REACH = 26.0  # points between a label and the first line of its value
CAPTION = 16.0  # points between a line that is written on and the caption below it
ALIKE = 84.0  # of 100; below that, words read from a picture are not the label
TICKS = {"✓", "✔", "✗", "✘", "☑", "☒", "⊠", "x", "X", "[x]", "[X]", "(x)", "(X)", "■"}
NO_TICKS = {"☐", "□", "[]", "()"}


@dataclass(frozen=True, slots=True)
class Spot:
    """Words, and the rectangle they fill on the levelled page (points)."""

    words: tuple[Word, ...]
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """A label to look for: in which section ("" is the whole form), and whether it stands there often.

    Only the first print of a label is the label: "Demolition" among the words written below it is not.
    """

    section: str
    text: str
    often: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """Printed words of the form itself, and how well they match (0-1)."""

    text: str
    page: int
    spot: Spot
    alike: float
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page, levelled: a scan that lies askew is turned back before anything is measured.

    ``said`` are the letters of each spot; ``following`` is the next spot on its line, close to the right.
    """

    page: Page
    slope: float
    spots: tuple[Spot, ...]
    said: tuple[str, ...]
    following: dict[int, int]

    @property
    def is_picture(self) -> bool:
        """Return True if the words were read from a picture, so that a letter may be wrong."""
        return self.page.engine != "text-layer"

    def levelled(self, box: Box) -> Spot:
        """Return a box of the page as it lies on the levelled page, without words."""
        return _spot((), box, self.slope)


def letters(text: str) -> str:
    """Return the letters and digits of a text in one spelling, for comparing print with print."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in plain if c.isalnum())


def sheet_of(page: Page) -> Sheet:
    """Level a page by the slope of its own lines."""
    slope = _slope(page)
    levelled = (_spot((word,), word.box, slope) for word in page.words())
    spots = tuple(sorted(levelled, key=lambda s: (s.middle, s.left)))
    said = tuple(letters(spot.words[0].text) for spot in spots)
    return Sheet(page, slope, spots, said, _following(spots))


def _slope(page: Page) -> float:
    """Return how far lines fall for each point to the right; long lines vote."""
    falls = [
        (line[-1].box.bottom - line[0].box.bottom) / (line[-1].box.left - line[0].box.left)
        for line in page.lines
        if len(line) >= 3 and line[-1].box.left - line[0].box.left > page.width / 5
    ]
    slope = median(falls) if len(falls) >= 3 else 0.0
    return slope if 0.001 < abs(slope) < 0.15 else 0.0


def _spot(words: tuple[Word, ...], box: Box, slope: float) -> Spot:
    middle, centre = box.middle, (box.left + box.right) / 2
    right, down = slope * middle, -slope * centre
    # A tilted box is taller than its words by its width times the slope.
    extra = min(abs(slope) * box.width, box.height * 0.6) / 2
    return Spot(words, box.left + right, box.top + down + extra, box.right + right, box.bottom + down - extra)


def joined(spots: Sequence[Spot]) -> Spot:
    """Return several spots as one; there is at least one."""
    return Spot(
        tuple(word for spot in spots for word in spot.words),
        min(s.left for s in spots),
        min(s.top for s in spots),
        max(s.right for s in spots),
        max(s.bottom for s in spots),
    )


def find(sheet: Sheet, label: str) -> Iterator[Label]:
    """Yield each place of a sheet where a label is printed, in reading order."""
    want = letters(label)
    for at, said in enumerate(sheet.said):
        # "B. Individual who…" is a heading, "individual who…" in a sentence is not.
        if said and said[0] == want[0] and (found := _match(sheet, at, want)):
            spots, alike = found
            yield Label(label, sheet.page.number, joined(spots), alike)


def _following(spots: Sequence[Spot]) -> dict[int, int]:
    """For each word, the next one to the right on its line, if it stands close."""
    following: dict[int, int] = {}
    for at, spot in enumerate(spots):
        near = [
            (other.left, n)
            for n, other in _around(spots, at)
            if abs(other.middle - spot.middle) < 0.6 * max(min(other.height, spot.height), 5)
            and -2 < other.left - spot.right < 2.2 * max(spot.height, 5)
        ]
        if near:
            following[at] = min(near)[1]
    return following


def _around(spots: Sequence[Spot], at: int) -> Iterator[tuple[int, Spot]]:
    """Yield the spots at about the same height; they are sorted from the top."""
    reach = 0.6 * max(spots[at].height, 5)
    for step in (-1, 1):
        n = at + step
        while 0 <= n < len(spots) and abs(spots[n].middle - spots[at].middle) < reach:
            yield n, spots[n]
            n += step


def _match(sheet: Sheet, at: int, want: str) -> tuple[list[Spot], float] | None:
    """Walk to the right from one word while the letters may still be the label's."""
    run: list[Spot] = []
    seen, best = "", (0.0, 0)
    here: int | None = at
    while here is not None and len(seen) < len(want) + 3:
        spot = sheet.spots[here]
        glued = _glued(spot, want, seen)
        if glued:
            return [*run, glued], 0.95
        run.append(spot)
        seen += sheet.said[here]
        best = max(best, (_alike(seen, want, sheet.is_picture), -len(run)))
        if not sheet.is_picture and not want.startswith(seen):
            break
        here = sheet.following.get(here)
    ratio, fewest = best
    return (run[:-fewest], ratio) if ratio else None


def _alike(seen: str, want: str, may_err: bool) -> float:
    if seen == want:
        return 1.0
    if not may_err or not seen or len(want) < 6 or abs(len(seen) - len(want)) > 0.2 * len(want):
        return 0.0
    ratio = fuzz.ratio(seen, want)
    return ratio / 100 if ratio >= ALIKE else 0.0


def _glued(spot: Spot, want: str, seen: str) -> Spot | None:
    """A value set right against its label is read as one word: return the label's part of it."""
    text, rest = spot.words[0].text, want[len(seen) :]
    if not rest or not want.startswith(seen) or len(want) < 4:
        return None
    if not letters(text).startswith(rest) or letters(text) == rest:
        return None
    cut = next(n for n in range(1, len(text) + 1) if letters(text[:n]) == rest)
    value = text[cut:].lstrip(" :.")
    if not value or not (value[0].isupper() or "@" in value or value[0].isdigit()):
        return None
    edge = spot.left + (spot.right - spot.left) * cut / len(text)
    return replace(spot, right=edge)


@dataclass(frozen=True, slots=True)
class Section:
    """The part of a form between one heading and the next; a picture may hide where it ends."""

    begins: tuple[int, float]
    ends: tuple[int, float]
    certain: bool = True

    def __contains__(self, place: tuple[int, float]) -> bool:
        return self.begins <= place < self.ends


WHOLE = Section((0, 0.0), (10**6, 0.0))


class PrintedForm:
    """The print of one document: its labels found once, then asked for the values beside them."""

    def __init__(self, reading: Reading, sections: Sequence[str], labels: Iterable[Wanted]) -> None:
        """Find the headings, in the order in which they are printed, then each label in its section."""
        self.sheets = {page.number: sheet_of(page) for page in reading.pages}
        self.headings = self._find_headings(sections)
        self.sections = self._cut(sections)
        self.labels = self._claim(set(labels))
        self._print = {id(word) for found in self.labels for word in found.spot.words}

    def _find_headings(self, sections: Sequence[str]) -> list[Label]:
        found = [
            replace(label, heading=True)
            for sheet in self.sheets.values()
            for heading in sections
            for label in find(sheet, heading)
        ]
        return sorted(found, key=_place)

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
        """Tell if a section surely ends where it seems to; a scan may hide a heading, a text layer does not."""
        return after.text == expected if after else not any(sheet.is_picture for sheet in self.sheets.values())

    def _claim(self, labels: set[Wanted]) -> list[Label]:
        """Give each word of print to the longest label that it is part of."""
        candidates = [(w, found) for w in labels for found in self._seen(w)]
        candidates.sort(key=lambda c: (-len(letters(c[1].text)), _place(c[1])))
        taken: set[int] = {id(w) for heading in self.headings for w in heading.spot.words}
        claimed = list(self.headings)
        done: set[Wanted] = set()
        for wanted, label in candidates:
            if wanted in done or any(id(word) in taken for word in label.spot.words):
                continue
            taken.update(id(word) for word in label.spot.words)
            claimed.append(label)
            if not wanted.often:
                done.add(wanted)
        return sorted(claimed, key=_place)

    def _seen(self, wanted: Wanted) -> list[Label]:
        within = self.section(wanted.section)
        return [
            label
            for sheet in self.sheets.values()
            for label in find(sheet, wanted.text)
            if within and _place(label) in within
        ]

    def section(self, heading: str) -> Section | None:
        """Return the section under a heading ("" is the whole form); None if it is not there."""
        return self.sections.get(heading) if heading else WHOLE

    def places(self, text: str, section: Section) -> list[Label]:
        """Return where in a section a label is printed, in reading order."""
        return [found for found in self.labels if found.text == text and _place(found) in section]

    def label(self, text: str, section: Section) -> Label | None:
        """Return the first place in a section where a label is printed."""
        return next(iter(self.places(text, section)), None)

    def value(self, label: Label, side: Side) -> tuple[Word, ...]:
        """Return the words written in the cell of a label, line by line; none if it is empty."""
        sheet = self.sheets[label.page]
        free = [s for s in sheet.spots if id(s.words[0]) not in self._print]
        neighbours = [other for other in self.labels if other.page == label.page]
        cells = {"below": _below, "right_of": _right_of, "above": _above}
        return tuple(_tidy(_in_order(cells[side](label.spot, free, neighbours))))

    def boxes(self, page: int) -> list[tuple[Spot, TickBox]]:
        """Return the tick boxes of a page, drawn or typed, as they lie on the levelled page."""
        sheet = self.sheets[page]
        typed = [
            TickBox(word.box, word.text in TICKS, min(word.confidence, 0.95))
            for word in sheet.page.words()
            if word.text in TICKS | NO_TICKS
        ]
        return [(sheet.levelled(b.box), b) for b in (*sheet.page.tick_boxes, *typed)]


def _place(label: Label) -> tuple[int, float]:
    return label.page, label.spot.top


def _upper_edge(heading: Label) -> tuple[int, float]:
    """Return where a section begins: what stands on the heading's own line belongs to it."""
    return heading.page, heading.spot.top - heading.spot.height / 2


def _on_row(spot: Spot, other: Spot) -> bool:
    return abs(spot.middle - other.middle) < 0.75 * max(spot.height, other.height)


def _right_edge(spot: Spot, neighbours: list[Label]) -> float:
    edges = [n.spot.left for n in neighbours if _on_row(n.spot, spot) and n.spot.left > spot.right]
    return min(edges, default=10_000.0)


def _below(label: Spot, free: list[Spot], neighbours: list[Label]) -> Iterator[Spot]:
    """The cell reaches to the next label of the row, and down to the next row of labels."""
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
    bottom = min(lower, default=10_000.0)
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
    """The line above a caption, as far as half the way to the captions beside it."""
    row = [n.spot for n in neighbours if _on_row(n.spot, caption) and n.spot is not caption]
    left = max(((s.right + caption.left) / 2 for s in row if s.right < caption.left), default=0.0)
    right = min(((caption.right + s.left) / 2 for s in row if s.left > caption.right), default=1e4)
    near = [s for s in free if left <= s.left < right and s.middle < caption.top and caption.top - s.bottom <= CAPTION]
    lowest = max((s.middle for s in near), default=0.0)
    yield from (s for s in near if lowest - s.middle < 0.8 * s.height)


def _in_order(spots: Iterable[Spot]) -> list[Word]:
    """Return the words line by line, each line from the left."""
    lines: list[list[Spot]] = []
    for spot in sorted(spots, key=lambda s: s.middle):
        if lines and abs(spot.middle - lines[-1][0].middle) < 0.6 * max(spot.height, 5):
            lines[-1].append(spot)
        else:
            lines.append([spot])
    return [s.words[0] for line in lines for s in sorted(line, key=lambda s: s.left)]


def _tidy(words: list[Word]) -> list[Word]:
    """Take off rules and specks that were read as characters at either end."""
    bare = [replace(w, text=re.sub(r"_{2,}|^[_|]+|[_|]+$", "", w.text)) for w in words]
    kept = [w for w in bare if w.text]
    while kept and not letters(kept[0].text):
        kept.pop(0)
    while kept and not letters(kept[-1].text) and kept[-1].text not in {")", "."}:
        kept.pop()
    return kept
