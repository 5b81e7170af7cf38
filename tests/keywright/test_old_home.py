"""A home that an earlier version made opens, verifies and goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.home import open_to_others, unpacked_old_home


def _run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "KEYWRIGHT_HOME": str(home)}
    command = [sys.executable, "-m", "keywright", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, umask=0o022)


def test_a_home_of_an_earlier_version_verifies_shows_its_cases_and_is_signed_on(tmp_path: Path) -> None:
    home = unpacked_old_home(tmp_path)

    verified = _run(home, "ledger", "verify")

    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "11 entries, each chained to the one before; 3 signed checkpoints fit." in verified.stdout
    assert "2 cases with their keyings, documents, receipts and pictures" in verified.stdout
    assert open_to_others(home) == []
    cases = [json.loads(line) for line in _run(home, "cases", "--json").stdout.splitlines()]
    assert [case["state"] for case in cases] == ["refused", "keyed"]
    vendors = tmp_path / "more.csv"
    vendors.write_text("Number,Name\nV99,Maple Paving\n", encoding="utf-8")
    assert _run(home, "vendors", "import", str(vendors)).returncode == 0
    assert "Signed: 12 entries." in _run(home, "ledger", "sign").stdout
    lines = [json.loads(line) for line in (home / "checkpoints.jsonl").read_text().splitlines()]
    assert [bool(line.get("previous")) for line in lines] == [False, False, False, True]
    assert "4 signed checkpoints fit" in _run(home, "ledger", "verify").stdout


def test_an_old_checkpoint_taken_out_before_a_chained_one_is_missed(tmp_path: Path) -> None:
    home = unpacked_old_home(tmp_path)
    vendors = tmp_path / "more.csv"
    vendors.write_text("Number,Name\nV99,Maple Paving\n", encoding="utf-8")
    _run(home, "vendors", "import", str(vendors))
    _run(home, "ledger", "sign")
    lines = (home / "checkpoints.jsonl").read_text().splitlines(keepends=True)
    (home / "checkpoints.jsonl").write_text("".join([*lines[:2], lines[3]]))

    done = _run(home, "ledger", "verify")

    assert done.returncode == 1
    assert "does not follow the one of" in done.stdout
