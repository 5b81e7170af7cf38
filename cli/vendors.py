"""How the command line puts the vendors of a file on file, and tells what became of them."""

from __future__ import annotations

from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar

from keywright.model.document import fingerprint
from keywright.terminal import Screen
from keywright.vendors import bank_accounts
from keywright.vendors.import_file import read_vendors
from keywright.vendors.master import Imported, put_on_file


def import_vendors(path: Path, *, actor: str, screen: Screen | None = None) -> Imported:
    """Put the vendors of a file on file, with a bar and a summary. Raises Stop with every fault of the file."""
    out = screen or Screen()
    listed = read_vendors(path)
    source = {"file": path.name, "sha256": fingerprint(path.read_bytes())}
    with Bar(
        TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), console=out, transient=True
    ) as bar:
        task = bar.add_task(path.name, total=len(listed.vendors))
        done = put_on_file(
            listed.vendors, source, actor=actor, columns=listed.columns, on_vendor=lambda: bar.advance(task)
        )
    out.print(
        f"{path.name}: {len(listed.vendors)} vendors: {len(done.new)} new, {len(done.changed)} changed, "
        f"{done.unchanged} unchanged.",
        highlight=False,
    )
    if waiting := bank_accounts.waiting().count():
        accounts = "1 bank account waits" if waiting == 1 else f"{waiting} bank accounts wait"
        out.print(f"{accounts} for a supervisor to confirm it under “To confirm” in the console.", highlight=False)
    if done.absent:
        out.print(f"{done.absent} vendors on file are not in it; they stay as they are.", highlight=False)
    if listed.ignored:
        out.print(f"Not understood, and left out: {', '.join(listed.ignored)}.", highlight=False)
    return done
