"""Makes the learned reader's model: ``./run python -m bench.learned_reader train [PLACE]``.

It learns from the labelled documents for development, from the ``rules`` part of the other corpora, from the same with
other words for labels, and from bills that the demo draws. It prints how many values are right on programs that it
had not learned from, and writes the model that bots use, or another file.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.table import Table

from bench.learned_reader.drawn import drawn_lessons
from bench.learned_reader.fit import fitted
from bench.learned_reader.measure import rows_of_fields
from bench.learned_reader.papers import lessons_of, papers
from extractors.supplier_invoice.learned.model import PLACE, write_model
from keywright.terminal import SafeConsole


def main() -> int:
    """Train, measure on held-out programs, and write the model."""
    parser = argparse.ArgumentParser(prog="bench.learned_reader", description=__doc__)
    parser.add_argument("do", choices=["train"])
    parser.add_argument("place", nargs="?", type=Path, default=PLACE, help="where to write the model")
    options = parser.parse_args()
    screen = SafeConsole()
    lessons = [*lessons_of(papers()), *drawn_lessons()]
    result = fitted(lessons)
    write_model(result.model, options.place)
    table = Table("field", "values", "right", "sure", "sure and wrong", title="Programs held out")
    for row in rows_of_fields(result.held_out, lessons, result.model):
        table.add_row(*row)
    screen.print(table)
    size = options.place.stat().st_size / 1e6
    documents = sum(not lesson.varied for lesson in lessons)
    screen.print(f"Learned from {documents} documents; {size:.1f} MB written to {options.place}.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
