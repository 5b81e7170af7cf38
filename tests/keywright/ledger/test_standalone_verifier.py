"""An auditor's own machine, with Python and nothing else, sees what was done to an exported ledger."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import transaction

from keywright.console.ledger.exports import json_lines
from keywright.database.models import LedgerEntry, LedgerHead
from keywright.ledger import checkpoints, ledger, signing_keys, standalone_verifier
from keywright.settings.settings import load

pytestmark = pytest.mark.django_db


def _write(count: int, actor: str = "maria") -> None:
    for number in range(count):
        with transaction.atomic():
            ledger.append("signed-in", actor=actor, body={"n": number, "é": ["ü"]})


def _export(home: Path) -> list[str]:
    entries = LedgerEntry.objects.order_by("number")
    lines = [line.decode() for line in json_lines(entries, lambda entry: entry.body)]
    (home / "ledger.jsonl").write_text("".join(lines), encoding="utf-8")
    return lines


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with an export of twelve entries, three checkpoints and the public key."""
    settings = load({"KEYWRIGHT_HOME": str(tmp_path)})
    for _ in range(3):
        _write(3)
        checkpoints.sign(settings)
    _export(tmp_path)
    return tmp_path


def _run(home: Path, *more: str, signed: bool = True) -> subprocess.CompletedProcess[str]:
    """Run the program as an auditor does: Python alone, without what is installed beside it."""
    program = home / "auditor" / "offline_ledger.py"
    program.parent.mkdir(exist_ok=True)
    program.write_bytes(Path(standalone_verifier.__file__).read_bytes())
    copies = ["--checkpoints", checkpoints.FILE, "--public-key", signing_keys.PUBLIC] if signed else []
    command = [sys.executable, "-I", "-S", str(program), "ledger.jsonl", *copies, *more]
    return subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=60)


def test_an_untouched_export_fits_its_checkpoints(home: Path) -> None:
    done = _run(home)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == "All 12 entries fit. All 3 checkpoints fit, and the last signs entry 11.\n"


def _change(lines: list[str], number: int, **changes: object) -> str:
    return json.dumps({**json.loads(lines[number - 1]), **changes}, ensure_ascii=False) + "\n"


TAMPERED: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "an entry changed": (lambda rows: [*rows[:4], _change(rows, 5, actor="eve"), *rows[5:]], "Entry 5 was changed"),
    "an entry taken out": (lambda rows: [*rows[:4], *rows[5:]], "Entry 5 is missing: entry 6 stands in its place"),
    "the first taken out": (lambda rows: rows[1:], "Entry 1 is missing: entry 2 stands in its place"),
    "two in another order": (lambda rows: [*rows[:3], rows[4], rows[3], *rows[5:]], "Entry 4 is missing"),
    "an entry twice": (lambda rows: [*rows[:4], rows[3], *rows[4:]], "out of order"),
    "the tail cut off": (lambda rows: rows[:10], "Entry 11 is missing: it was there at"),
    "all gone": (lambda _rows: [], "Entry 3 is missing: it was there at"),
    "no JSON": (lambda rows: [*rows[:2], "{oops\n", *rows[3:]], "Line 3 is no entry of a ledger"),
    "no entry": (lambda rows: [*rows[:2], '{"number": 3}\n', *rows[3:]], "Line 3 is no entry of a ledger"),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_what_was_done_to_the_entries_is_named(home: Path, how: str) -> None:
    tamper, fault = TAMPERED[how]
    lines = (home / "ledger.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (home / "ledger.jsonl").write_text("".join(tamper(lines)), encoding="utf-8")

    done = _run(home)

    assert (done.returncode, done.stderr) == (1, "")
    assert fault in done.stdout


def test_a_history_that_was_written_anew_and_verifies_by_itself_is_named(home: Path) -> None:
    LedgerEntry.objects.all().delete()
    LedgerHead.objects.all().delete()
    _write(12, actor="nobody")
    _export(home)
    assert _run(home, signed=False).returncode == 0, "the chain alone does not see it"

    done = _run(home)

    assert done.returncode == 1
    assert "Entry 3 is not the one that was signed at" in done.stdout


def _forged(line: str) -> str:
    """Return a checkpoint that another key has signed, and that still names the true one."""
    entry = json.loads(line)
    signature = Ed25519PrivateKey.generate().sign(checkpoints.Checkpoint(**entry).signed)
    return json.dumps({**entry, "signature": base64.b64encode(signature).decode()})


TAMPERED_CHECKPOINTS: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "one taken out": (lambda rows: [rows[0], rows[2]], "does not follow the one of"),
    "the first taken out": (lambda rows: rows[1:], "are missing"),
    "moved": (lambda rows: [rows[1], rows[0], rows[2]], "are missing"),
    "emptied": (lambda _rows: [], "There are no checkpoints in the file"),
    "signed by another key": (lambda rows: [*rows[:2], _forged(rows[2])], "is not signed with this public key"),
    "another number": (lambda rows: [*rows[:2], rows[2].replace('"number": 11', '"number": 10')], "is not signed"),
    "a number that is none": (lambda rows: [rows[0].replace('"number": 3', '"number": "3"')], "is no checkpoint"),
    "no checkpoint": (lambda rows: [*rows[:2], "[]"], "Line 3 of the checkpoints is no checkpoint"),
}


