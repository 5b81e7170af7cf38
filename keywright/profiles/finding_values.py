"""Finds values on a document by the rules of a profile."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

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
        self._by_label: dict[int, dict[tuple[object, ...], list[ValueRun]]] = {}
        self._by_height: dict[int, Mapping[int, tuple[Sequence[float], Sequence[ValueRun]]]] = {}

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
        edge = "left" if sort in ("from-left", "left-at") else "right"
        best: tuple[float, ValueRun | None] = (math.inf, None)
        for page, x, y in spots:
            for run in self._around(runs, page, y + down):
                off = max(abs(run.box.top - (y + down)), abs(getattr(run.box, edge) - (x + across)))
                if off < best[0]:
                    best = off, run
        return best[1] if best[0] <= NEAR else None

    def _around(self, runs: Sequence[ValueRun], page: int, top: float) -> Sequence[ValueRun]:
        """Return the runs of a page that stand near a height, the highest first; a long table has thousands of runs."""
        tops, sorted_runs = self._sorted(runs).get(page, ((), ()))
        return sorted_runs[bisect_left(tops, top - NEAR) : bisect_right(tops, top + NEAR)]

    def _sorted(self, runs: Sequence[ValueRun]) -> Mapping[int, tuple[Sequence[float], Sequence[ValueRun]]]:
        """Return the runs by page, each with their heights, the highest first."""
        index = self._by_height.get(id(runs))
        if index is None:
            pages: dict[int, list[ValueRun]] = defaultdict(list)
            for run in sorted(runs, key=lambda run: run.box.top):
                pages[run.box.page].append(run)
            index = {page: ([run.box.top for run in own], own) for page, own in pages.items()}
            self._by_height[id(runs)] = index
        return index
