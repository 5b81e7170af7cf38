"""Weights are fitted on some layouts and levelled on others, and what is measured can be drawn."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from bench.calibration import bands_of, curve_of, fit, point_at
from bench.corpus.chart import draw
from bench.corpus.fitting import LEARNED, Example, fitted, levelled
from bench.corpus.intervals import over_layouts, wilson
from bench.reading import COLUMNS, keep_history
from extractors.supplier_invoice.confidence.calibration import from_toml, probability


def examples(count: int = 400) -> list[Example]:
    """Values that are right more often the stronger they are; another evidence that tells nothing."""
    chance = random.Random(7)
    made = []
    for number in range(count):
        strength = chance.random()
        evidence = {"strength": strength, "again": float(chance.random() < 0.5)}
        right = chance.random() < 0.5 + 0.5 * strength
        made.append(Example(f"{number}.pdf", f"vendor {number % 20}", "iban", evidence, right))
    return made


def test_what_tells_something_gets_weight_and_what_tells_nothing_gets_little() -> None:
    weights = fitted(examples()).weights

    assert weights["strength"] + weights["number: strength"] > 1.5
    assert weights["again"] + weights["number: again"] < 0.6


def test_values_of_unseen_layouts_set_the_level() -> None:
    known = examples()
    elsewhere = [replace(example, right=example.right and number % 3 > 0) for number, example in enumerate(known)]
    sure, level = fitted(known), levelled(fitted(known), elsewhere)
    foretold = sum(probability(level, example.name, example.evidence) for example in elsewhere)

    assert sum(probability(sure, example.name, example.evidence) for example in elsewhere) > foretold
    assert abs(foretold - sum(example.right for example in elsewhere)) < 0.05 * len(elsewhere)


def test_what_agreement_of_the_readers_is_worth_is_learned_on_unseen_layouts_alone() -> None:
    known = [replace(example, name="due_date") for example in examples()]
    agreeing = [
        replace(example, evidence={**example.evidence, **dict.fromkeys(LEARNED, float(example.right))})
        for example in known
    ]
    fitted_on_known = fitted(agreeing)
    model = levelled(fitted_on_known, agreeing)

    def likely(name: str, agreement: float) -> float:
        return probability(model, name, {"strength": 0.5, **dict.fromkeys(LEARNED, agreement)})

    assert not set(LEARNED) & set(fitted_on_known.weights)
    assert likely("due_date", 1.0) - likely("due_date", 0.0) > 0.5
    assert probability(model, "buyer_name", {"strength": 1.0}) > likely("due_date", 0.0)


def test_an_interval_holds_its_share_and_is_wider_where_whole_layouts_go_wrong() -> None:
    layouts = [f"layout {number // 10}" for number in range(100)]
    together, apart = [number < 10 for number in range(100)], [number % 10 == 0 for number in range(100)]

    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(10, 100) == pytest.approx((0.0552, 0.1744), abs=1e-4)
    assert over_layouts(layouts, apart) == (0.1, 0.1)
    low, high = over_layouts(layouts, together)
    assert low == 0 < 0.2 < high


def test_what_is_fitted_is_written_so_that_it_can_be_used(tmp_path: Path) -> None:
    fit(examples(), examples(100), tmp_path / "calibration.toml")
    text = (tmp_path / "calibration.toml").read_text(encoding="utf-8")
    model = from_toml(text)

    assert "Weights from 400 labelled values" in text
    assert "Shift and slope from 100 labelled values" in text
    assert probability(model, "iban", {"strength": 1.0}) > probability(model, "iban", {"strength": 0.0})


def test_bands_points_and_curve_count_what_they_say() -> None:
    sure, right = [0.999, 0.999, 0.95, 0.5], [True, False, True, False]

    assert [(band.count, band.right) for band in bands_of(sure, right)] == [(1, 0.0), (1, 1.0), (2, 0.5)]
    assert (point_at(0.9, sure, right).passed, point_at(0.9, sure, right).wrong) == (3, 1)
    assert curve_of(sure, right)[-1] == (1.0, 0.5)


def test_the_charts_are_drawn_with_a_mark_for_each_band(tmp_path: Path) -> None:
    draw(tmp_path / "bare.png", [], [])
    draw(tmp_path / "full.png", [(0.9, 0.92, 40), (0.99, 0.99, 400)], [(0.5, 0.0), (1.0, 0.01)])
    bare, full = (Image.open(tmp_path / name).convert("RGB") for name in ("bare.png", "full.png"))

    assert full.size[0] > 1000
    assert (179, 84, 30) in {colour for _, colour in full.getcolors(1 << 20) or []}
    assert (179, 84, 30) not in {colour for _, colour in bare.getcolors(1 << 20) or []}


def test_history_has_one_head_and_a_row_a_group(tmp_path: Path) -> None:
    figures = dict.fromkeys(COLUMNS, 1)
    keep_history(tmp_path / "history.csv", "invoices", [("all", figures)])
    keep_history(tmp_path / "history.csv", "invoices", [("all", figures), ("scan", figures)])
    rows = (tmp_path / "history.csv").read_text(encoding="utf-8").splitlines()

    assert [row.split(",")[2] for row in rows] == ["group", "all", "all", "scan"]
