"""Weights are fitted on some vendors and measured on others, and what is measured can be drawn."""

from __future__ import annotations

import random
from pathlib import Path

from PIL import Image

from bench.calibration import bands_of, curve_of, fit, point_at
from bench.corpus.chart import draw
from bench.corpus.fitting import Example, fitted, fold_of, held_out
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


def test_a_vendor_is_never_parted_between_folds() -> None:
    placed = fold_of(["a"] * 9 + ["b"] * 3 + ["c"] * 2 + ["d"], folds=3)

    assert placed["a"] not in {placed["b"], placed["c"], placed["d"]}
    assert set(placed.values()) == {0, 1, 2}


def test_a_probability_that_was_held_out_never_saw_its_vendor() -> None:
    sample = examples(200)
    before = held_out(sample, folds=5)
    lied = [
        Example(example.file, example.vendor, example.name, example.evidence, not example.right)
        if example.vendor == "vendor 3"
        else example
        for example in sample
    ]
    after = held_out(lied, folds=5)
    of_that_vendor = [
        (p, q) for p, q, example in zip(before, after, sample, strict=True) if example.vendor == "vendor 3"
    ]

    assert of_that_vendor
    assert all(p == q for p, q in of_that_vendor)
    assert before != after


def test_what_is_fitted_is_written_so_that_it_can_be_used(tmp_path: Path) -> None:
    fit(examples(), tmp_path / "calibration.toml")
    text = (tmp_path / "calibration.toml").read_text(encoding="utf-8")
    model = from_toml(text)

    assert "400 labelled values" in text
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
