"""Shows what an office learns: ``./run bench learning --manifest MANIFEST [--confirmations N] [--json]``.

Labelled documents stream into an empty office, in the order of the manifest. Each is received, read and checked as in
production; where a person is asked, the truth plays the clerk who confirms or corrects the fields; what the office
learns from that counts from the next document on. A vendor that is not on file is put on file at its first
confirmation. A bill comes in three days after its date. Nothing is posted: a document that passes its checks is keyed.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from os import cpu_count
from pathlib import Path

from rich.table import Table

from bench.corpus.documents import LabelledDocument, labelled
from bench.corpus.kept import look_at_all, seen
from bench.reading import progress_bar, step
from bench.stream.figures import COUNTS, StreamedDocument, all_figures, causes, faulty_fields, places_of
from extractors.extraction import ReadAs, extract
from keywright.arguments import zero_or_more
from keywright.bot import bot_named
from keywright.errors import Refer
from keywright.model.serialization import Json
from keywright.settings.settings import settings
from keywright.terminal import SafeConsole

BOT = "supplier-invoices"
SHOWN = ("all", "from the third on")


def main() -> int:
    """Let the documents stream in, and print the figures."""
    options = _options()
    screen = SafeConsole()
    documents = labelled(["invoices"], options.manifest)
    kept_in = settings().home
    with progress_bar(screen) as bar:
        look_at_all(documents, False, step(bar, "engines look", len(documents)))
        on_each = step(bar, "documents stream in", len(documents))
        outcomes = []
        with tempfile.TemporaryDirectory(prefix="keywright-bench-") as place:
            for outcome in _worked(documents, kept_in, Path(place), options.confirmations):
                outcomes.append(outcome)
                on_each()
    result = all_figures(outcomes)
    screen.print(_table(result))
    _print_causes(screen, outcomes)
    if options.json:
        print(json.dumps(result))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench learning", description=__doc__)
    parser.add_argument("--manifest", type=Path, help="labelled documents anywhere; files are relative to its folder")
    parser.add_argument("--confirmations", type=zero_or_more, help="so many confirmed documents in a row make trust")
    parser.add_argument("--json", action="store_true", help="print all figures as a last line of JSON")
    return parser.parse_args()


def _worked(
    documents: Sequence[LabelledDocument], kept_in: Path, place: Path, confirmations: int | None
) -> Iterator[StreamedDocument]:
    """Open an empty office in a folder, and yield what becomes of each document there.

    The general readers do not learn, so they read ahead in processes of their own.
    """
    with ProcessPoolExecutor(cpu_count() or 1) as readers:
        readings = readers.map(partial(_read, kept_in=kept_in), documents)
        home = place / "home"
        home.mkdir()
        os.environ["KEYWRIGHT_HOME"] = str(home)
        os.environ.pop("KEYWRIGHT_DATABASE_URL", None)
        if confirmations is not None:
            os.environ["KEYWRIGHT_CONFIRMATIONS"] = str(confirmations)
        settings.cache_clear()
        from keywright.setup import open_records

        open_records()
        from bench.stream.at_work import work

        yield from work(zip(documents, places_of(documents), readings, strict=True), bot_named(BOT))


def _read(document: LabelledDocument, kept_in: Path) -> ReadAs | Refer:
    """Return what the general readers read on a document, from what the engines saw on it."""
    what = seen(document.path, home=kept_in)
    if isinstance(what, Refer):
        return what
    try:
        return ReadAs(what, (extract(what, bot_named(BOT).reads),))
    except Refer as refused:
        return refused


def _table(result: Json) -> Table:
    table = Table("documents of a layout", *(name.replace("_", " ") for name in COUNTS), title="What an office learns")
    rows = {"all": result, **result["by_place"], **result.get("by_part", {})}
    for name, counts in rows.items():
        label = f"number {name}" if name in result["by_place"] else name if name == "all" else f"part {name}"
        table.add_row(label, *(str(counts[count]) for count in COUNTS))
    return table


def _print_causes(screen: SafeConsole, outcomes: Sequence[StreamedDocument]) -> None:
    """Print why people were asked from the third document of a layout on, and what was silently wrong."""
    later = [outcome for outcome in outcomes if outcome.place > 2]
    reasons = ", ".join(f"{rule} {count}" for rule, count in causes(later).items())
    screen.print(f"From the third document of a layout on, people were asked because of: {reasons or 'nothing'}.")
    needless = causes(outcome for outcome in later if outcome.right and outcome.document.payable)
    reasons = ", ".join(f"{rule} {count}" for rule, count in needless.items())
    screen.print(f"Of these, where every value was right: {reasons or 'nothing'}.")
    for name, confidences in faulty_fields(outcomes).items():
        sure = ", ".join("missing" if value is None else f"{value:.4f}" for value in confidences)
        screen.print(f"Silently wrong, {name}: {sure}")


if __name__ == "__main__":
    raise SystemExit(main())
