"""Signed checkpoints: who holds a copy and the public key sees a cut-off tail and a history that was rewritten."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.db import transaction

from keywright.cases.worker import Office
from keywright.database.models import LedgerEntry, LedgerHead
from keywright.errors import Stop
from keywright.ledger import checkpoints, ledger, signing_keys
from keywright.settings.settings import load


def _write(count: int, actor: str = "maria") -> None:
    for _ in range(count):
        with transaction.atomic():
            ledger.append("signed-in", actor=actor)


def _copied(office: Office, to: Path) -> tuple[Path, Path]:
    """Return the auditor's copies of the checkpoints and of the public key."""
    home = office.settings.home
    return (
        Path(shutil.copy(home / checkpoints.FILE, to / "copy.jsonl")),
        Path(shutil.copy(home / signing_keys.PUBLIC, to / "copy.pem")),
    )


def _forge(actor: str, count: int) -> None:
    """Write another history that verifies by itself, as one can who holds the database."""
    LedgerEntry.objects.all().delete()
    LedgerHead.objects.all().delete()
    _write(count, actor)


def test_a_head_is_signed_when_something_was_written_since(office: Office) -> None:
    assert checkpoints.sign(office.settings) is None
    _write(3)

    checkpoint = checkpoints.sign(office.settings)

    assert checkpoint is not None
    assert checkpoint.number == 3
    assert checkpoints.sign(office.settings) is None
    _write(2)
    assert checkpoints.sign(office.settings) is not None
    assert checkpoints.verify(office.settings.home) == (2, "")


def test_the_private_key_is_readable_by_its_owner_only(office: Office) -> None:
    _write(1)
    checkpoints.sign(office.settings)

    assert (office.settings.home / signing_keys.OWN).stat().st_mode & 0o777 == 0o600


def test_a_cut_off_tail_with_a_mended_head_is_noticed_by_the_checkpoints(office: Office) -> None:
    _write(5)
    checkpoints.sign(office.settings)
    LedgerEntry.objects.filter(number__gt=3).delete()
    LedgerHead.objects.update(number=3, hash=LedgerEntry.objects.get(number=3).hash)
    assert ledger.verify().fault == "", "the chain alone does not see it"

    _count, fault = checkpoints.verify(office.settings.home)

    assert fault.startswith("Entry 5 is missing: it was there at ")


def test_a_rewritten_history_with_a_new_key_is_noticed_by_who_holds_the_copies(office: Office, tmp_path: Path) -> None:
    _write(5)
    checkpoints.sign(office.settings)
    copy, public = _copied(office, tmp_path)
    for name in (checkpoints.FILE, signing_keys.PUBLIC, signing_keys.OWN):
        (office.settings.home / name).unlink()
    _forge("nobody", 6)
    checkpoints.sign(office.settings)
    assert ledger.verify().fault == ""
    assert checkpoints.verify(office.settings.home) == (1, ""), "the house itself sees nothing"

    _count, fault = checkpoints.verify(office.settings.home, copy, public)

    assert "is not the one that was signed" in fault
    _count, fault = checkpoints.verify(office.settings.home, public=public)
    assert "is not signed with the key of copy.pem" in fault


def test_a_changed_checkpoint_is_noticed(office: Office) -> None:
    _write(5)
    checkpoints.sign(office.settings)
    path = office.settings.home / checkpoints.FILE
    path.write_text(path.read_text().replace('"number": 5', '"number": 4'))

    assert "is not signed with the key" in checkpoints.verify(office.settings.home)[1]
    path.write_text("nonsense\n")
    with pytest.raises(Stop, match="line 1, is no checkpoint"):
        checkpoints.verify(office.settings.home)


def test_copies_that_are_not_there_are_told(office: Office, tmp_path: Path) -> None:
    with pytest.raises(Stop, match="There are no checkpoints at"):
        checkpoints.verify(office.settings.home, tmp_path / "none.jsonl")


def test_a_key_that_is_none_is_told_at_start() -> None:
    with pytest.raises(Stop, match="KEYWRIGHT_LEDGER_KEY=…: expected a private key in PEM") as stop:
        load({"KEYWRIGHT_LEDGER_KEY": "s3cret"})
    assert "s3cret" not in str(stop.value)


