"""The demo works from paper to receipt, and a second time it keys nothing twice."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from demo.town_hall.database import permits, vouchers

pytestmark = pytest.mark.long


def _run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "KEYWRIGHT_HOME": str(home), "COLUMNS": "200"}
    command = [sys.executable, "-m", "keywright", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=400)


def test_the_demo_keys_what_is_certain_refers_the_rest_and_a_second_run_keys_nothing_twice(tmp_path: Path) -> None:
    first = _run(tmp_path, "demo", "--exit")
    assert first.returncode == 0, first.stderr
    cases = [json.loads(line) for line in _run(tmp_path, "cases", "--json").stdout.splitlines()]
    keyed = [case for case in cases if case["state"] == "keyed"]
    reasons = {case["reason"] for case in cases if case["state"] == "referred"}
    town = tmp_path / "demo" / "town_hall" / "town_hall.sqlite3"
    held = {row["number"] for row in [*vouchers(town), *permits(town)]}

    assert len(keyed) >= 6
    assert len(reasons) >= 5
    assert {case["receipt_number"] for case in keyed} == held
    assert {case["state"] for case in cases} == {"keyed", "referred"}
    assert any("is not in the vendor master. The nearest there: " in reason for reason in reasons)

    second = _run(tmp_path, "demo", "--exit")

    assert second.returncode == 0, second.stderr
    assert "nothing keyed twice" in re.sub(r"\s+", " ", second.stdout)
    assert {row["number"] for row in [*vouchers(town), *permits(town)]} == held
    assert _run(tmp_path, "ledger", "verify").returncode == 0
