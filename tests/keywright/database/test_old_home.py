"""A home that an earlier version made opens, verifies and goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from keywright.settings.settings import CHECKOUT
from tests.home import open_to_others, unpacked_home_before_the_rooms, unpacked_old_home


def _run(home: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "KEYWRIGHT_HOME": str(home), **settings}
    command = [sys.executable, "-m", "cli", *arguments]
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


def test_a_home_whose_earlier_version_forgot_its_own_key_verifies_and_is_signed_on(tmp_path: Path) -> None:
    home, elsewhere = unpacked_old_home(tmp_path), tmp_path / "elsewhere.pem"
    key = Ed25519PrivateKey.generate()
    elsewhere.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (home / "ledger_public.pem").write_bytes(public)  # as the earlier version did with KEYWRIGHT_LEDGER_KEY_FILE
    environment = {"KEYWRIGHT_LEDGER_KEY_FILE": str(elsewhere)}

    verified = _run(home, "ledger", "verify", **environment)

    assert verified.returncode == 0, verified.stdout + verified.stderr
    vendors = tmp_path / "more.csv"
    vendors.write_text("Number,Name\nV99,Maple Paving\n", encoding="utf-8")
    _run(home, "vendors", "import", str(vendors), **environment)
    assert "Signed: 12 entries." in _run(home, "ledger", "sign", **environment).stdout
    assert (home / "ledger_public.pem").read_bytes().count(b"BEGIN PUBLIC KEY") == 2
    assert "4 signed checkpoints fit" in _run(home, "ledger", "verify", **environment).stdout


def test_a_run_says_that_the_ledger_is_not_signed_and_it_closes_a_loss_that_cannot_be_mended(tmp_path: Path) -> None:
    home = unpacked_old_home(tmp_path)
    (home / "checkpoints.jsonl").unlink()

    worked = _run(home, "work", "supplier-invoices")

    assert worked.returncode == 1, worked.stdout + worked.stderr
    assert "checkpoints.jsonl is missing or empty" in worked.stderr
    assert "./run ledger sign --after-loss" in worked.stderr
    assert "Traceback" not in worked.stderr
    assert "receipts" not in worked.stderr
    assert _run(home, "ledger", "sign").returncode == 1
    closed = _run(home, "ledger", "sign", "--after-loss")
    assert closed.returncode == 0, closed.stdout + closed.stderr
    assert "Signed: 12 entries. The checkpoints start again" in closed.stdout
    assert _run(home, "work", "supplier-invoices").returncode == 0
    verified = _run(home, "ledger", "verify")
    assert verified.returncode == 0
    assert "1 signed checkpoints fit" in verified.stdout
    assert "Entry 12 (" in verified.stdout
    assert "checkpoints were lost and started again" in verified.stdout
    assert _run(home, "ledger", "verify", "--after-loss").returncode == 2


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


REJECTS = """
from keywright.setup import open_records
open_records()
from keywright.cases import casebook
from keywright.review import close
case = casebook.get("2")
print([(finding.rule, finding.message, finding.fields) for finding in case.findings])
close.refuse(case, "not-ours", person="maria")
"""


def test_a_home_of_the_version_before_the_rooms_verifies_shows_its_cases_and_is_worked_on(tmp_path: Path) -> None:
    home = unpacked_home_before_the_rooms(tmp_path)

    verified = _run(home, "ledger", "verify")

    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "14 entries, each chained to the one before; 2 signed checkpoints fit." in verified.stdout
    assert "2 cases with their keyings, documents, receipts and pictures" in verified.stdout
    cases = {case["file"]: case for case in map(json.loads, _run(home, "cases", "--json").stdout.splitlines())}
    assert {name: case["state"] for name, case in cases.items()} == {
        "brightwater-4471.pdf": "keyed",
        "escarpment-wrong-sum.pdf": "referred",
    }
    assert cases["escarpment-wrong-sum.pdf"]["reason"].startswith("ETC-2298: total 5168.70 is not 4590.00 + 596.70")
    environment = {**os.environ, "KEYWRIGHT_HOME": str(home)}
    command = [sys.executable, "-c", REJECTS]
    rejected = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, cwd=CHECKOUT)
    assert rejected.returncode == 0, rejected.stderr
    assert "('BR-CO-15', 'ETC-2298: total 5168.70 is not 4590.00 + 596.70 (BR-CO-15)." in rejected.stdout
    assert "Signed: 15 entries." in _run(home, "ledger", "sign").stdout
    verified = _run(home, "ledger", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "3 signed checkpoints fit." in verified.stdout
