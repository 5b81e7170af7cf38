"""The command that imports vendors from a file into the vendor master."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar

from cli.actor import actor as command_line_actor
from keywright.model.document import fingerprint
from keywright.terminal import SafeConsole
from keywright.vendors import bank_accounts
from keywright.vendors.import_file import read_vendors
from keywright.vendors.master import Imported, put_on_file


def run_vendors(options: argparse.Namespace) -> int:
    """Import the vendors of a file: all of them, or none if the file has a fault."""
    import_vendors(options.file, actor=command_line_actor())
    return 0


def import_vendors(path: Path, *, actor: str, screen: SafeConsole | None = None) -> Imported:
    """Import the vendors of a file, and print a summary. Raises Stop with every fault of the file."""
    out = screen or SafeConsole()
    file = read_vendors(path)
    source = {"file": path.name, "sha256": fingerprint(path.read_bytes())}
    with Bar(
        TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), console=out, transient=True
    ) as bar:
        task = bar.add_task(path.name, total=len(file.vendors))
        done = put_on_file(file.vendors, source, actor=actor, columns=file.columns, on_vendor=lambda: bar.advance(task))
    out.print(
        f"{path.name}: {len(file.vendors)} vendors: {len(done.new)} new, {len(done.changed)} changed, "
        f"{done.unchanged} unchanged.",
        highlight=False,
    )
    if waiting := bank_accounts.waiting().count():
        accounts = "1 bank account waits" if waiting == 1 else f"{waiting} bank accounts wait"
        out.print(f"{accounts} for a supervisor to confirm it under “Confirmations” in the console.", highlight=False)
    if done.absent:
        out.print(f"{done.absent} vendors on file are not in the file; they stay unchanged.", highlight=False)
    if file.ignored:
        out.print(f"Columns not understood, and left out: {', '.join(file.ignored)}.", highlight=False)
    return done
