"""Counts how often the learned reader is right on programs that it has not learned from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from bench.learned_reader.fit import Guess
from bench.learned_reader.papers import Lesson
from extractors.supplier_invoice.learned.model import Model
from extractors.supplier_invoice.learned.reader import probability

SURE = 0.9
"""How sure the reader must be for its other value to be asked about (``extractors/supplier_invoice/votes.py``)."""


def rows_of_fields(guesses: Sequence[Guess], lessons: Sequence[Lesson], model: Model) -> Iterator[tuple[str, ...]]:
    """Yield a row for each field, and one for all: labelled values, the shares right and sure, and sure but wrong."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for guess in guesses:
        if guess.field in lessons[guess.lesson].truth:
            sure = probability(guess.score, guess.lead, model.sure[guess.field]) >= SURE
            for name in (guess.field, "all"):
                counts[name].update(values=1, right=guess.right, sure=sure, wrong=sure and not guess.right)
    for name, count in sorted(counts.items(), key=lambda item: item[0] == "all"):
        values = count["values"]
        shares = (f"{count[part] / values:.3f}" for part in ("right", "sure"))
        yield name, str(values), *shares, str(count["wrong"])