def test_a_key_kept_elsewhere_signs_in_the_place_of_the_homes_own(office: Office, tmp_path: Path) -> None:
    _write(1)
    checkpoints.sign(office.settings)
    elsewhere = tmp_path / "kept.pem"
    (office.settings.home / signing_keys.OWN).rename(elsewhere)
    environment = {"KEYWRIGHT_HOME": str(office.settings.home), "KEYWRIGHT_LEDGER_KEY_FILE": str(elsewhere)}
    _write(1)

    assert checkpoints.sign(load(environment)) is not None
    assert checkpoints.verify(office.settings.home) == (2, "")
    assert not (office.settings.home / signing_keys.OWN).exists()


def _signed_three_times(office: Office) -> Path:
    for _ in range(3):
        _write(2)
        checkpoints.sign(office.settings)
    assert checkpoints.verify(office.settings.home) == (3, "")
    return office.settings.home / checkpoints.FILE


@pytest.mark.parametrize("remaining", ["gone", "empty", "without the last", "without the first", "without the second"])
def test_checkpoints_that_were_removed_are_a_fault_as_the_ledger_tells_of_each(office: Office, remaining: str) -> None:
    path = _signed_three_times(office)
    lines = path.read_text().splitlines(keepends=True)
    keep = {"without the last": lines[:2], "without the first": lines[1:], "without the second": lines[::2]}
    path.write_text("".join(keep.get(remaining, [])))
    if remaining == "gone":
        path.unlink()

    fault = checkpoints.verify(office.settings.home)[1]

    assert "Restore the file from the copy." in fault


def test_nothing_is_signed_while_checkpoints_are_missing_so_that_the_copy_can_be_put_back(
    office: Office, tmp_path: Path
) -> None:
    path = _signed_three_times(office)
    copy = Path(shutil.move(path, tmp_path / "copy.jsonl"))
    _write(1)

    for whole in (True, False):
        with pytest.raises(Stop, match=r"has no checkpoint of .* Restore the file from the copy\..* sign --after-loss"):
            checkpoints.sign(office.settings, whole=whole)
    copy.rename(path)

    assert checkpoints.sign(office.settings) is not None
    assert checkpoints.verify(office.settings.home) == (4, "")
    assert checkpoints.losses() == []


def _lose(path: Path, how: str) -> None:
    """Lose checkpoints, or what they are compared with, as no tampering needs to."""
    lines = path.read_bytes().splitlines(keepends=True)
    if how == "the file is gone":
        path.unlink()
    elif how == "an old file was restored":
        path.write_bytes(lines[0])
    elif how == "the file is garbled":
        path.write_bytes(lines[0] + b"\0" * 20 + b"\n" + lines[2])
    elif how == "the first is gone":
        path.write_bytes(b"".join(lines[1:]))
    elif how == "the key is gone":
        for name in (signing_keys.OWN, signing_keys.PUBLIC):
            (path.parent / name).unlink()
    elif how == "an old database was restored":
        LedgerEntry.objects.filter(number__gt=3).delete()
        LedgerHead.objects.update(number=3, hash=LedgerEntry.objects.get(number=3).hash)


LOSSES = (
    "the file is gone",
    "an old file was restored",
    "the file is garbled",
    "the first is gone",
    "the key is gone",
    "an old database was restored",
)


@pytest.mark.parametrize("how", LOSSES)
def test_a_loss_that_cannot_be_mended_is_closed_told_for_ever_and_hides_no_later_one(office: Office, how: str) -> None:
    path, home = _signed_three_times(office), office.settings.home
    _lose(path, how)
    lost = path.read_bytes() if path.exists() else b""
    _write(1)
    with pytest.raises(Stop, match="--after-loss"):
        checkpoints.sign(office.settings)

    begun = checkpoints.sign_after_loss(office.settings, actor="it")

    assert checkpoints.verify(home) == (1, "")
    entry = LedgerEntry.objects.get(event=checkpoints.LOSS)
    assert (entry.actor, entry.number, begun.previous) == ("it", begun.number, checkpoints.FIRST)
    assert bool(entry.body["file"]) == bool(lost)
    assert not lost or (home / entry.body["file"]).read_bytes() == lost
    _write(1)
    assert checkpoints.sign(office.settings, whole=False) is not None
    assert checkpoints.verify(home) == (2, "")
    (remark,) = checkpoints.losses()
    assert entry.body["fault"] in remark
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    assert "Restore the file from the copy." in checkpoints.verify(home)[1], "a later loss is a fault as ever"


