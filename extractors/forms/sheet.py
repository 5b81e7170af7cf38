"""One page of a printed form, levelled: its words as spots among which labels are found."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from rapidfuzz import fuzz

from keywright.model.reading import Box, Page, Word

ALIKE = 84.0  # of 100; words of a scan that are less similar are not the label


@dataclass(frozen=True, slots=True)
class Spot:
    """Words, and the rectangle that they fill on the levelled page (points)."""

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
class Label:
    """Printed words of the form itself, and how well they match (0-1)."""

    text: str
    page: int
    spot: Spot
    likeness: float
    heading: bool = False


@dataclass(frozen=True, slots=True)
class FormPage:
    """One levelled page: a slanted scan is straightened before anything is measured.

    ``spellings`` are the letters of each spot; ``following`` maps a spot to the next one on its line, close to the
    right.
    """

    page: Page
    slope: float
    spots: tuple[Spot, ...]
    spellings: tuple[str, ...]
    following: dict[int, int]

    @property
    def is_picture(self) -> bool:
        """Return True if the words come from a scan, so that a letter can be wrong."""
        return self.page.engine != "text-layer"

    def levelled(self, box: Box) -> Spot:
        """Return a box of the page in its place on the levelled page, without words."""
        return _spot((), box, self.slope)


def letters(text: str) -> str:
    """Return the letters and digits of a text in one spelling, for comparing print with print."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in plain if c.isalnum())


def level_page(page: Page) -> FormPage:
    """Level a page by the slope of its own lines."""
    slope = _slope(page)
    levelled = (_spot((word,), word.box, slope) for word in page.words())
    spots = tuple(sorted(levelled, key=lambda s: (s.middle, s.left)))
    spellings = tuple(letters(spot.words[0].text) for spot in spots)
    return FormPage(page, slope, spots, spellings, _following(spots))


def _slope(page: Page) -> float:
    """Return how far lines fall for each point to the right; it is the median of the long lines."""
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
    """Return several spots as one; at least one is needed."""
    return Spot(
        tuple(word for spot in spots for word in spot.words),
        min(s.left for s in spots),
        min(s.top for s in spots),
        max(s.right for s in spots),
        max(s.bottom for s in spots),
    )


def find(sheet: FormPage, label: str) -> Iterator[Label]:
    """Yield each place where a label is printed, in reading order; a label without letters must match exactly."""
    wanted = letters(label)
    if not wanted:
        yield from (Label(label, sheet.page.number, s, 1.0) for s in sheet.spots if s.words[0].text == label.strip())
        return
    for at, spelling in enumerate(sheet.spellings):
        # "B. Individual who…" is a heading, "individual who…" in a sentence is not.
        if spelling and spelling[0] == wanted[0] and (match := _match(sheet, at, wanted)):
            spots, likeness = match
            yield Label(label, sheet.page.number, joined(spots), likeness)


def _following(spots: Sequence[Spot]) -> dict[int, int]:
    """Return for each word the next one to the right on its line, if it is close."""
    following: dict[int, int] = {}
    for at, spot in enumerate(spots):
        near = [
            (neighbour.left, n)
            for n, neighbour in _around(spots, at)
            if abs(neighbour.middle - spot.middle) < 0.6 * max(min(neighbour.height, spot.height), 5)
            and -2 < neighbour.left - spot.right < 2.2 * max(spot.height, 5)
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


def _match(sheet: FormPage, at: int, wanted: str) -> tuple[list[Spot], float] | None:
    """Walk to the right from one word while the letters can still be the label's."""
    run: list[Spot] = []
    spelled, best = "", (0.0, 0)
    here: int | None = at
    while here is not None and len(spelled) < len(wanted) + 3:
        spot = sheet.spots[here]
        glued = _label_part(spot, wanted, spelled)
        if glued:
            return [*run, glued], 0.95
        run.append(spot)
        spelled += sheet.spellings[here]
        best = max(best, (_alike(spelled, wanted, sheet.is_picture), -len(run)))
        if not sheet.is_picture and not wanted.startswith(spelled):
            break
        here = sheet.following.get(here)
    ratio, fewest = best
    return (run[:-fewest], ratio) if ratio else None


def _alike(spelled: str, wanted: str, may_err: bool) -> float:
    if spelled == wanted:
        return 1.0
    if not may_err or not spelled or len(wanted) < 6 or abs(len(spelled) - len(wanted)) > 0.2 * len(wanted):
        return 0.0
    ratio = fuzz.ratio(spelled, wanted)
    return ratio / 100 if ratio >= ALIKE else 0.0


def _label_part(spot: Spot, wanted: str, spelled: str) -> Spot | None:
    """Return the label's part of a word that was printed against its value without a space."""
    text, rest = spot.words[0].text, wanted[len(spelled) :]
    if not rest or not wanted.startswith(spelled) or len(wanted) < 4:
        return None
    if not letters(text).startswith(rest) or letters(text) == rest:
        return None
    cut = next(n for n in range(1, len(text) + 1) if letters(text[:n]) == rest)
    value = text[cut:].lstrip(" :.")
    if not value or not (value[0].isupper() or "@" in value or value[0].isdigit()):
        return None
    edge = spot.left + (spot.right - spot.left) * cut / len(text)
    return replace(spot, right=edge)
