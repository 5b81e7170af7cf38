"""Measures whether confidence means what it says: ``./run bench calibration [--fit]``.

Every probability is by weights fitted without the document's vendor. Printed: coverage against error, and the share
that was right in each band of confidence, both for single fields; drawn into ``docs/pictures/calibration.png``.
``--fit`` then fits on all vendors and writes ``extractors/supplier_invoice/confidence/calibration.toml``, which the
bots use.
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
from bench.corpus.documents import labelled
from bench.corpus.examples import Read
from bench.corpus.fitting import FOLDS, Example, finished, fold_of, held_out, models_by_fold
from bench.corpus.scoring import score
from bench.corpus.verdicts import held_out_answers
from bench.reading import read_documents
from extractors.supplier_invoice.confidence.calibration import PLACE, to_toml
from keywright.settings.settings import CHECKOUT
from keywright.terminal import SafeConsole

PICTURE = CHECKOUT / "docs" / "pictures" / "calibration.png"
BANDS = (0.0, 0.8, 0.9, 0.94, 0.97, 0.985, 0.995, 1.0)
THRESHOLDS = (0.5, 0.8, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99)


@dataclass(frozen=True, slots=True)
class Band:
    """Fields of about one confidence: how many, how sure on average, and the share that was right."""

    count: int
    sure: float
    right: float


@dataclass(frozen=True, slots=True)
class Point:
    """What a threshold lets pass: the share of all fields, how many of these were wrong, and how many were foretold."""

    threshold: float
    coverage: float
    wrong: int
    passed: int
    foretold: float


def main() -> int:
    """Measure, print, draw, and fit if that is asked for."""
    parser = argparse.ArgumentParser(prog="bench calibration", description=__doc__)
    parser.add_argument("--fit", action="store_true", help="write the fitted weights for the bots")
    parser.add_argument("--fresh", action="store_true", help="have the engines look again at every document")
    options = parser.parse_args()
    screen = SafeConsole()
    reads = read_documents(labelled(["invoices"]), options.fresh, screen)
    examples = [example for reading in reads for example in reading.examples]
    sure = held_out(examples)
    right = [example.right for example in examples]
    bands, points = bands_of(sure, right), [point_at(bar, sure, right) for bar in THRESHOLDS]
    _print_tables(screen, examples, sure, bands, points)
    _print_documents(screen, reads)
    draw(PICTURE, [(band.sure, band.right, band.count) for band in bands], curve_of(sure, right))
    screen.print(f"Drawn into {PICTURE.relative_to(CHECKOUT)}.")
    if options.fit:
        fit(examples, PLACE)
        screen.print(f"Fitted on {len(examples)} values; written to {PLACE.relative_to(CHECKOUT)}.")
    return 0


def fit(examples: Sequence[Example], place: Path) -> None:
    """Fit on all examples and write the weights down, with what they were made of."""
    vendors = len({example.vendor for example in examples})
    wrong = sum(not example.right for example in examples)
    documents = len({example.file for example in examples})
    header = (
        "How likely a value is right: log-odds that each sort of evidence adds\n"
        "(extractors/supplier_invoice/confidence/evidence.py).\n"
        f"Made by ./run bench calibration --fit from {len(examples)} labelled values, {wrong} of them wrong,\n"
        f"of {documents} documents of {vendors} vendors. Do not edit: fit again."
    )
    place.write_text(to_toml(finished(examples), header), encoding="utf-8")


def bands_of(sure: Sequence[float], right: Sequence[bool]) -> list[Band]:
    """Return the bands of confidence that hold any field, from doubtful to sure."""
    bands = []
    for low, high in pairwise(BANDS):
        in_band = [(p, r) for p, r in zip(sure, right, strict=True) if low <= p < high]
        if in_band:
            share = sum(r for _, r in in_band) / len(in_band)
            bands.append(Band(len(in_band), sum(p for p, _ in in_band) / len(in_band), share))
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


def _print_tables(
    screen: SafeConsole, examples: Sequence[Example], sure: Sequence[float], bands: list[Band], points: list[Point]
) -> None:
    reliability = Table("fields", "said to be right", "were right", title="Reliability, vendors held out")
    for band in bands:
        reliability.add_row(str(band.count), f"{band.sure:.3f}", f"{band.right:.3f}")
    coverage = Table(
        "threshold", "fields passed", "coverage", "wrong", "wrong foretold", title="Coverage against error"
    )
    for point in points:
        cells = (str(point.passed), f"{point.coverage:.3f}", str(point.wrong), f"{point.foretold:.1f}")
        coverage.add_row(f"{point.threshold:.2f}", *cells)
    placed = fold_of(example.vendor for example in examples)
    folds = Table("fold", "vendors", "fields", "wrong", "wrong foretold", title="By fold")
    for fold in range(FOLDS):
        in_fold = [(p, e) for p, e in zip(sure, examples, strict=True) if placed[e.vendor] == fold]
        wrong = sum(not e.right for _, e in in_fold)
        vendors = sum(number == fold for number in placed.values())
        folds.add_row(
            str(fold + 1), str(vendors), str(len(in_fold)), str(wrong), f"{sum(1 - p for p, _ in in_fold):.1f}"
        )
    for table in (reliability, coverage, folds):
        screen.print(table)


def _print_documents(screen: SafeConsole, reads: Sequence[Read]) -> None:
    """Print for each threshold how many documents are keyed, and what else holds documents back."""
    table = Table("threshold", "keyed", "straight through", "silent wrong", title="Documents, vendors held out")
    documents = [reading.document for reading in reads]
    folds = models_by_fold([example for reading in reads for example in reading.examples])
    for bar in (0.85, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98):
        figures = score(documents, held_out_answers(reads, bar, folds)).figures()
        cells = (figures["keyed"], figures["straight_through"], figures["silent_wrong"])
        table.add_row(f"{bar:.2f}", *map(str, cells))
    screen.print(table)
    rules_holding = Counter(
        rule
        for reading in reads
        for rule in {f["rule"] for f in reading.result["findings"] if f["rule"] != "confidence" and f["asks"]}
        if reading.document.payable
    )
    rule_counts = ", ".join(f"{rule} {count}" for rule, count in rules_holding.most_common())
    screen.print(f"Payable documents that a finding refers at every threshold: {rule_counts}.")


if __name__ == "__main__":
    raise SystemExit(main())
