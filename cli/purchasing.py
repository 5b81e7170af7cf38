"""The commands that import purchase orders and deliveries from a file."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar

from cli.actor import actor as command_line_actor
from keywright.model.document import fingerprint
from keywright.purchasing.import_file import delivered_orders, read_deliveries, read_orders
from keywright.purchasing.put_on_file import ListImported, orders_on_file, put_deliveries, put_orders
from keywright.terminal import SafeConsole


def run_orders(options: argparse.Namespace) -> int:
    """Import the purchase orders of a file: all of them, or none if the file has a fault."""
    import_orders(options.file, actor=command_line_actor())
    return 0


def run_deliveries(options: argparse.Namespace) -> int:
    """Import the deliveries of a file: all of them, or none if the file has a fault."""
    import_deliveries(options.file, actor=command_line_actor())
    return 0


def import_orders(path: Path, *, actor: str, screen: SafeConsole | None = None) -> ListImported:
    """Import the orders of a file, and print a summary. Raises Stop with the faults of the file."""
    out = screen or SafeConsole()
    orders, listed = read_orders(path)
    with _progress(path, len(orders), out) as advance:
        done = put_orders(orders, _source(path), actor=actor, on_progress=advance)
    _summarise(path, f"{len(orders)} orders", done, listed.ignored, out)
    return done


def import_deliveries(path: Path, *, actor: str, screen: SafeConsole | None = None) -> ListImported:
    """Import the deliveries of a file, and print a summary. Raises Stop with the faults of the file."""
    out = screen or SafeConsole()
    items, listed = read_deliveries(path, orders_on_file(delivered_orders(path)))
    with _progress(path, len(items), out) as advance:
        done = put_deliveries(items, _source(path), actor=actor, on_progress=advance)
    _summarise(path, f"{len(items)} delivered items", done, listed.ignored, out)
    return done


def _source(path: Path) -> dict[str, str]:
    return {"file": path.name, "sha256": fingerprint(path.read_bytes())}


@contextmanager
def _progress(path: Path, total: int, out: SafeConsole) -> Iterator[Callable[[int], object]]:
    """Show a bar while a list is put on file."""
    with Bar(
        TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), console=out, transient=True
    ) as bar:
        task = bar.add_task(path.name, total=total)
        yield lambda count: bar.advance(task, count)


def _summarise(path: Path, what: str, done: ListImported, ignored: Sequence[str], out: SafeConsole) -> None:
    out.print(
        f"{path.name}: {what}: {done.new} new, {done.changed} changed, {done.unchanged} unchanged.", highlight=False
    )
    if ignored:
        out.print(f"Columns not understood, and left out: {', '.join(ignored)}.", highlight=False)
