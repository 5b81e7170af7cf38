"""Reads labelled documents and scores the readings: ``./run bench reading [--manifest MANIFEST] [--json]``.

It prints the figures overall and by language, text layer or scan, real or made, and part. A manifest can be anywhere;
without it, the documents are those for development (``dev``), and one row for each group goes to
``bench/history.csv``. The layouts are unknown, as they are to a new office: with ``KEYWRIGHT_CONFIRMATIONS=0`` the
figures of what is keyed are those of the confidence alone.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bench.corpus.documents import LabelledDocument, labelled
from bench.corpus.examples import Read, read_all
from bench.corpus.kept import look_at_all
from bench.corpus.scoring import groups_of, score
from keywright.model.serialization import Json
from keywright.settings.settings import CHECKOUT, settings
from keywright.terminal import SafeConsole

HISTORY = CHECKOUT / "bench" / "history.csv"
COLUMNS = (
    "documents", "fields", "recall", "precision", "line_recall", "line_precision", "exact", "keyed",
    "straight_through", "silent_wrong",
)  # fmt: skip


def main() -> int:
    """Read, score, print, and keep a row a group if the documents are those for development."""
    options = _options()
    screen = SafeConsole()
    documents = labelled([options.kind], options.manifest)
    reads = read_documents(documents, options.fresh, screen)
    readings = [reading.result for reading in reads]
    _keep(readings, settings().home / "bench" / f"{_title(options)}.jsonl")
    rows = rows_of(documents, readings)
    screen.print(_table(rows, _title(options)))
    for fault in score(documents, readings).faults[: options.show]:
        print(f"  {fault}")
    if options.history if options.manifest else not options.no_history:
        keep_history(HISTORY, _title(options), rows)
    if options.json:
        print(json.dumps(dict(rows)))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench reading", description=__doc__)
    parser.add_argument("--manifest", type=Path, help="labelled documents anywhere; files are relative to its folder")
    parser.add_argument("--kind", default="invoices", choices=["invoices", "forms", "receipts"])
    parser.add_argument("--json", action="store_true", help="print the figures of all groups as a last line of JSON")
    parser.add_argument("--fresh", action="store_true", help="have the engines look again at every document")
    parser.add_argument("--show", type=int, default=0, help="print so many wrong or missing fields")
    parser.add_argument("--no-history", action="store_true", help="keep no row in bench/history.csv")
    parser.add_argument("--history", action="store_true", help="keep rows of a manifest, too")
    return parser.parse_args()


def _title(options: argparse.Namespace) -> str:
    """Return what the figures are of: the kind, and the folder of the manifest."""
    return f"{options.kind} of {options.manifest.resolve().parent.name}" if options.manifest else str(options.kind)


def read_documents(documents: Sequence[LabelledDocument], fresh: bool, screen: SafeConsole) -> list[Read]:
    """Have the engines look, then read, with a bar for each."""
    with progress_bar(screen) as bar:
        look_at_all(documents, fresh, step(bar, "engines look", len(documents)))
        return read_all(documents, step(bar, "fields are read", len(documents)))


def progress_bar(screen: SafeConsole) -> Progress:
    """Return bars for long work, gone when it ends."""
    parts = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*parts, console=screen, transient=True)


def step(bar: Progress, description: str, total: int) -> Callable[[], None]:
    """Add a bar, and return what moves it on by one."""
    task = bar.add_task(description, total=total)
    return lambda: bar.advance(task)


def rows_of(documents: Sequence[LabelledDocument], readings: Sequence[Json]) -> list[tuple[str, Json]]:
    """Return the figures for each group that has documents with labels."""
    rows = []
    for name, belongs in groups_of(documents).items():
        figures = score([document for document in documents if belongs(document)], readings).figures()
        if figures["documents"]:
            rows.append((name, figures))
    return rows


def _keep(readings: Sequence[Json], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(reading, ensure_ascii=False) + "\n" for reading in readings), encoding="utf-8")


def _table(rows: Sequence[tuple[str, Json]], title: str) -> Table:
    table = Table("group", *(column.replace("_", " ") for column in COLUMNS), title=f"Reading of {title}")
    for name, figures in rows:
        table.add_row(name, *(_told(figures.get(column)) for column in COLUMNS))
    return table


def _told(figure: object) -> str:
    return f"{figure:.3f}" if isinstance(figure, float) else "" if figure is None else str(figure)


def keep_history(path: Path, kind: str, rows: Sequence[tuple[str, Json]]) -> None:
    """Add a dated row for each group, under a head that is written once."""
    new = not path.exists()
    today = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M")
    with path.open("a", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        if new:
            out.writerow(("when (UTC)", "kind", "group", *COLUMNS))
        for name, figures in rows:
            out.writerow((today, kind, name, *(figures.get(column, "") for column in COLUMNS)))


if __name__ == "__main__":
    raise SystemExit(main())
