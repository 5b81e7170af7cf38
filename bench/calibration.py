"""Measures whether confidence means what it says on layouts that it never saw: ``./run bench calibration [--fit]``.

Printed of the part ``test`` of the layouts of third parties, which had no part in rules or weights: the share that was
right in each band of confidence, with its interval, and what each threshold lets pass, asks about and costs; drawn into
``docs/pictures/calibration.png``. ``--fit`` first fits the weights on the documents that rules were made on, brings
them to the level of the part ``calibration``, and writes ``extractors/supplier_invoice/confidence/calibration.toml``.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from rich.table import Table

from bench.corpus.chart import draw
from bench.corpus.documents import labelled, of_third_parties
from bench.corpus.examples import JudgedValue, Read, judged_values
from bench.corpus.fitting import Example, fitted, levelled
from bench.corpus.intervals import Interval, over_layouts, wilson
from bench.corpus.scoring import score
from bench.corpus.verdicts import answers_by, other_rules
from bench.reading import read_documents
from extractors.supplier_invoice.confidence.calibration import PLACE, to_toml
from keywright.settings.settings import CHECKOUT, settings
from keywright.terminal import SafeConsole

PICTURE = CHECKOUT / "docs" / "pictures" / "calibration.png"
BANDS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0)
THRESHOLDS = (0.5, 0.8, 0.85, 0.9, 0.92, 0.94, 0.96, 0.98, 0.99)


@dataclass(frozen=True, slots=True)
class Band:
    """Fields of about one confidence: how many, how sure on average, the share that was right, and its interval."""

    count: int
    sure: float
    right: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Point:
    """What a threshold lets pass: the share of all fields, how many of these were wrong, and how many were foretold."""

    threshold: float
    coverage: float
    wrong: int
    passed: int
    foretold: float


def main() -> int:
    """Fit if that is asked for, measure, print and draw."""
    parser = argparse.ArgumentParser(prog="bench calibration", description=__doc__)
    parser.add_argument("--fit", action="store_true", help="write the fitted weights for the bots")
    parser.add_argument("--fresh", action="store_true", help="have the engines look again at every document")
    options = parser.parse_args()
    screen = SafeConsole()
    if options.fit:
        known = read_documents([*labelled(["invoices"]), *of_third_parties("rules")], options.fresh, screen)
        level = read_documents(of_third_parties("calibration"), options.fresh, screen)
        fit(_examples(known), _examples(level), PLACE)
        screen.print(f"Fitted on {len(_examples(known))} values; written to {PLACE.relative_to(CHECKOUT)}.")
    reads = read_documents(of_third_parties("test"), options.fresh, screen)
    values = judged_values(reads)
    sure, right = [value.confidence for value in values], [value.right for value in values]
    bands = bands_of(sure, right)
    _print_tables(screen, values, bands)
    _print_documents(screen, reads)
    _print_setting(screen, values, settings().refer_below)
    draw(PICTURE, [(band.sure, band.right, band.count) for band in bands], curve_of(sure, right))
    screen.print(f"Drawn into {PICTURE.relative_to(CHECKOUT)}.")
    return 0


def _examples(reads: Sequence[Read]) -> list[Example]:
    return [example for reading in reads for example in reading.examples]


def fit(known: Sequence[Example], unseen: Sequence[Example], place: Path) -> None:
    """Fit the weights on known layouts, their level on unseen ones, and write them down with what they were made of."""
    header = (
        "How likely a value is right: log-odds that each sort of evidence adds\n"
        "(extractors/supplier_invoice/confidence/evidence.py).\n"
        f"Made by ./run bench calibration --fit. Weights from {_counted(known)}.\n"
        f"Shift and slope from {_counted(unseen)},\n"
        "for which no rule was made. Do not edit: fit again."
    )
    place.write_text(to_toml(levelled(fitted(known), unseen), header), encoding="utf-8")


def _counted(examples: Sequence[Example]) -> str:
    wrong = sum(not example.right for example in examples)
    documents, layouts = ({getattr(example, name) for example in examples} for name in ("file", "vendor"))
    origin = f"{len(documents)} documents in {len(layouts)} layouts"
    return f"{len(examples)} labelled values, {wrong} of them wrong, of {origin}"


def bands_of(sure: Sequence[float], right: Sequence[bool]) -> list[Band]:
    """Return the bands of confidence that hold any field, from doubtful to sure."""
    bands = []
    for low, high in pairwise(BANDS):
        in_band = [(p, r) for p, r in zip(sure, right, strict=True) if low <= p < high]
        if in_band:
            count, hits = len(in_band), sum(r for _, r in in_band)
            bands.append(Band(count, sum(p for p, _ in in_band) / count, hits / count, wilson(hits, count)))
    return bands


def point_at(bar: float, sure: Sequence[float], right: Sequence[bool]) -> Point:
    """Return what a threshold lets pass."""
    passed = [(p, r) for p, r in zip(sure, right, strict=True) if p >= bar]
    wrong = sum(not r for _, r in passed)
    return Point(bar, len(passed) / max(1, len(sure)), wrong, len(passed), sum(1 - p for p, _ in passed))


def curve_of(sure: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float]]:
    """Return coverage and error as the threshold falls, a point a field."""
    ranked = sorted(zip(sure, right, strict=True), reverse=True)
    wrong, points = 0, []
    for passed, (_, is_right) in enumerate(ranked, 1):
        wrong += not is_right
        points.append((passed / len(ranked), wrong / passed))
    return points


def _print_tables(screen: SafeConsole, values: Sequence[JudgedValue], bands: list[Band]) -> None:
    reliability = Table("fields", "said to be right", "were right", "95 %", title="Reliability on unseen layouts")
    for band in bands:
        reliability.add_row(str(band.count), f"{band.sure:.3f}", f"{band.right:.3f}", _in_words(band.interval))
    title = "What a threshold lets pass on unseen layouts"
    coverage = Table("threshold", "fields passed", "coverage", "wrong", "wrong foretold", title=title)
    sure, right = [value.confidence for value in values], [value.right for value in values]
    for point in (point_at(bar, sure, right) for bar in THRESHOLDS):
        cells = (str(point.passed), f"{point.coverage:.3f}", str(point.wrong), f"{point.foretold:.1f}")
        coverage.add_row(f"{point.threshold:.2f}", *cells)
    layouts = Table("layout", "fields", "wrong", "wrong foretold", title="By layout")
    for number, layout in enumerate(sorted({value.layout for value in values}), 1):
        within = [value for value in values if value.layout == layout]
        wrong, foretold = sum(not value.right for value in within), sum(1 - value.confidence for value in within)
        layouts.add_row(str(number), str(len(within)), str(wrong), f"{foretold:.1f}")
    for table in (reliability, coverage, layouts):
        screen.print(table)


def _in_words(interval: Interval) -> str:
    return f"{interval[0]:.3f} to {interval[1]:.3f}"


def _print_setting(screen: SafeConsole, values: Sequence[JudgedValue], bar: float) -> None:
    """Print what the setting promises, and what was counted."""
    passed = [value for value in values if value.confidence >= bar]
    wrong = [not value.right for value in passed]
    low, high = over_layouts([value.layout for value in passed], wrong)
    share = sum(wrong) / max(1, len(wrong))
    screen.print(
        f"KEYWRIGHT_WRONG_FIELDS_IN_10000 is {(1 - bar) * 10_000:.0f}: of the fields that pass, {sum(wrong)} of "
        f"{len(wrong)} are wrong, {share * 10_000:.0f} in 10,000 (95 % over layouts: {low * 10_000:.0f} to "
        f"{high * 10_000:.0f})."
    )


def _print_documents(screen: SafeConsole, reads: Sequence[Read]) -> None:
    """Print for each threshold how many documents it would key by itself, and what else holds documents back."""
    title = "Documents of unseen layouts, if nobody were asked about the layout"
    table = Table("threshold", "keyed", "straight through", "silent wrong", title=title)
    documents = [reading.document for reading in reads]
    for bar in THRESHOLDS:
        figures = score(documents, answers_by(reads, bar)).figures()
        cells = (figures["keyed"], figures["straight_through"], figures["silent_wrong"])
        table.add_row(f"{bar:.2f}", *map(str, cells))
    screen.print(table)
    rules_holding = Counter(rule for reading in reads if reading.document.payable for rule in other_rules(reading))
    rule_counts = ", ".join(f"{rule} {count}" for rule, count in rules_holding.most_common())
    screen.print(f"Payable documents that a finding refers at every threshold: {rule_counts or 'none'}.")


if __name__ == "__main__":
    raise SystemExit(main())
