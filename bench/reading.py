"""Reads the labelled documents and scores the readings: ``./run bench reading [--kind forms] [--fresh] [--show N]``.

It prints the figures overall and by language, text layer or scan, real or made; one row for each group goes to
``bench/history.csv``. Invoices are judged twice: with the weights of this checkout, and with weights that were fitted
without the document's vendor ("held out"). The second is the figure that counts for a new vendor.
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
from bench.corpus.scoring import groups_of, scored
from bench.corpus.verdicts import held_out_answers
from keywright.model.serialization import Json
from keywright.settings.settings import CHECKOUT, settings
from keywright.terminal import SafeConsole

HISTORY = CHECKOUT / "bench" / "history.csv"
COLUMNS = (
    "documents", "fields", "recall", "precision", "line_recall", "line_precision", "exact", "keyed",
    "straight_through", "silent_wrong",
)  # fmt: skip


def main() -> int:
    """Read, score, print, and keep a row a group."""
    options = _options()
    screen = SafeConsole()
    documents = labelled([options.kind])
    reads = read_documents(documents, options.fresh, screen)
    readings = [reading.result for reading in reads]
    _keep(readings, settings().home / "bench" / f"{options.kind}.jsonl")
    rows = rows_of(documents, readings, options.kind)
    if options.kind == "invoices":
        held_out = held_out_answers(reads, settings().refer_below)
        rows = [*rows, *((f"{name}, held out", row) for name, row in rows_of(documents, held_out, options.kind)[:5])]
    screen.print(_table(rows, options.kind))
    if options.show:
        print(scored(documents, readings, options.kind, options.show)[1])
    if not options.no_history:
        keep_history(HISTORY, options.kind, rows)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench reading", description=__doc__)
    parser.add_argument("--kind", default="invoices", choices=["invoices", "forms", "receipts"])
    parser.add_argument("--fresh", action="store_true", help="have the engines look again at every document")
    parser.add_argument("--show", type=int, default=0, help="print so many wrong or missing fields")
    parser.add_argument("--no-history", action="store_true", help="keep no row in bench/history.csv")
    return parser.parse_args()


def read_documents(documents: Sequence[LabelledDocument], fresh: bool, screen: SafeConsole) -> list[Read]:
    """Have the engines look, then read, with a bar for each."""
    with _bar(screen) as bar:
        look_at_all(documents, fresh, _step(bar, "engines look", len(documents)))
        return read_all(documents, _step(bar, "fields are read", len(documents)))


def _bar(screen: SafeConsole) -> Progress:
    parts = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*parts, console=screen, transient=True)


def _step(bar: Progress, description: str, total: int) -> Callable[[], None]:
    task = bar.add_task(description, total=total)
    return lambda: bar.advance(task)


def rows_of(documents: Sequence[LabelledDocument], readings: Sequence[Json], kind: str) -> list[tuple[str, Json]]:
    """Return the tool's figures for each group that has documents with labels."""
    rows = []
    for name, belongs in groups_of(documents).items():
        group_documents = [document for document in documents if belongs(document)]
        figures = scored(group_documents, readings, kind)[0]["whole"] if group_documents else {"documents": 0}
        if figures["documents"]:
            rows.append((name, figures))
    return rows


def _keep(readings: Sequence[Json], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(reading, ensure_ascii=False) + "\n" for reading in readings), encoding="utf-8")


def _table(rows: Sequence[tuple[str, Json]], kind: str) -> Table:
    table = Table("group", *(column.replace("_", " ") for column in COLUMNS), title=f"Reading of {kind}")
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
