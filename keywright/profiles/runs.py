"""ValueRuns of words that may be a value - an amount, a date, a code - and where each stands on the page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from keywright.model.reading import Box
from keywright.model.values.printed_amounts import printed_number
from keywright.model.values.written_dates import dates_of, day_stands_first
from keywright.profiles.prints import PagePrint, PrintToken, Row, plain

Place = tuple[Any, ...]
"""Where a value stands, as a rule that finds the value again:

("right-of", label) · ("under", label) · ("from-left" or "from-right", word, points across, points down) ·
("left-at" or "right-at", page, points across, points down), each measured to that edge of the value.
"""

CENT = Decimal("0.01")
LONGEST_AMOUNT, LONGEST_DATE, LONGEST_CODE = 5, 6, 3
WIDEST_BLANK = 1.3  # between the words of one value, in heights
LABEL_WORDS = 3
ABOVE = 45.0  # points up to which a heading belongs to the value under it
REACH = 160.0  # points up to which words are near a value
NEAR_WORDS = 14
SAME_LINE = 4.0


@dataclass(frozen=True)
class ValueRun:
    """Words side by side that may be a value; a date has each meaning by its order ("mdy", "dmy", "ymd")."""

    paper: PagePrint
    row: Row
    start: int
    end: int
    value: str
    meanings: Mapping[str, str]

    @property
    def words(self) -> Row:
        return self.row[self.start : self.end]

    @cached_property
    def box(self) -> Box:
        box = self.words[0].box
        for token in self.words[1:]:
            box = box.around(token.box)
        return box

    @property
    def confidence(self) -> float:
        return min(token.confidence for token in self.words)

    @property
    def text(self) -> str:
        return " ".join(token.text for token in self.words)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Return every rule that describes where these words stand."""
        return (*self.labels, *self._from_words(), *self._on_the_page())

    @cached_property
    def labels(self) -> tuple[Place, ...]:
        """Return the rules by the words before and above."""
        found: list[Place] = []
        before: list[str] = []
        for token in reversed(self.row[: self.start]):
            if "%" in token.text:  # a rate may stand within a label
                continue
            if (not token.label and token.plain) or len(before) == LABEL_WORDS:
                break
            if token.label:
                before.insert(0, token.label)
                found.append(("right-of", " ".join(before)))
        over = [token for token in self._near if token.label and self._is_above(token)]
        if over:
            lowest = max(token.box.top for token in over)
            heading = [token.label for token in over if lowest - token.box.top < SAME_LINE]
            found.append(("under", " ".join(heading)))
        return tuple(found)

    def _is_above(self, token: PrintToken) -> bool:
        above = self.box.top - token.box.top
        return 3 < above < ABOVE and token.box.left < self.box.right and token.box.right > self.box.left

    @cached_property
    def _near(self) -> list[PrintToken]:
        page = self.paper.on_page[self.box.page]
        return [token for token in page if token.label and abs(token.box.top - self.box.top) < REACH]

    def _from_words(self) -> Iterator[Place]:
        box = self.box

        def distance(token: PrintToken) -> float:
            across = min(abs(token.box.left - box.left), abs(token.box.right - box.left))
            return abs(token.box.top - box.top) * 2 + across

        for token in sorted(self._near, key=distance)[:NEAR_WORDS]:
            down = round(box.top - token.box.top)
            yield ("from-left", token.label, round(box.left - token.box.left), down)
            yield ("from-right", token.label, round(box.right - token.box.left), down)

    def _on_the_page(self) -> Iterator[Place]:
        box = self.box
        yield ("left-at", box.page, round(box.left), round(box.top))
        yield ("right-at", box.page, round(box.right), round(box.top))


class ValueRuns:
    """The runs of one document, by the kind of value that they may be."""

    def __init__(self, paper: PagePrint) -> None:
        self.paper = paper
        self._codes: dict[str, tuple[ValueRun, ...]] = {}

    @cached_property
    def amounts(self) -> tuple[ValueRun, ...]:
        return tuple(self._runs(LONGEST_AMOUNT, _amount))

    @cached_property
    def dates(self) -> tuple[ValueRun, ...]:
        return tuple(self._runs(LONGEST_DATE, _date))

    def codes(self, shape: str) -> tuple[ValueRun, ...]:
        """Return the runs whose letters and digits have a shape (a regular expression over their plain text)."""
        if shape not in self._codes:
            pattern = re.compile(shape)

            def code(text: str) -> Mapping[str, str] | None:
                return {"": text.strip(" .,;:#()")} if pattern.fullmatch(plain(text)) else None

            self._codes[shape] = tuple(self._runs(LONGEST_CODE, code))
        return self._codes[shape]

    def _runs(self, longest: int, parse: Callable[[str], Mapping[str, str] | None]) -> Iterator[ValueRun]:
        """Yield the shortest runs that can be parsed, widened to the left as far as they still can ("1 234,56")."""
        for row in self.paper.rows:
            for end in range(1, len(row) + 1):
                run = None
                for start in range(end - 1, max(-1, end - 1 - longest), -1):
                    if start < end - 1 and _apart(row[start], row[start + 1]):
                        break
                    text = " ".join(token.text for token in row[start:end])
                    meanings = parse(text) if any(c.isdigit() for c in text) else None
                    if meanings and (run is None or meanings != run.meanings):
                        run = ValueRun(self.paper, row, start, end, next(iter(meanings.values())), meanings)
                if run:
                    yield run


def _apart(left: PrintToken, right: PrintToken) -> bool:
    return right.box.left - left.box.right > WIDEST_BLANK * max(left.box.height, 4.0)


def _amount(text: str) -> Mapping[str, str] | None:
    """Return an amount without its sign, in cents; a number without cents is none."""
    number = printed_number(text.strip()) if len(text) < 40 else None
    if number is None or number.percent or number.decimals != 2:
        return None
    return {"": str(abs(number.value).quantize(CENT))}


def _date(text: str) -> Mapping[str, str] | None:
    dates = dates_of(text.strip(" .,;:")) if len(text) < 40 else ()
    if len(dates) == 2:
        return {"mdy": dates[0].isoformat(), "dmy": dates[1].isoformat()}
    if not dates or not dt.date(1990, 1, 1) <= dates[0] <= dt.date(2099, 12, 31):
        return None
    first = day_stands_first(text.strip(" .,;:"))
    return {{True: "dmy", False: "mdy", None: "ymd"}[first]: dates[0].isoformat()}
