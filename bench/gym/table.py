"""The gym's table: what became of the keyings of each fault class, for the screen and for the docs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.table import Table

from bench.gym.judge import Outcome, Result, wilson
from bench.gym.plan import CLASSES

NEVER = (Outcome.WRONG, Outcome.MISSING, Outcome.DOUBLE)


@dataclass(frozen=True, slots=True)
class Row:
    """The keyings of one fault class: how many of each outcome, met their fault, were settled by a second look."""

    name: str
    keyed: int
    outcomes: Counter[Outcome]
    met: int
    settled: int

    @property
    def bad(self) -> int:
        """Return how many are wrong, missing or double."""
        return sum(self.outcomes[outcome] for outcome in NEVER)

    def cells(self) -> list[str]:
        """Return what is printed: the counts, and the shares with their 95 % intervals."""
        referred = self.outcomes[Outcome.REFERRED]
        return [
            *(self.name, str(self.keyed), str(self.met)),
            *(str(self.outcomes[outcome]) for outcome in Outcome),
            _share(self.outcomes[Outcome.RIGHT], self.keyed),
            f"≤ {100 * wilson(self.bad, self.keyed)[1]:.2f} %" if not self.bad else _share(self.bad, self.keyed),
            f"{self.settled} of {referred}" if referred else "",
        ]


HEADINGS = (
    *("fault", "keyings", "met it", *(outcome.value for outcome in Outcome)),
    *("right once, 95 % interval", "wrong, missing or double", "settled by a second look"),
)


def rows(results: Sequence[Result]) -> list[Row]:
    """Return a row for each fault class that was met, and one for all."""
    classes = [(name, _of(name)) for name in CLASSES]
    classes += [("of all: with a second fault", lambda one: bool(one.also)), ("all", lambda _: True)]
    made = [_row(name, [one for one in results if wanted(one)]) for name, wanted in classes]
    return [row for row in made if row.keyed]


def on_screen(results: Sequence[Result], title: str) -> Table:
    """Return the table for the screen."""
    table = Table(*HEADINGS, title=title)
    for row in rows(results):
        table.add_row(*row.cells(), style="red" if row.bad else None, end_section=row.name == CLASSES[-1])
    return table


def in_markdown(results: Sequence[Result]) -> str:
    """Return the table as it stands in the docs."""
    lines = [HEADINGS, ["---"] * len(HEADINGS), *(row.cells() for row in rows(results))]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def about_referred(results: Sequence[Result]) -> str:
    """Return in words what the referred keyings were referred for, and how many a look, or a word, brings to an end."""
    referred = [one for one in results if one.outcome == Outcome.REFERRED]
    settled, nothing = sum(one.settled for one in referred), sum(not one.records for one in referred)
    counted = Counter(rule for one in referred for rule in one.rules)
    told = ", ".join(f"{rule} {count}" for rule, count in counted.most_common())
    return (
        f"Of {len(referred)} safely referred, a second look settled {settled} by itself. Of {nothing} nothing is in "
        f"the town hall: a person's word has them entered again. Referred by: {told or 'nothing'}."
    )


def _of(name: str) -> Callable[[Result], bool]:
    return lambda one: one.fault == name


def _row(name: str, results: Sequence[Result]) -> Row:
    outcomes = Counter(Outcome(one.outcome) for one in results)
    met, settled = sum(one.fired > 0 for one in results), sum(one.settled for one in results)
    return Row(name, len(results), outcomes, met, settled)


def _share(hits: int, of: int) -> str:
    low, high = wilson(hits, of)
    return f"{100 * hits / of:.1f} % ({100 * low:.1f}–{100 * high:.1f})"
