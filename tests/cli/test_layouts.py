"""The commands about layouts, each as a fresh process: what is listed and shown, and what goes to another office."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keywright.database.layouts import LayoutVersion, StoredLayout
from keywright.database.models import LedgerEntry
from keywright.model.layout import LayoutState
from tests.doors import keywright
from tests.keywright.layouts.conftest import desk
from tests.keywright.layouts.drawn import QUILL, drawn, quill_bill
from tests.keywright.layouts.earning import TrainingDesk

__all__ = ["desk"]

pytestmark = pytest.mark.long


def layouts(home: Path, database: str, *arguments: str) -> tuple[int, str]:
    """Run ``keywright layouts`` on a database; return the exit status, and what it printed."""
    done = keywright("layouts", *arguments, home=home, KEYWRIGHT_DATABASE_URL=database, KEYWRIGHT_CONFIRMATIONS="2")
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def trusted(desk: TrainingDesk) -> StoredLayout:
    for month in (1, 2):
        desk.confirmed(desk.worked(drawn(quill_bill(month))))
    return StoredLayout.objects.get()


def test_the_list_has_senders_states_and_versions(trusted: StoredLayout, tmp_path: Path, database: str) -> None:
    status, printed = layouts(tmp_path, database, "list")
    assert status == 0
    assert f"{trusted.pk}" in printed and QUILL.name in printed and "trusted" in printed

    _, printed = layouts(tmp_path, database, "list", "--json")
    (row,) = map(json.loads, printed.splitlines())
    assert (row["number"], row["sender"], row["state"]) == (trusted.pk, QUILL.name, "trusted")
    assert (row["documents"], row["version"], row["held_versions"]) == (2, 2, 0)


def test_a_layout_is_shown_in_plain_words(trusted: StoredLayout, tmp_path: Path, database: str) -> None:
    status, printed = layouts(tmp_path, database, "show", str(trusted.pk))

    assert status == 0
    assert "2 of 2" in printed
    assert "right of “purchase order”" in printed
    assert QUILL.name in printed, "what is always the same"
    assert "Version 2 of 20" in printed and "in use" in printed


def test_masked_values_are_not_shown(trusted: StoredLayout, tmp_path: Path, database: str) -> None:
    for arguments in (("show", str(trusted.pk)), ("list",), ("list", "--json")):
        printed = keywright(
            *("layouts", *arguments),
            home=tmp_path,
            KEYWRIGHT_DATABASE_URL=database,
            KEYWRIGHT_MASKED_FIELDS="seller_name,seller_tax_id,iban",
        ).stdout
        assert QUILL.name not in printed and "845512300" not in printed and "GB82" not in printed, arguments


def test_another_office_learns_from_the_file_and_still_asks_for_its_own_confirmations(
    desk: TrainingDesk, trusted: StoredLayout, tmp_path: Path, database: str
) -> None:
    file = tmp_path / "quill.json"
    status, printed = layouts(tmp_path, database, "export", str(trusted.pk), "--out", str(file))
    assert status == 0 and str(file) in printed
    assert LedgerEntry.objects.filter(event="layout-exported").count() == 1

    other = f"sqlite:///{tmp_path / 'other.sqlite3'}"
    status, printed = layouts(tmp_path / "other", other, "import", str(file))
    assert status == 0, printed
    _, listed = layouts(tmp_path / "other", other, "list", "--json")
    (row,) = map(json.loads, listed.splitlines())
    assert (row["state"], row["documents"], row["sender"]) == ("learning", 0, QUILL.name)
    layouts(tmp_path / "other", other, "import", str(file))
    assert layouts(tmp_path / "other", other, "list", "--json")[1] == listed, "the same file is put on file once"

    (tmp_path / "bill.pdf").write_bytes(drawn(quill_bill(3)))
    read = keywright(
        *("read", "bill.pdf", "--json"), home=tmp_path, KEYWRIGHT_DATABASE_URL=other, KEYWRIGHT_CONFIRMATIONS="2"
    )
    reading = json.loads(read.stdout)
    assert reading["verdict"] == "refer"
    assert "profile" in reading["fields"]["purchase_order"]["votes"], "what the other office learned is used"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("show", "99"), "There is no layout 99. ./run layouts list shows them."),
        (("export", "99"), "There is no layout 99."),
        (("roll-back", "99"), "There is no layout 99."),
        (("take", "99", "1"), "There is no layout 99."),
        (("import", "nowhere.json"), "nowhere.json: No such file or directory."),
        (("import", "home.txt"), "The file is not a layout"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    tmp_path: Path, database: str, arguments: tuple[str, ...], sentence: str
) -> None:
    (tmp_path / "home.txt").write_text("not a layout")
    status, printed = layouts(tmp_path, database, *arguments)

    assert status == 1
    assert sentence in printed and "Traceback" not in printed


def test_a_version_is_rolled_back_and_taken_again(trusted: StoredLayout, tmp_path: Path, database: str) -> None:
    number = str(trusted.pk)
    assert layouts(tmp_path, database, "take", number, "7")[0] == 1

    status, printed = layouts(tmp_path, database, "roll-back", number)
    assert (status, "uses version 1 again" in printed) == (0, True)
    trusted.refresh_from_db()
    assert (trusted.version, trusted.state) == (1, LayoutState.LEARNING)
    assert LayoutVersion.objects.get(number=2).state == "rolled-back"

    status, printed = layouts(tmp_path, database, "take", number, "2")
    assert status == 0, printed
    trusted.refresh_from_db()
    assert trusted.version == 2
    assert layouts(tmp_path, database, "roll-back", number)[0] == 0


def test_reading_in_a_home_with_a_trusted_layout_says_key_and_in_a_fresh_one_refer(
    trusted: StoredLayout, tmp_path: Path, database: str
) -> None:
    (tmp_path / "bill.pdf").write_bytes(drawn(quill_bill(3)))

    known = _read(tmp_path / "bill.pdf", tmp_path, database)
    fresh = _read(tmp_path / "bill.pdf", tmp_path / "fresh", f"sqlite:///{tmp_path / 'fresh' / 'keywright.sqlite3'}")

    assert known["verdict"] == "key", known["findings"]
    assert fresh["verdict"] == "refer"
    assert "new-layout" in str(fresh["findings"])
    assert not (tmp_path / "fresh" / "keywright.sqlite3").exists(), "reading makes no database"


def _read(path: Path, home: Path, database: str) -> dict[str, object]:
    done = keywright(
        *("read", str(path), "--json"), home=home, KEYWRIGHT_DATABASE_URL=database, KEYWRIGHT_CONFIRMATIONS="2"
    )
    reading: dict[str, object] = json.loads(done.stdout)
    return reading
