"""The demo works from paper to receipt, and a second time it keys nothing twice."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from demo.documents import make
from demo.past_months import past_invoices, regular_vendors
from demo.town_hall.database import permits, vouchers
from tests.home import open_to_others

pytestmark = pytest.mark.long
NEW_LAYOUT, ON_AN_ORDER = "credit-valley-9107.pdf", "brightwater-4519.pdf"


def _run(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "KEYWRIGHT_HOME": str(home), "COLUMNS": "200", **more}
    environment.pop("KEYWRIGHT_CONFIRMATIONS", None)  # the demo is about layouts
    command = [sys.executable, "-m", "cli", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900, umask=0o022)


def test_the_demo_keys_what_is_certain_refers_the_rest_and_a_second_run_keys_nothing_twice(tmp_path: Path) -> None:
    town_database = tmp_path / "town.sqlite3"
    first = _run(tmp_path, "demo", "--exit", KEYWRIGHT_DATABASE_URL=f"sqlite:///{town_database}")
    assert first.returncode == 0, first.stderr
    demo = tmp_path / "demo"
    assert list(tmp_path.iterdir()) == [demo], "the demo wrote into the town's own home"
    assert open_to_others(demo) == []
    assert f"KEYWRIGHT_HOME={demo} ./run cases" in first.stdout
    cases = [json.loads(line) for line in _run(demo, "cases", "--json").stdout.splitlines()]
    printed = re.sub(r"\s+", " ", first.stdout)
    keyed = [case for case in cases if case["state"] == "keyed"]
    reasons = {case["reason"] for case in cases if case["state"] == "referred"}
    town = demo / "town_hall" / "town_hall.sqlite3"
    numbers = {row["number"] for row in [*vouchers(town), *permits(town)]}

    past = {sample.file for sample, _ in past_invoices()}
    assert f"{len(past)} invoices of earlier months: confirmed by edna, a former clerk, {len(past)} keyed." in printed
    assert f"{len(regular_vendors())} layouts are trusted." in printed
    made = {sample.file for sample in make(tmp_path / "made") if sample.outcome == "keyed"}
    assert sorted(case["file"].replace("_copy", "") for case in keyed) == sorted(past | made)  # the first of the two
    assert not any(file in first.stdout for file in past), "the table shows today's documents only"
    assert any(case["file"] == NEW_LAYOUT and case["reason"].startswith("New layout.") for case in cases)
    assert any(case["file"] == ON_AN_ORDER and case["reason"].startswith("Price differs from") for case in cases)
    assert len(reasons) >= 5
    assert {case["receipt_number"] for case in keyed} == numbers
    assert {case["state"] for case in cases} == {"keyed", "referred"}
    assert any("is not in the vendor master, and no name there is similar" in reason for reason in reasons)

    second = _run(tmp_path, "demo", "--exit")

    assert second.returncode == 0, second.stderr
    assert "invoices of earlier months" not in second.stdout
    assert "nothing keyed twice" in re.sub(r"\s+", " ", second.stdout)
    assert {row["number"] for row in [*vouchers(town), *permits(town)]} == numbers
    assert _run(demo, "ledger", "verify").returncode == 0
    for command in ("serve", "console"):
        refused = _run(demo, command)
        assert refused.returncode == 1
        assert "is the home of the demo" in refused.stderr
    towns_own = _run(tmp_path, "cases")
    assert "There are no cases." in towns_own.stdout
    assert f"KEYWRIGHT_HOME={demo} ./run cases" in towns_own.stdout


def test_a_home_in_which_an_earlier_demo_left_its_account_is_served_only_with_another_password(tmp_path: Path) -> None:
    def person(password: str) -> None:
        command = [sys.executable, "-m", "cli", "person", "maria", "--group", "clerk", "--own-password"]
        environment = {**os.environ, "KEYWRIGHT_HOME": str(tmp_path)}
        subprocess.run(command, env=environment, input=password, text=True, check=True, timeout=100)

    person("town-hall-2026")
    refused = _run(tmp_path, "console", "--port", "1")

    assert refused.returncode == 1
    assert "'maria' still opens with the password that the demo shows" in refused.stderr

    person("quite-another-2026")
    served = _run(tmp_path, "console", "--port", "1", "--host", "192.0.2.1")

    assert "cannot listen on 192.0.2.1" in served.stderr
