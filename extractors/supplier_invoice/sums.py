"""Compares amounts of a bill: equal except for rounding, and the rate that makes one amount of another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from extractors.supplier_invoice.candidates import Candidate
from extractors.supplier_invoice.signals import Signal, Signals
from keywright.model.reading import Word

CENT = Decimal("0.01")
ZERO = Decimal(0)
#: The usual rounding of a bill: each tax amount is rounded once, and some bills sum rounded lines.
NEAR = Decimal("0.02")
_RATES = """
5 13 15 19 20 21 10 7 22 23 25 6 8 9 12 5.5 14.975 9.975 16 17 18 24 27 4 2.1 8.25 8.5 7.7 8.1 14 11 3"""
COMMON_RATES = tuple(map(Decimal, _RATES.split()))


@dataclass(frozen=True, slots=True, eq=False)
class AmountOption:
    """One way to fill a role: a printed amount, or the sum of several tax amounts."""

    value: Decimal
    words: tuple[Word, ...]
    strength: float
    signals: Signals
    order: int
    whole: bool = False


def same(first: Decimal, second: Decimal, within: Decimal = NEAR) -> bool:
    """Return whether two amounts are equal except for rounding."""
    return abs(first - second) <= within


def rate_of(tax: Decimal, base: Decimal, rates: Iterable[Decimal] = ()) -> Decimal | None:
    """Return the percentage, printed or usual, that makes this tax from this base to the cent; or None."""
    for rate in (*rates, *COMMON_RATES):
        if same((base * rate / 100).quantize(CENT, ROUND_HALF_UP), tax, CENT):
            return rate
    return None


@dataclass(frozen=True, slots=True)
class Proof:
    """A sum on which amounts of the page agree: one of the signals of ``PROVES``, and the sum in figures."""

    signal: Signal
    figures: str


#: How strong an amount is at least that a sum proves; only the first proves it wholly.
PROVES = {Signal.SUM_PROVES: 0.97, Signal.ALLOWANCE_EXPLAINS: 0.9, Signal.LINES_ADD_UP: 0.9}


def as_candidate(option: AmountOption, proof: Proof | None = None) -> Candidate[Decimal]:
    """Return the option as a field's value; a sum that proves it makes it sure."""
    if proof is None:
        return Candidate(option.value, option.words, option.strength, option.signals)
    strength, signals = max(option.strength, PROVES[proof.signal]), option.signals.plus(proof.signal, proof.figures)
    return Candidate(option.value, option.words, strength, signals, proven=proof.signal is Signal.SUM_PROVES)
