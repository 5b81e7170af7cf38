"""Fits the weights of the evidence: a logistic regression in plain Python, pulled towards a prior, then levelled."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from extractors.supplier_invoice.confidence.calibration import Calibration, terms_of
from extractors.supplier_invoice.confidence.evidence import Feature

#: How hard each weight is pulled to its prior, and each field to the common start.
PULL = 1.0
FIELD_PULL = 0.5
#: What is known before any document is labelled: what the rules were made to tell, tells something. With few vendors
#: a kind of error is often one vendor's alone, and weights fitted without that vendor would know nothing of it.
PRIOR: dict[str, float] = {
    Feature.STRENGTH: 3.0,
    Feature.LEGIBLE: 1.5,
    Feature.LEGIBLE_OVER_60: 3.5,
    Feature.WITHOUT_RIVAL: 1.0,
    Feature.PROVEN_BY_SUM: 1.5,
    Feature.FOLLOWS_FROM_TOTAL: 1.5,
    f"currency: {Feature.ONE_MEANING}": 3.0,
    f"number: {Feature.WITHOUT_RIVAL}": 1.0,
    f"kind: {Feature.STRENGTH}": 3.0,
    Feature.CURRENCY_PRINTED: 1.0,
    Feature.ONE_MEANING: 0.7,
    Feature.LABELLED: 0.7,
    Feature.WEB_ADDRESS: 0.7,
    Feature.LEGAL_FORM: 0.3,
    Feature.BUYER_LABELLED: 0.3,
    Feature.WITH_ADDRESS: 0.3,
    Feature.THIS_OFFICE: 3.0,
    Feature.READERS_AGREE: 1.0,
    Feature.NO_READER_DIFFERS: 2.0,
}
#: How hard shift and slope are pulled to no change: a few errors of one layout must not flatten the slope.
SHIFT_PULL, SLOPE_PULL = 0.1, 5.0
#: Newton's steps of shift and slope, each damped.
STEPS, DAMPED = 60, 0.5
ROUNDS = 120
DAMPING = 0.15
#: Where the fit begins: what the priors add for an ordinary value, taken off again.
START = -3.0


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled value that was read: its evidence, and whether it was right."""

    file: str
    vendor: str
    name: str
    evidence: Mapping[str, float]
    right: bool


@dataclass(frozen=True, slots=True)
class _Row:
    """An example as the fit needs it: its weight, its field, its terms, and 1 or 0."""

    share: float
    name: str
    terms: tuple[tuple[str, float], ...]
    right: float


def _rows(examples: Sequence[Example]) -> list[_Row]:
    """A vendor's values weigh together as the square root of their number, so that one who sends much does not rule."""
    counts = Counter(example.vendor for example in examples)
    shares = [1.0 / math.sqrt(counts[example.vendor]) for example in examples]
    scale = len(examples) / (sum(shares) or 1.0)
    return [
        _Row(scale * share, example.name, tuple(terms_of(example.name, example.evidence)), float(example.right))
        for share, example in zip(shares, examples, strict=True)
    ]


def fitted(examples: Sequence[Example]) -> Calibration:
    """Return the weights that make the examples likeliest; evidence never counts against a value.

    Each step is Newton's by the diagonal of the Hessian, damped, with weights kept at or above 0.
    """
    rows = _rows(examples)
    weights = {term: PRIOR.get(term, 0.0) for row in rows for term, _ in row.terms}
    offsets, start = {example.name: 0.0 for example in examples}, START
    for _ in range(ROUNDS):
        slope, bend = _slopes(rows, weights, offsets, start)
        start += _step(slope["", ""] - 0.01 * start, bend["", ""] + 0.01)
        offsets = {
            name: value + _step(slope["field", name] - FIELD_PULL * value, bend["field", name] + FIELD_PULL)
            for name, value in offsets.items()
        }
        weights = {term: max(0.0, value + _pulled(term, value, slope, bend)) for term, value in weights.items()}
    fields = {name: start + value for name, value in sorted(offsets.items())}
    return Calibration(dict(sorted(weights.items())), fields, start)


Slopes = dict[tuple[str, str], float]


def _step(slope: float, bend: float) -> float:
    """Return a damped step of Newton's, no longer than one where the likelihood is nearly flat."""
    return max(-1.0, min(1.0, DAMPING * slope / bend))


def _pulled(term: str, value: float, slope: Slopes, bend: Slopes) -> float:
    """Return the step of a weight that is pulled to its prior."""
    return _step(slope["term", term] - PULL * (value - PRIOR.get(term, 0.0)), bend["term", term] + PULL)


def _slopes(
    rows: Iterable[_Row], weights: Mapping[str, float], offsets: Mapping[str, float], start: float
) -> tuple[Slopes, Slopes]:
    """Return slope and curvature of the likelihood for each weight, each field and the start."""
    slope: Slopes = defaultdict(float)
    bend: Slopes = defaultdict(float)
    for row in rows:
        log_odds = start + offsets[row.name] + sum(weights[term] * value for term, value in row.terms)
        likely = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds))))
        miss, spread = row.share * (row.right - likely), row.share * likely * (1.0 - likely)
        for key, value in (("", ""), 1.0), (("field", row.name), 1.0):
            slope[key] += miss * value
            bend[key] += spread * value
        for term, value in row.terms:
            slope["term", term] += miss * value
            bend["term", term] += spread * value * value
    return slope, bend


def levelled(model: Calibration, unseen: Sequence[Example]) -> Calibration:
    """Return a model with the shift and the slope that fit the values of unseen layouts best (source: Platt 1999).

    Weights that were fitted on layouts for which the rules were made are too sure of others. The targets are smoothed
    in Platt's way, and both numbers are pulled towards no change: few of the values were wrong.
    """
    log_odds = [(_log_odds(model, example), example) for example in unseen]
    right = sum(example.right for example in unseen)
    high, low = (right + 1.0) / (right + 2.0), 1.0 / (len(unseen) - right + 2.0)
    shift, slope = 0.0, 1.0
    for _ in range(STEPS):
        gradient = [-SHIFT_PULL * shift, SLOPE_PULL * (1.0 - slope)]
        hessian = [SHIFT_PULL, 0.0, SLOPE_PULL]
        for summed, example in log_odds:
            likely = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, shift + slope * summed))))
            miss, spread = (high if example.right else low) - likely, likely * (1.0 - likely)
            gradient = [gradient[0] + miss, gradient[1] + miss * summed]
            hessian = [hessian[0] + spread, hessian[1] + spread * summed, hessian[2] + spread * summed * summed]
        whole = hessian[0] * hessian[2] - hessian[1] * hessian[1]
        shift += DAMPED * (hessian[2] * gradient[0] - hessian[1] * gradient[1]) / whole
        slope += DAMPED * (hessian[0] * gradient[1] - hessian[1] * gradient[0]) / whole
    return replace(model, shift=shift, slope=max(0.1, slope))


def _log_odds(model: Calibration, example: Example) -> float:
    start = model.fields.get(example.name, model.start)
    return start + sum(model.weights.get(term, 0.0) * value for term, value in terms_of(example.name, example.evidence))
