"""A document is kept under its hash, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from keywright.archive import Archive, Damage, FileFault
from keywright.errors import Stop
from keywright.model.document import fingerprint


def test_what_is_put_is_got_back_under_its_hash(tmp_path: Path) -> None:
    archive = Archive(tmp_path)

    sha256 = archive.put(b"an invoice")

    assert sha256 == fingerprint(b"an invoice") == archive.put(b"an invoice")
    assert archive.get(sha256) == b"an invoice"
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 1


def test_a_file_that_was_changed_or_lost_stops_the_work(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    sha256 = archive.put(b"an invoice")
    archive.path(sha256).write_bytes(b"another")

    with pytest.raises(Stop, match="was changed"):
        archive.get(sha256)
    archive.path(sha256).unlink()
    with pytest.raises(Stop, match="is missing"):
        archive.get(sha256)


def test_what_is_wrong_with_a_stored_file_is_typed_and_reads_as_the_end_of_a_sentence(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    sha256 = archive.put(b"an invoice")
    assert archive.fault_of(sha256) is None

    archive.path(sha256).write_bytes(b"another")
    assert archive.fault_of(sha256) == FileFault(Damage.CHANGED)
    archive.path(sha256).unlink()
    assert archive.fault_of(sha256) == FileFault(Damage.MISSING)
    archive.path(sha256).mkdir()
    unreadable = archive.fault_of(sha256)

    assert unreadable == FileFault(Damage.UNREADABLE, "Is a directory")
    assert f"The file {unreadable}." == "The file cannot be read (Is a directory)."


def test_a_half_written_file_is_written_again(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    sha256 = archive.put(b"an invoice")
    archive.path(sha256).write_bytes(b"an inv")

    archive.put(b"an invoice")

    assert archive.get(sha256) == b"an invoice"


def test_a_disk_that_takes_nothing_stops_the_work_and_leaves_no_trace(tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"")  # a file stands where the archive's folder should be

    with pytest.raises(Stop, match="Could not store a file"):
        Archive(tmp_path / "taken").put(b"an invoice")
