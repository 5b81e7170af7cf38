"""How the command line verifies the ledger, and tells whether the office is as the ledger tells."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from keywright.database.models import LedgerEntry, StoredCase, StoredDocument
from keywright.errors import Stop
from keywright.ledger import checkpoints, ledger
from keywright.ledger.reconciliation import case_faults, document_faults, kept_entries, kept_faults, strangers
from keywright.model.document import Archive
from keywright.settings.settings import Settings
from keywright.terminal import Screen

MOST = 20
"""As many faults are told; who has more needs the backup, not a longer list."""


def tell_verified(settings: Settings, copy: Path | None, public: Path | None) -> int:
    """Verify chain, checkpoints, cases and files, tell what does not fit, and return the exit status: 1 if any."""
    with _bar() as bar:
        faults = list(islice(_faults(settings, copy, public, bar), MOST + 1))
    if faults:
        print(f"The ledger does not verify. {faults[0]}")
        print(*faults[1:MOST], sep="\n", end="\n" if faults[1:MOST] else "")
        print("… and more." if len(faults) > MOST else "", end="\n" if len(faults) > MOST else "")
        return 1
    count, _fault = checkpoints.verify(settings.home, copy, public)
    entries, cases = LedgerEntry.objects.count(), StoredCase.objects.count()
    print(f"The ledger verifies: {entries} entries, each chained to the one before; {count} signed checkpoints fit.")
    for remark in checkpoints.losses():
        print(remark)
    print(f"{cases} cases with their keyings, documents, receipts and pictures are as the ledger tells.")
    for path in islice(strangers(Archive(settings.documents)), MOST):
        print(f"{path} belongs to no case. A start that was interrupted may leave such a file; it can be removed.")
    return 0


def _faults(settings: Settings, copy: Path | None, public: Path | None, bar: Bar) -> Iterator[str]:
    documents, receipts, pictures = (
        Archive(settings.documents),
        Archive(settings.receipts),
        Archive(settings.pictures),
    )
    task = bar.add_task("Entries", total=LedgerEntry.objects.count())
    fault = ledger.verify(on_entries=lambda done, total: bar.update(task, completed=done, total=total)).fault
    yield from filter(None, [fault, _checkpoint_fault(settings, copy, public)])
    task = bar.add_task("Cases", total=StoredCase.objects.count())
    yield from case_faults(lambda: bar.advance(task))
    task = bar.add_task("Documents", total=StoredDocument.objects.count())
    yield from document_faults(documents, lambda: bar.advance(task))
    task = bar.add_task("Receipts and pictures", total=kept_entries().count())
    yield from kept_faults(receipts, pictures, lambda: bar.advance(task))


def _checkpoint_fault(settings: Settings, copy: Path | None, public: Path | None) -> str:
    try:
        return checkpoints.verify(settings.home, copy, public)[1]
    except Stop as stop:
        return str(stop)


def _bar() -> Bar:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    screen = Screen(stderr=True)
    return Bar(*columns, console=screen, transient=True, disable=not screen.is_terminal)
