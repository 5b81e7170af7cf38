"""The ledger tells every act once, in order, and shows what was done to it afterwards."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.db import transaction

from keywright.database.models import LedgerEntry, LedgerHead
from keywright.ledger import ledger

pytestmark = pytest.mark.usefixtures("database")


def _write(count: int) -> None:
    for number in range(count):
        with transaction.atomic():
            ledger.append("signed-in", actor="maria", body={"n": number, "é": ["ü"]})


def test_an_untouched_ledger_verifies() -> None:
    _write(5)

    assert ledger.verify() == ledger.Verification(5)


def test_an_empty_ledger_verifies() -> None:
    assert ledger.verify() == ledger.Verification(0)


def test_a_changed_entry_is_named() -> None:
    _write(5)
    LedgerEntry.objects.filter(number=3).update(body={"n": 99})

    faults = ledger.verify()

    assert faults.entries == 2
    assert faults.fault.startswith("Entry 3 (signed-in,")
    assert "was changed" in faults.fault


def test_an_entry_rewritten_with_a_fresh_hash_breaks_the_next() -> None:
    _write(5)
    entry = LedgerEntry.objects.get(number=3)
    entry.actor = "nobody"
    LedgerEntry.objects.filter(number=3).update(actor="nobody", hash=ledger.hash_of(entry))

    assert ledger.verify().fault == "Entry 4 (signed-in) does not follow the entry before it."


def test_a_removed_entry_is_named() -> None:
    _write(5)
    LedgerEntry.objects.filter(number=2).delete()

    assert ledger.verify().fault == "Entry 2 is missing: entry 3 stands in its place."


def test_a_cut_off_tail_shows() -> None:
    _write(5)
    LedgerEntry.objects.filter(number__gt=3).delete()

    assert ledger.verify().fault == "Entry 4 is missing: the ledger had 5 entries and shows 3."


def test_an_entry_needs_the_transaction_of_its_act() -> None:
    with pytest.raises(RuntimeError, match="in the transaction of its act"):
        ledger.append("signed-in", actor="maria")


def test_an_act_that_is_rolled_back_leaves_no_entry() -> None:
    _write(1)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ledger.append("signed-in", actor="maria")
        raise ZeroDivisionError

    assert LedgerEntry.objects.count() == LedgerHead.objects.get().number == 1


def test_an_unknown_event_is_refused() -> None:
    with pytest.raises(KeyError), transaction.atomic():
        ledger.append("something-happened", actor="maria")


def test_processes_that_write_at_once_make_one_chain(database: str, tmp_path: Path) -> None:
    program = (
        "from keywright.setup import open_records\n"
        "open_records()\n"
        "from django.db import transaction\n"
        "from keywright.ledger import ledger\n"
        "for n in range(25):\n"
        "    with transaction.atomic():\n"
        "        ledger.append('signed-in', actor='maria', body={'n': n})\n"
    )
    environment = {"KEYWRIGHT_HOME": str(tmp_path), "KEYWRIGHT_DATABASE_URL": database, "PATH": "/usr/bin:/bin"}
    writers = [subprocess.Popen([sys.executable, "-c", program], env=environment) for _ in range(4)]

    assert [writer.wait(60) for writer in writers] == [0] * 4
    assert ledger.verify() == ledger.Verification(100)