def test_a_loss_that_no_checkpoint_signs_excuses_nothing(office: Office) -> None:
    path = _signed_three_times(office)
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    with transaction.atomic():
        ledger.append(checkpoints.LOSS, actor="nobody", body={"fault": "oh dear", "file": ""})

    assert "has no checkpoint of" in checkpoints.verify(office.settings.home)[1]
    path.write_bytes(b"")
    assert "has no checkpoint of" in checkpoints.verify(office.settings.home)[1]
    with pytest.raises(Stop, match="is not signed"):
        checkpoints.sign(office.settings)


def test_no_loss_is_closed_where_nothing_is_lost_or_the_chain_itself_does_not_verify(office: Office) -> None:
    path = _signed_three_times(office)
    with pytest.raises(Stop, match="No checkpoint is missing"):
        checkpoints.sign_after_loss(office.settings, actor="it")
    path.unlink()
    LedgerEntry.objects.filter(number=1).update(actor="nobody")

    with pytest.raises(Stop, match=r"Entry 1 .* was changed"):
        checkpoints.sign_after_loss(office.settings, actor="it")
    assert not LedgerEntry.objects.filter(event=checkpoints.LOSS).exists()


def test_a_database_that_was_emptied_is_not_taken_for_one_with_nothing_new(office: Office) -> None:
    _signed_three_times(office)
    LedgerEntry.objects.all().delete()
    LedgerHead.objects.all().delete()

    with pytest.raises(Stop, match="Entry 2 is missing: it was there at"):
        checkpoints.sign(office.settings)


def test_a_key_that_an_earlier_version_took_out_of_the_public_file_is_still_known(
    office: Office, tmp_path: Path
) -> None:
    _signed_three_times(office)
    key, public = Ed25519PrivateKey.generate(), office.settings.home / signing_keys.PUBLIC
    elsewhere = tmp_path / "elsewhere.pem"
    elsewhere.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    settings = load({"KEYWRIGHT_HOME": str(office.settings.home), "KEYWRIGHT_LEDGER_KEY_FILE": str(elsewhere)})
    _write(1)

    assert checkpoints.verify(office.settings.home) == (3, "")
    assert checkpoints.sign(settings) is not None
    assert len(signing_keys.public_keys(public)) == 2
    assert checkpoints.verify(office.settings.home, public=public) == (4, "")


def test_a_public_file_that_is_gone_is_written_anew(office: Office) -> None:
    _signed_three_times(office)
    public = office.settings.home / signing_keys.PUBLIC
    public.unlink()
    _write(1)

    assert checkpoints.sign(office.settings) is not None
    assert checkpoints.verify(office.settings.home, public=public) == (4, "")


@pytest.mark.parametrize("cut", [1, 40])
def test_a_line_that_a_full_disk_cut_off_is_written_anew(office: Office, cut: int) -> None:
    path = _signed_three_times(office)
    _write(1)
    before = path.read_bytes()
    checkpoints.sign(office.settings)
    LedgerEntry.objects.order_by("-number")[0].delete()  # the ledger is told of a checkpoint once it is written
    last = LedgerEntry.objects.order_by("-number")[0]
    LedgerHead.objects.update(number=last.number, hash=last.hash)
    path.write_bytes(path.read_bytes()[:-cut])
    assert checkpoints.verify(office.settings.home)[1] == ""
    _write(1)

    assert checkpoints.sign(office.settings) is not None
    assert checkpoints.verify(office.settings.home)[1] == ""
    assert path.read_bytes().startswith(before)


