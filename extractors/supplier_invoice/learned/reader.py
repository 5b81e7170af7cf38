"""Reads an invoice by what was learned from labelled documents, and says how sure each value is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extractors.supplier_invoice.learned.features import (
    Candidates,
    Described,
    described,
    surroundings_say,
    word_scores,
)
from extractors.supplier_invoice.learned.grams import SURROUNDINGS, Floats, Numbers
from extractors.supplier_invoice.learned.model import FURTHEST, Model, shipped
from extractors.supplier_invoice.learned.spans import FIELDS, WordSpan
from extractors.supplier_invoice.learned.tokens import box_around
from keywright.model.fields import bare
from keywright.model.reading import Box, Reading

LOWEST, MOST_LEAD = -8.0, 8.0
"""The log-odds of the next value where there is no other, and the most that a lead counts."""


@dataclass(frozen=True, slots=True)
class LearnedValue:
    """A value as the learned reader proposes it: as it is written in JSON, its text, its box, and how sure it is.

    ``rivals`` are the next values, the likeliest first.
    """

    value: str
    text: str
    box: Box
    confidence: float
    rivals: tuple[tuple[str, Box], ...] = ()


def read_learned(reading: Reading, model: Model | None = None) -> dict[str, LearnedValue]:
    """Return the likeliest value of each field, however unlikely it is; a field without candidates has none."""
    known, document = model or shipped(), described(reading)
    return dict(_values(document, known)) if document.sheet.tokens else {}


def _values(document: Described, model: Model) -> Iterator[tuple[str, LearnedValue]]:
    for candidates in document.candidates:
        rows = rows_of(candidates, context_of(document, candidates, model.words[candidates.kind]))
        fields = FIELDS[candidates.kind]
        for number, field in enumerate(fields):
            few = likeliest(rows, number, len(fields))
            yield field, _best(document, candidates, few, model.trees[field].score(rows[few]), model.sure[field])


def context_of(document: Described, candidates: Candidates, weights: Floats) -> Floats:
    """Return what the surroundings of candidates say by weights."""
    return surroundings_say(candidates, word_scores(document, weights))


def rows_of(candidates: Candidates, context: Floats) -> Floats:
    """Return the rows that trees judge: plain figures, what surroundings say, and how far that is from the best."""
    return np.hstack([candidates.numbers, context, context - context.max(axis=0)])


def likeliest(rows: Floats, number: int, fields: int) -> Numbers:
    """Return the candidates for a field (of so many) of which the surroundings say most, all together."""
    width = len(SURROUNDINGS) * fields
    context = rows[:, -2 * width : -width][:, number::fields].sum(axis=1)
    return np.argsort(-context, kind="stable")[:FURTHEST]


def _best(
    document: Described, candidates: Candidates, few: Numbers, scores: Floats, sure: NDArray[np.float64]
) -> LearnedValue:
    """Return the value of the best candidate, with the next other values."""
    ranked: dict[str, tuple[float, WordSpan]] = {}
    for at in np.argsort(-scores, kind="stable"):
        span = candidates.spans[few[at]]
        ranked.setdefault(bare(span.value), (float(scores[at]), span))
    (score, best), *lower = ranked.values()
    rivals = tuple((span.value, _box(document, span)) for _, span in lower[:2])
    lead = score - (lower[0][0] if lower else LOWEST)
    return LearnedValue(best.value, best.text, _box(document, best), probability(score, lead, sure), rivals)


def probability(score: float, lead: float, sure: NDArray[np.float64]) -> float:
    """Return how likely the best value is right, from its log-odds and its lead over the next value."""
    start, slope, by_lead = sure
    log_odds = start + slope * score + by_lead * min(lead, MOST_LEAD)
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds))))


def _box(document: Described, span: WordSpan) -> Box:
    return box_around(document.sheet.tokens[span.first : span.stop])
