"""The command about the ledger: verify it with all that it records, or sign its head."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from cli.actor import actor
from keywright.archive import Archive
from keywright.database.models import LedgerEntry, StoredCase, StoredDocument
from keywright.errors import Stop
from keywright.ledger import checkpoints, ledger
from keywright.ledger.reconciliation import case_faults, document_faults, kept_entries, kept_faults, strangers
from keywright.settings.settings import Settings, settings
from keywright.terminal import SafeConsole

MOST = 20
"""The largest number of faults printed; with more, the backup is needed, not a longer list."""


def run_ledger(options: argparse.Namespace) -> int:
    """Verify the ledger, its checkpoints, and all that it records, or sign it; return 1 if something does not fit."""
    if options.after_loss and options.act != "sign":
        print("keywright: --after-loss goes with ./run ledger sign", file=sys.stderr)
        return 2
    if options.after_loss:
        checkpoint = checkpoints.sign_after_loss(settings(), actor=actor())
        print(f"Signed: {checkpoint.number} entries. The checkpoints start again; copy checkpoints.jsonl away now.")
        return 0
    if options.act == "sign":
        signed = checkpoints.sign(settings(), actor=actor())
        print(f"Signed: {signed.number} entries." if signed else "Nothing was written since the last checkpoint.")
        return 0
    return _print_verified(settings(), options.checkpoints, options.public_key)


def _print_verified(where: Settings, copy: Path | None, public: Path | None) -> int:
    """Verify chain, checkpoints, cases and files, print what does not fit, and return the exit status: 1 if any."""
    with _bar() as bar:
        faults = list(islice(_faults(where, copy, public, bar), MOST + 1))
    if faults:
        print(f"The ledger does not verify. {faults[0]}")
        print(*faults[1:MOST], sep="\n", end="\n" if faults[1:MOST] else "")
        print("… and more." if len(faults) > MOST else "", end="\n" if len(faults) > MOST else "")
        return 1
    count, _fault = checkpoints.verify(where.home, copy, public)
    entries, cases = LedgerEntry.objects.count(), StoredCase.objects.count()
    print(f"The ledger verifies: {entries} entries, each chained to the one before; {count} signed checkpoints fit.")
    for remark in checkpoints.losses():
        print(remark)
    print(f"{cases} cases with their keyings, documents, receipts and pictures match the ledger.")
    for path in islice(strangers(Archive(where.documents)), MOST):
        print(f"{path} belongs to no case. An interrupted start can leave a file like this; it can be removed.")
    return 0


def _faults(where: Settings, copy: Path | None, public: Path | None, bar: Bar) -> Iterator[str]:
    documents, receipts, pictures = (
        Archive(where.documents),
        Archive(where.receipts),
        Archive(where.pictures),
    )
    task = bar.add_task("Entries", total=LedgerEntry.objects.count())
    fault = ledger.verify(on_entries=lambda done, total: bar.update(task, completed=done, total=total)).fault
    yield from filter(None, [fault, _checkpoint_fault(where, copy, public)])
    task = bar.add_task("Cases", total=StoredCase.objects.count())
    yield from case_faults(lambda: bar.advance(task))
    task = bar.add_task("Documents", total=StoredDocument.objects.count())
    yield from document_faults(documents, lambda: bar.advance(task))
    task = bar.add_task("Receipts and pictures", total=kept_entries().count())
    yield from kept_faults(receipts, pictures, lambda: bar.advance(task))


def _checkpoint_fault(where: Settings, copy: Path | None, public: Path | None) -> str:
    try:
        return checkpoints.verify(where.home, copy, public)[1]
    except Stop as stop:
        return str(stop)


def _bar() -> Bar:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    screen = SafeConsole(stderr=True)
    return Bar(*columns, console=screen, transient=True, disable=not screen.is_terminal)
