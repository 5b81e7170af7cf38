"""Fits the weights of the evidence: a logistic regression in plain Python, pulled towards a prior, then levelled."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from extractors.supplier_invoice.confidence.calibration import LIKE, Calibration, terms_of
from extractors.supplier_invoice.confidence.evidence import Feature
from extractors.supplier_invoice.learned.spans import FIELDS

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
#: Evidence of a reader that was trained on the known layouts: what it is worth shows on unseen ones only.
LEARNED = (Feature.READERS_AGREE, Feature.NO_READER_DIFFERS)
READ_TWICE = frozenset(name for names in FIELDS.values() for name in names)
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
        _Row(
            scale * share,
            example.name,
            tuple(terms_of(example.name, _by_rules(example.evidence))),
            float(example.right),
        )
        for share, example in zip(shares, examples, strict=True)
    ]


def _by_rules(evidence: Mapping[str, float]) -> dict[str, float]:
    return {feature: value for feature, value in evidence.items() if feature not in LEARNED}


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
    """Return a model with the level that fits the values of unseen layouts best (source: Platt 1999).

    Weights that were fitted on layouts for which the rules were made are too sure of others: a shift and a slope bring
    them down. What the learned reader's agreement adds is fitted here alone, since that reader has seen the known
    layouts, and agrees with their labels. The targets are smoothed in Platt's way, and all four numbers are pulled
    towards what is known before: few of the values were wrong.
    """
    rows = np.array([[1.0, _log_odds(model, example), *_short_of_agreement(example)] for example in unseen])
    right = np.array([float(example.right) for example in unseen])
    targets = np.where(right > 0, (right.sum() + 1) / (right.sum() + 2), 1 / (len(right) - right.sum() + 2))
    prior = np.array([0.0, 1.0, *(PRIOR[feature] for feature in LEARNED)])
    pull = np.array([SHIFT_PULL, SLOPE_PULL, *(PULL for _ in LEARNED)])
    numbers = prior.copy()
    for _ in range(STEPS):
        likely = 1.0 / (1.0 + np.exp(-np.clip(rows @ numbers, -30, 30)))
        gradient = rows.T @ (targets - likely) - pull * (numbers - prior)
        hessian = (rows * (likely * (1 - likely))[:, None]).T @ rows + np.diag(pull)
        numbers = numbers + DAMPED * np.linalg.solve(hessian, gradient)
    shift, slope, *agreement = (float(number) for number in numbers)
    slope = max(0.1, slope)
    return _with_agreement(replace(model, shift=shift, slope=slope), [max(0.0, weight) / slope for weight in agreement])


def _short_of_agreement(example: Example) -> list[float]:
    """Return how far both readers are from agreeing on a value; nothing for a field that only the rules read."""
    if example.name not in READ_TWICE:
        return [0.0 for _ in LEARNED]
    return [example.evidence.get(feature, 0.0) - 1.0 for feature in LEARNED]


def _with_agreement(model: Calibration, weights: Sequence[float]) -> Calibration:
    """Return a model in which agreement adds nothing, and its lack takes away; fields read once stay as they are."""
    alike = {name: model.fields[other] for name, other in LIKE.items() if other in model.fields}
    lower = {name: start - sum(weights) for name, start in model.fields.items() if name in READ_TWICE}
    fields = {**alike, **model.fields, **lower}
    added: dict[str, float] = dict(zip(LEARNED, weights, strict=True))
    return replace(model, weights=dict(sorted({**model.weights, **added}.items())), fields=dict(sorted(fields.items())))


def _log_odds(model: Calibration, example: Example) -> float:
    start = model.fields.get(example.name, model.start)
    return start + sum(model.weights.get(term, 0.0) * value for term, value in terms_of(example.name, example.evidence))