def test_a_home_of_an_earlier_version_whose_checkpoints_are_gone_is_told_by_its_public_key(office: Office) -> None:
    path = _signed_three_times(office)
    LedgerEntry.objects.all().delete()  # an earlier version put no entry for a signature in the ledger
    LedgerHead.objects.all().delete()
    path.unlink()

    assert (
        "ledger_public.pem in the same folder shows that the ledger was signed"
        in checkpoints.verify(office.settings.home)[1]
    )


@pytest.mark.parametrize("whole", [True, False])
def test_a_chain_that_does_not_verify_is_never_signed(office: Office, whole: bool) -> None:
    _signed_three_times(office)
    LedgerEntry.objects.filter(number=1).update(actor="nobody")
    _write(1)
    before = (office.settings.home / checkpoints.FILE).read_text()

    with pytest.raises(Stop, match=r"The ledger does not verify, so its head is not signed. Entry 1 .* was changed"):
        checkpoints.sign(office.settings, whole=whole)
    assert (office.settings.home / checkpoints.FILE).read_text() == before


def test_a_long_chain_is_signed_from_the_last_checkpoint_and_as_a_whole_once_a_day(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "SHORT", 1)
    _signed_three_times(office)
    _write(1)

    checkpoints.sign(office.settings, whole=False)

    body = LedgerEntry.objects.filter(event=checkpoints.EVENT).order_by("-number")[0].body
    assert body["verified_from"] == 8 + 1
    LedgerEntry.objects.filter(number=1).update(actor="nobody")
    _write(1)
    assert checkpoints.sign(office.settings, whole=False) is not None, "it was verified as a whole today"
    monkeypatch.setattr(checkpoints, "A_WHOLE_EVERY", dt.timedelta(0))
    _write(1)
    with pytest.raises(Stop, match="Entry 1 "):
        checkpoints.sign(office.settings, whole=False)


def test_a_new_key_leaves_the_old_checkpoints_verifiable(office: Office, tmp_path: Path) -> None:
    _signed_three_times(office)
    (office.settings.home / signing_keys.OWN).unlink()
    _write(1)

    made = checkpoints.sign(office.settings)

    assert made is not None
    assert len(signing_keys.public_keys(office.settings.home / signing_keys.PUBLIC)) == 2
    assert checkpoints.verify(office.settings.home) == (4, "")


def _signer(rounds: int) -> str:
    return (
        "from keywright.setup import open_records\n"
        "open_records()\n"
        "from django.db import transaction\n"
        "from keywright.ledger import checkpoints, ledger\n"
        "from keywright.settings.settings import settings\n"
        f"for n in range({rounds}):\n"
        "    with transaction.atomic():\n"
        "        ledger.append('signed-in', actor='maria', body={'n': n})\n"
        "    checkpoints.sign(settings(), whole=False)\n"
    )


def _started_signers(count: int, rounds: int, database: str, home: Path) -> list[subprocess.Popen[bytes]]:
    environment = {"KEYWRIGHT_HOME": str(home), "KEYWRIGHT_DATABASE_URL": database, "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-c", _signer(rounds)]
    return [subprocess.Popen(command, env=environment) for _ in range(count)]


def test_robots_that_sign_at_once_make_one_chain_of_checkpoints(database: str, tmp_path: Path) -> None:
    signers = _started_signers(3, 8, database, tmp_path)

    assert [signer.wait(100) for signer in signers] == [0] * 3
    count, fault = checkpoints.verify(tmp_path)
    assert fault == ""
    assert count >= 8


def test_a_robot_that_signs_meanwhile_raises_no_false_alarm(database: str, tmp_path: Path) -> None:
    (signer,) = _started_signers(1, 400, database, tmp_path)
    try:
        while checkpoints.load(tmp_path / checkpoints.FILE) == []:
            assert signer.poll() is None
        verified = [checkpoints.verify(tmp_path) for _ in range(50)]
    finally:
        signer.kill()
        signer.wait()

    assert {fault for _count, fault in verified} == {""}
    assert verified[-1][0] > verified[0][0], "it did sign meanwhile"