@pytest.mark.parametrize("how", TAMPERED_CHECKPOINTS)
def test_what_was_done_to_the_checkpoints_is_named(home: Path, how: str) -> None:
    tamper, fault = TAMPERED_CHECKPOINTS[how]
    lines = (home / checkpoints.FILE).read_text(encoding="utf-8").splitlines()
    (home / checkpoints.FILE).write_text("\n".join(tamper(lines)), encoding="utf-8")

    done = _run(home)

    assert (done.returncode, done.stderr) == (1, "")
    assert fault in done.stdout


def test_an_export_that_was_filtered_is_verified_as_a_part_only_if_the_auditor_says_so(home: Path) -> None:
    lines = (home / "ledger.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (home / "ledger.jsonl").write_text("".join(lines[1:6] + lines[8:]), encoding="utf-8")

    done = _run(home, "--part")

    assert done.returncode == 0
    assert "with 2 gaps; the entries in the gaps are not verified" in done.stdout
    assert _run(home).returncode == 1


def test_a_copy_of_the_checkpoints_that_is_older_than_the_export_fits(home: Path) -> None:
    lines = (home / checkpoints.FILE).read_text(encoding="utf-8").splitlines(keepends=True)
    (home / checkpoints.FILE).write_text("".join(lines[:2]), encoding="utf-8")

    assert _run(home).returncode == 0


def test_a_loss_that_was_closed_is_told_and_a_later_one_is_a_fault(home: Path) -> None:
    settings, file = load({"KEYWRIGHT_HOME": str(home)}), home / checkpoints.FILE
    older = file.read_bytes()
    file.unlink()
    checkpoints.sign_after_loss(settings, actor="it")
    _write(1)
    checkpoints.sign(settings)
    lines = _export(home)

    done = _run(home)

    assert done.returncode == 0, done.stdout
    assert "All 2 checkpoints fit" in done.stdout
    assert "Entry 13 (" in done.stdout
    assert "by it) says that checkpoints were lost" in done.stdout
    newer = file.read_bytes()
    file.write_bytes(older)
    assert _run(home).returncode == 0, "an older copy still fits what it signed"
    file.write_bytes(newer)
    (home / "ledger.jsonl").write_text("".join([*lines[:12], *lines[13:]]), encoding="utf-8")
    assert _run(home, "--part").returncode == 0, "the loss may lie in a gap"
    forged = [line for line in lines if '"checkpoints-lost"' not in line]
    (home / "ledger.jsonl").write_text("".join(forged), encoding="utf-8")
    assert _run(home).returncode == 1


def test_a_loss_that_no_checkpoint_signs_excuses_nothing(home: Path) -> None:
    lines = (home / checkpoints.FILE).read_text(encoding="utf-8").splitlines(keepends=True)
    (home / checkpoints.FILE).write_text("".join([*lines[:1], lines[2]]), encoding="utf-8")
    with transaction.atomic():
        ledger.append(checkpoints.LOSS, actor="nobody", body={"fault": "oh dear", "file": ""})
    _export(home)

    assert _run(home).returncode == 1


def test_signatures_are_verified_as_the_library_does_it() -> None:
    for length in (0, 1, 64, 1000):
        key, text = Ed25519PrivateKey.generate(), b"\xe9" * length
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        signature = key.sign(text)

        assert standalone_verifier.is_signature(signature, text, public)
        assert not standalone_verifier.is_signature(signature, text + b"x", public)
        assert not standalone_verifier.is_signature(signature[:-1] + bytes([signature[-1] ^ 1]), text, public)
        assert not standalone_verifier.is_signature(signature[:32] + b"\xff" * 32, text, public)
