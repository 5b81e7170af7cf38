"""Finds values on a document by the rules of a profile."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

from keywright.model.layout import LayoutFields
from keywright.profiles.prints import PagePrint
from keywright.profiles.profile import LABELLED, SHAPE, Rule
from keywright.profiles.runs import ValueRun, ValueRuns

NEAR = 5.0  # points by which a value may stand off the place that a rule gives
Shift = tuple[float, float]
"""How far the print of a document is shifted against its layout, in points to the right and down."""


class Finder:
    """Applies rules to one document; ``shapes`` and ``orders`` are the layout's (see ``profile.Profile``)."""

    def __init__(self, fields: LayoutFields, paper: PagePrint, runs: ValueRuns | None = None) -> None:
        self._codes = frozenset(spec.name for spec in fields.codes)
        self._dates = frozenset(spec.name for spec in fields.dates)
        self.paper = paper
        self.runs = runs or ValueRuns(paper)

    @cached_property
    def _by_label(self) -> dict[int, dict[tuple[object, ...], list[ValueRun]]]:
        return {}

    def runs_for(self, name: str, shapes: Mapping[str, str]) -> Sequence[ValueRun]:
        """Return the runs that may be the value of a field."""
        if name in self._codes:
            return self.runs.codes(shapes[name]) if name in shapes else ()
        return self.runs.dates if name in self._dates else self.runs.amounts

    def value(self, run: ValueRun, name: str, orders: Collection[str]) -> str | None:
        """Return the value of a run in a field; None for a date whose day and month the layout's habit leaves open."""
        if name not in self._dates or len(run.meanings) == 1:
            return run.value
        known = [order for order in run.meanings if order in orders]
        return run.meanings[known[0]] if len(known) == 1 else None

    def apply(self, rule: Rule, runs: Sequence[ValueRun], shift: Shift = (0.0, 0.0)) -> ValueRun | None:
        """Return the run that a rule points at, or None."""
        if rule == SHAPE:
            return runs[0] if runs and len({run.value for run in runs}) == 1 else None
        if rule[0] in LABELLED:
            labelled = self._labelled(runs).get(rule[:2])
            return None if not labelled else labelled[0] if rule[-1] == "first" else labelled[-1]
        return self._nearest(rule, runs, shift)

    def _labelled(self, runs: Sequence[ValueRun]) -> dict[tuple[object, ...], list[ValueRun]]:
        """Return the runs by the labels beside and above them."""
        index = self._by_label.get(id(runs))
        if index is None:
            index = self._by_label[id(runs)] = {}
            for run in runs:
                for place in run.labels:
                    index.setdefault(place, []).append(run)
        return index

    def _nearest(self, rule: Rule, runs: Sequence[ValueRun], shift: Shift) -> ValueRun | None:
        """Return the run nearest to the place that a rule gives, if one is near enough."""
        sort, anchor, across, down = rule
        if sort in ("left-at", "right-at"):
            spots = [(anchor, shift[0], shift[1])]
        else:
            places = self.paper.places.get(anchor, ())
            spots = [(token.box.page, token.box.left, token.box.top) for token in places]
        by_left = sort in ("from-left", "left-at")
        best, nearest = NEAR, None
        for page, x, y in spots:
            wanted_x, wanted_y = x + across, y + down
            for run in runs:
                box = run.box
                off = abs(box.top - wanted_y)
                if off <= best and box.page == page:
                    off = max(off, abs((box.left if by_left else box.right) - wanted_x))
                    if off < best or (off == best and nearest is None):
                        best, nearest = off, run
        return nearest
