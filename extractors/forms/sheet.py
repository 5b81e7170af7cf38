"""One page of a printed form: levelled, with its words as spots among which labels are found."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from rapidfuzz import fuzz

from keywright.model.reading import Box, Page, Word

ALIKE = 84.0  # of 100; below that, words read from a picture are not the label


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
    """Yield each place of a sheet where a label is printed, in reading order; a label without letters as it stands."""
    want = letters(label)
    if not want:
        yield from (Label(label, sheet.page.number, s, 1.0) for s in sheet.spots if s.words[0].text == label.strip())
        return
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
