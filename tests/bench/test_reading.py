"""Readings are scored against a manifest anywhere, by a process of its own, with the figures of the corpus's tool."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from keywright.settings.settings import CHECKOUT
from tests.bench.labelled_papers import bench, manifest_of

TOOL = Path(os.environ.get("KEYWRIGHT_CORPUS") or CHECKOUT.parent / "shared" / "corpus").parent / "score" / "score.py"
BRIGHTWATER = {"invoice_number": "INV-4471", "issue_date": "2026-10-14", "grand_total": "9881.85"}
MAPLE_RIDGE = {"invoice_number": "20618", "issue_date": "2026-10-21", "grand_total": "1.00"}  # the label is wrong
ROWS = [
    {"file": "brightwater-4471.pdf", "doc_type": "invoice", "text_layer": True, "part": "rules", "truth": BRIGHTWATER},
    {"file": "maple-ridge-scan.pdf", "doc_type": "invoice", "text_layer": False, "part": "test", "truth": MAPLE_RIDGE},
    {
        "file": "lakeshore-uniforms-771.pdf",
        "doc_type": "statement",
        "text_layer": True,
        "part": "test",
        "truth": {"invoice_number": "771", "iban": "not printed"},
        "in_text": {"iban": False},
    },
    {
        "file": "papeterie-laurier-fr.pdf",
        "doc_type": "invoice",
        "lang": "fr",
        "text_layer": True,
        "part": "rules",
        "truth": {
            "invoice_number": "FAC-08215",
            "lines": [{"description": "", "net_amount": "1.00"}],
        },
    },
]


def test_a_manifest_outside_the_checkout_is_scored_by_part(tmp_path: Path) -> None:
    history = (CHECKOUT / "bench" / "history.csv").read_bytes()

    done = bench(tmp_path, "reading", "--manifest", str(manifest_of(tmp_path, ROWS)), "--json", "--show", "3")

    assert done.returncode == 0, done.stderr
    groups = json.loads(done.stdout.splitlines()[-1])
    assert groups["all"]["documents"] == 4
    assert groups["all"]["fields"] == 8  # a label that is not printed counts only where a value was given
    assert (groups["all"]["recall"], groups["all"]["precision"]) == (0.875, 0.875)
    assert (groups["all"]["exact"], groups["all"]["line_recall"]) == (3, 0.0)
    assert groups["part rules"]["recall"] == groups["language fr"]["recall"] == groups["text layer"]["recall"] == 1
    assert groups["part test, scan"]["recall"] == groups["scan"]["recall"] == 0.6667
    assert set(groups["part test"]) == set(groups["all"])
    assert "maple-ridge-scan.pdf: grand_total: '33841.01', is '1.00'" in done.stdout
    assert (CHECKOUT / "bench" / "history.csv").read_bytes() == history


@pytest.mark.skipif(not TOOL.exists(), reason="the corpus and its tool are not beside the checkout")
def test_the_figures_are_those_of_the_corpus_s_own_tool(tmp_path: Path) -> None:
    manifest = manifest_of(tmp_path, ROWS)
    done = bench(tmp_path, "reading", "--manifest", str(manifest), "--json")
    figures = json.loads(done.stdout.splitlines()[-1])["all"]

    predictions = tmp_path / "home" / "bench" / f"invoices of {tmp_path.name}.jsonl"
    command = [sys.executable, str(TOOL), str(manifest), str(predictions), "--kind", "invoices", "--json"]
    whole = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)["whole"]

    assert figures == {name: whole[name] for name in figures}


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([], "names no document of the kind invoices"),
        ([{"file": "nowhere.pdf", "truth": BRIGHTWATER}], "names 1 files that are not there"),
    ],
)
def test_a_manifest_that_cannot_be_scored_is_refused_in_a_sentence(
    tmp_path: Path, rows: list[dict[str, Any]], complaint: str
) -> None:
    done = bench(tmp_path, "reading", "--manifest", str(manifest_of(tmp_path, rows)), "--json")

    assert done.returncode == 1
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


def test_a_manifest_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = bench(tmp_path, "reading", "--manifest", "nowhere.jsonl")

    assert done.returncode == 1
    assert "nowhere.jsonl: No such file or directory" in done.stderr
