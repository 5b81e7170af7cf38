"""Labelled documents stream into an empty office, whose clerk knows the truth; the figures say what became of each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.bench.labelled_papers import account_statement, bench, credit, monthly_bills, written

KEYS = {"documents", "asked", "keyed", "keyed_right", "silent_wrong", "corrections"}


def learned(folder: Path, *arguments: str) -> dict[str, Any]:
    """Run the benchmark and return its last line."""
    done = bench(folder, "learning", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def test_every_document_of_a_stream_is_keyed_or_asked_about_and_counted_by_place(tmp_path: Path) -> None:
    rows = [*monthly_bills(tmp_path, 3), credit(tmp_path), account_statement(tmp_path)]

    figures = learned(tmp_path, "--manifest", str(written(tmp_path, rows)))

    assert set(figures) >= KEYS | {"by_place"}
    assert figures["documents"] == 5
    assert figures["asked"] + figures["keyed"] == 5
    assert figures["keyed"] == figures["keyed_right"] + figures["silent_wrong"]
    assert figures["silent_wrong"] == figures["left_waiting"] == 0
    assert {place: counts["documents"] for place, counts in figures["by_place"].items()} == {"1": 3, "2": 1, "3": 1}
    assert set(figures["by_place"]["1"]) >= KEYS


def test_a_confirmed_layout_is_keyed_from_its_third_document_on(tmp_path: Path) -> None:
    manifest = str(written(tmp_path, list(monthly_bills(tmp_path, 4))))

    figures = learned(tmp_path, "--manifest", manifest, "--confirmations", "2")

    asked = {place: counts["asked"] for place, counts in figures["by_place"].items()}
    assert asked == {"1": 1, "2": 1, "3": 0, "4": 0}
    assert (figures["keyed_right"], figures["silent_wrong"], figures["corrections"]) == (2, 0, 0)
    assert figures["by_place"]["1"]["keystrokes"] > 0 == figures["by_place"]["3"]["keystrokes"]
    assert learned(tmp_path, "--manifest", manifest, "--confirmations", "3")["by_place"]["3"]["asked"] == 1


def test_the_clerk_types_the_truth_and_a_wrong_value_that_is_keyed_is_counted(tmp_path: Path) -> None:
    first, second, third = monthly_bills(tmp_path, 3)
    lied = [{**row, "truth": {**row["truth"], "purchase_order": "PO-26-0"}} for row in (first, third)]

    figures = learned(
        tmp_path, "--manifest", str(written(tmp_path, [lied[0], second, lied[1]])), "--confirmations", "0"
    )

    assert (figures["asked"], figures["keyed"], figures["silent_wrong"]) == (0, 3, 2)
    figures = learned(tmp_path, "--manifest", str(written(tmp_path, [lied[0]])), "--confirmations", "2")
    assert (figures["asked"], figures["corrections"]) == (1, 1)
    assert figures["keystrokes"] >= len("PO-26-0")


def test_a_statement_is_never_keyed(tmp_path: Path) -> None:
    figures = learned(tmp_path, "--manifest", str(written(tmp_path, [account_statement(tmp_path)])))

    assert (figures["asked"], figures["keyed"]) == (1, 0)


def test_a_place_that_the_manifest_gives_is_used_and_parts_are_counted(tmp_path: Path) -> None:
    rows = [{**row, "place": 7, "part": "test"} for row in monthly_bills(tmp_path, 1)]

    figures = learned(tmp_path, "--manifest", str(written(tmp_path, rows)))

    assert set(figures["by_place"]) == {"7"}
    assert figures["by_part"]["test"]["documents"] == 1


def test_an_empty_manifest_is_refused_in_a_sentence(tmp_path: Path) -> None:
    done = bench(tmp_path, "learning", "--manifest", str(written(tmp_path, [])))

    assert done.returncode == 1
    assert "names no document of the kind invoices" in done.stderr
