"""The gym's table: what became of the keyings of each fault class, for the screen and for the docs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.table import Table

from bench.gym.judge import KeyingOutcome, Result, wilson
from bench.gym.plan import CLASSES

NEVER = (KeyingOutcome.WRONG, KeyingOutcome.MISSING, KeyingOutcome.DOUBLE)


@dataclass(frozen=True, slots=True)
class TableRow:
    """The keyings of one fault class: how many of each outcome, met their fault, were settled by a second look."""

    name: str
    keyed: int
    outcomes: Counter[KeyingOutcome]
    met: int
    settled: int

    @property
    def bad(self) -> int:
        """Return how many are wrong, missing or double."""
        return sum(self.outcomes[outcome] for outcome in NEVER)

    def cells(self) -> list[str]:
        """Return what is printed: the counts, and the shares with their 95 % intervals."""
        referred = self.outcomes[KeyingOutcome.REFERRED]
        return [
            *(self.name, str(self.keyed), str(self.met)),
            *(str(self.outcomes[outcome]) for outcome in KeyingOutcome),
            _share(self.outcomes[KeyingOutcome.RIGHT], self.keyed),
            f"≤ {100 * wilson(self.bad, self.keyed)[1]:.2f} %" if not self.bad else _share(self.bad, self.keyed),
            f"{self.settled} of {referred}" if referred else "",
        ]


HEADINGS = (
    *("fault", "keyings", "met it", *(outcome.value for outcome in KeyingOutcome)),
    *("right once, 95 % interval", "wrong, missing or double", "settled by a second look"),
)


def rows(results: Sequence[Result]) -> list[TableRow]:
    """Return a row for each fault class that was met, and one for all."""
    classes = [(name, _of(name)) for name in CLASSES]
    classes += [("of all: with a second fault", lambda result: bool(result.also)), ("all", lambda _: True)]
    made = [_row(name, [result for result in results if wanted(result)]) for name, wanted in classes]
    return [row for row in made if row.keyed]


def on_screen(results: Sequence[Result], title: str) -> Table:
    """Return the table for the screen."""
    table = Table(*HEADINGS, title=title)
    for row in rows(results):
        table.add_row(*row.cells(), style="red" if row.bad else None, end_section=row.name == CLASSES[-1])
    return table


def in_markdown(results: Sequence[Result]) -> str:
    """Return the table in Markdown, for the docs."""
    lines = [HEADINGS, ["---"] * len(HEADINGS), *(row.cells() for row in rows(results))]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def about_referred(results: Sequence[Result]) -> str:
    """Return in words why keyings were referred, how many a later search settled, and how many left no record."""
    referred = [result for result in results if result.outcome == KeyingOutcome.REFERRED]
    settled, nothing = sum(result.settled for result in referred), sum(not result.records for result in referred)
    counted = Counter(rule for result in referred for rule in result.rules)
    rule_counts = ", ".join(f"{rule} {count}" for rule, count in counted.most_common())
    return (
        f"Of {len(referred)} safely referred, {settled} were settled by a later search without a person. For {nothing} "
        "nothing is in the town hall: they are posted again once a person says so. "
        f"Referred by: {rule_counts or 'nothing'}."
    )


def _of(name: str) -> Callable[[Result], bool]:
    return lambda result: result.fault == name


def _row(name: str, results: Sequence[Result]) -> TableRow:
    outcomes = Counter(KeyingOutcome(result.outcome) for result in results)
    met, settled = sum(result.fired > 0 for result in results), sum(result.settled for result in results)
    return TableRow(name, len(results), outcomes, met, settled)


def _share(hits: int, of: int) -> str:
    low, high = wilson(hits, of)
    return f"{100 * hits / of:.1f} % ({100 * low:.1f}–{100 * high:.1f})"
