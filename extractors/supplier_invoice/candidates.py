"""A candidate: one possible value of a field, the print that shows it, and how strongly the page supports it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Generic, TypeVar

from extractors.supplier_invoice.layout.rows import InvoiceSheet
from extractors.supplier_invoice.signals import Signal, Signals
from keywright.model.fields import Field
from keywright.model.reading import Word, box_of, text_of

T = TypeVar("T")

#: How often values of a given strength were right, measured on labelled bills of many vendors; coarse on purpose.
MEASURED = ((0.0, 0.0), (0.3, 0.45), (0.5, 0.75), (0.6, 0.88), (0.7, 0.93), (0.8, 0.95), (0.9, 0.97), (1.0, 0.995))
#: Names of parties are wrong more often than numbers beside a label.
MEASURED_NAMES = ((0.0, 0.0), (0.5, 0.6), (0.65, 0.85), (0.75, 0.92), (0.85, 0.95), (0.9, 0.97), (1.0, 0.99))
#: The lowest confidence of a value that arithmetic proves, even where its engine doubts the words.
PROVEN = 0.97


@dataclass(frozen=True, slots=True)
class Candidate(Generic[T]):
    """A possible value: ``signals`` are what the page shows of it, ``strength`` (0-1) is how much they say together.

    ``rivals`` are the candidates it was chosen over, the strongest first.
    """

    value: T
    words: tuple[Word, ...]
    strength: float
    signals: Signals
    proven: bool = False
    rivals: tuple[Candidate[T], ...] = field(default=(), repr=False, compare=False)

    def times(self, factor: float, signal: Signal | None = None, detail: str = "") -> Candidate[T]:
        """Return the candidate with its strength multiplied, at most 0.99, and with the signal that is the reason."""
        signals = self.signals.plus(signal, detail) if signal else self.signals
        return replace(self, strength=min(0.99, self.strength * factor), signals=signals)


def best(candidates: Iterable[Candidate[T]]) -> Candidate[T] | None:
    """Return the strongest candidate, the first of equals; a value that the page repeats gains a little."""
    options = list(candidates)
    if not options:
        return None
    weights = {
        id(candidate): candidate.strength * _legible(candidate) + 0.02 * min(3, _repeats(candidate, options))
        for candidate in options
    }
    top = _with_rivals(max(options, key=lambda candidate: weights[id(candidate)]), options)
    weights[id(top)] = max(weights.values())
    rivals = [
        candidate
        for candidate in options
        if _contradict(candidate.value, top.value) and weights[id(candidate)] > 0.93 * weights[id(top)]
    ]
    return top.times(0.85, Signal.NEAR_RIVAL, str(rivals[0].value)) if rivals else top


def _contradict(value: object, another: object) -> bool:
    """Return whether two values contradict each other; a longer form of the same name does not."""
    if isinstance(value, str) and isinstance(another, str):
        short, long = sorted((value.casefold(), another.casefold()), key=len)
        return len(short) < 3 or short not in long
    return value != another


def surest(candidates: Iterable[Candidate[T]]) -> Candidate[T] | None:
    """Return the strongest candidate, the first of equals, of a field that a bill can rightly show several times."""
    options = list(candidates)
    return (
        _with_rivals(max(options, key=lambda candidate: candidate.strength * _legible(candidate)), options)
        if options
        else None
    )


def _with_rivals(top: Candidate[T], options: Iterable[Candidate[T]]) -> Candidate[T]:
    """Return the chosen candidate with the others as its rivals."""
    rivals = sorted(
        (candidate for candidate in options if candidate is not top), key=lambda candidate: -candidate.strength
    )
    return replace(top, rivals=tuple(rivals))


def _legible(candidate: Candidate[T]) -> float:
    """Return a factor (0.6-1) by which clear print wins over print that the engine could hardly read, like a logo."""
    engine = min((word.confidence for word in candidate.words), default=1.0)
    return 0.6 + 0.4 * max(0.0, min(1.0, engine / 0.9))


def _repeats(candidate: Candidate[T], options: list[Candidate[T]]) -> int:
    return sum(another.value == candidate.value and another.strength > 0.5 for another in options) - 1


def confidence(candidate: Candidate[T], names: bool = False) -> float:
    """Return the confidence in a candidate: its measured strength, times the engine's confidence in its worst word."""
    words = [max(0.0, min(1.0, word.confidence)) for word in candidate.words]
    engine = min(words) if words else 0.5
    evidence = _between(candidate.strength, MEASURED_NAMES if names else MEASURED)
    sure = evidence * (0.35 + 0.65 * engine if engine < 0.9 else 1.0)
    return round(max(sure, PROVEN) if candidate.proven else sure, 4)


def _between(strength: float, curve: tuple[tuple[float, float], ...]) -> float:
    """Return the value of a curve at a strength, by linear interpolation."""
    for (start, low), (end, high) in pairwise(curve):
        if strength <= end:
            return low + (high - low) * (strength - start) / (end - start)
    return curve[-1][1]


def field_of(name: str, candidate: Candidate[T], sheet: InvoiceSheet) -> Field[T]:
    """Return the candidate as a field, with the engine of its page as source."""
    page = candidate.words[0].box.page
    words = [word for word in candidate.words if word.box.page == page]
    return Field(
        name,
        candidate.value,
        text_of(candidate.words),
        confidence(candidate, name.endswith("_name")),
        sheet.engine(page),
        box_of(words),
    )
