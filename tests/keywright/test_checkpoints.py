"""Signed checkpoints: who holds a copy and the public key sees a cut-off tail and a history that was rewritten."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.db import transaction

from keywright import checkpoints, ledger
from keywright.errors import Stop
from keywright.office import Office
from keywright.records.models import LedgerEntry, LedgerHead
from keywright.settings import load


def _write(count: int, actor: str = "maria") -> None:
    for _ in range(count):
        with transaction.atomic():
            ledger.append("signed-in", actor=actor)


def _copied(office: Office, to: Path) -> tuple[Path, Path]:
    """Return the auditor's copies of the checkpoints and of the public key."""
    home = office.settings.home
    return (
        Path(shutil.copy(home / checkpoints.FILE, to / "copy.jsonl")),
        Path(shutil.copy(home / checkpoints.PUBLIC, to / "copy.pem")),
    )


def _forge(actor: str, count: int) -> None:
    """Write another history that verifies by itself, as one can who holds the database."""
    LedgerEntry.objects.all().delete()
    LedgerHead.objects.all().delete()
    _write(count, actor)


def test_a_head_is_signed_when_something_was_written_since(office: Office) -> None:
    assert checkpoints.sign(office.settings) is None
    _write(3)

    one = checkpoints.sign(office.settings)

    assert one is not None
    assert one.number == 3
    assert checkpoints.sign(office.settings) is None
    _write(2)
    assert checkpoints.sign(office.settings) is not None
    assert checkpoints.verify(office.settings.home) == (2, "")


def test_the_private_key_is_readable_by_its_owner_only(office: Office) -> None:
    _write(1)
    checkpoints.sign(office.settings)

    assert (office.settings.home / checkpoints.OWN).stat().st_mode & 0o777 == 0o600


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
    for name in (checkpoints.FILE, checkpoints.PUBLIC, checkpoints.OWN):
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
    with pytest.raises(Stop, match="KEYWRIGHT_LEDGER_KEY=…: expected a private key in PEM") as told:
        load({"KEYWRIGHT_LEDGER_KEY": "s3cret"})
    assert "s3cret" not in str(told.value)


def test_a_key_kept_elsewhere_signs_in_the_place_of_the_homes_own(office: Office, tmp_path: Path) -> None:
    _write(1)
    checkpoints.sign(office.settings)
    elsewhere = tmp_path / "kept.pem"
    (office.settings.home / checkpoints.OWN).rename(elsewhere)
    asked = {"KEYWRIGHT_HOME": str(office.settings.home), "KEYWRIGHT_LEDGER_KEY_FILE": str(elsewhere)}
    _write(1)

    assert checkpoints.sign(load(asked)) is not None
    assert checkpoints.verify(office.settings.home) == (2, "")
    assert not (office.settings.home / checkpoints.OWN).exists()
