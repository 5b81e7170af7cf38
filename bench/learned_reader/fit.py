"""Fits the learned reader: what words say (logistic regression), small trees on top, and how sure a score is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bench.learned_reader.papers import FOLDS, Lesson, folds_of
from extractors.supplier_invoice.learned.features import Candidates
from extractors.supplier_invoice.learned.grams import BUCKETS, PAIR, SURROUNDINGS, Floats
from extractors.supplier_invoice.learned.model import Forest, Model
from extractors.supplier_invoice.learned.reader import LOWEST, MOST_LEAD, likeliest, rows_of
from extractors.supplier_invoice.learned.spans import FIELDS
from keywright.model.fields import bare

TREES, LEAVES = 90, 12
SEED = 1
_NOTHING = 6_000
"""How many of the candidates that are nothing a logistic regression sees, so that it ends in a second."""
_PARAMETERS = {
    "objective": "binary", "learning_rate": 0.08, "num_leaves": LEAVES, "min_data_in_leaf": 12,
    "feature_fraction": 0.5, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 2.0, "verbose": -1,
    "num_threads": 1, "seed": SEED, "deterministic": True, "force_row_wise": True,
}  # fmt: skip
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """All candidates of one type in all lessons: ``lesson`` is the number of each one's lesson.

    ``words`` has for each surrounding the pieces of the words there; ``right`` and ``known`` have a column a field.
    """

    kind: str
    parts: tuple[tuple[int, Candidates], ...]
    lesson: NDArray[np.int64]
    words: tuple[csr_matrix, ...]
    right: Flags
    known: Flags
    weight: NDArray[np.float64]


def pools_of(lessons: Sequence[Lesson]) -> list[Pool]:
    """Return the candidates of all lessons by type."""
    counts = Counter(lesson.layout for lesson in lessons)
    pools = []
    for kind, fields in FIELDS.items():
        parts = tuple((n, c) for n, lesson in enumerate(lessons) for c in lesson.document.candidates if c.kind == kind)
        numbers = np.concatenate([np.full(len(c.spans), n) for n, c in parts])
        right = [[lessons[n].is_right(field, s.value) for field in fields] for n, c in parts for s in c.spans]
        known = np.array([[lesson.knows(field) for field in fields] for lesson in lessons])[numbers]
        weight = np.array([counts[lesson.layout] ** -0.5 for lesson in lessons])[numbers]
        words = tuple(_words(lessons, parts, number) for number in range(len(SURROUNDINGS)))
        pools.append(Pool(kind, parts, numbers, words, np.array(right), known, weight))
    return pools


def _words(lessons: Sequence[Lesson], parts: Sequence[tuple[int, Candidates]], surrounding: int) -> csr_matrix:
    """Return the pieces of the words in one surrounding of candidates: (candidates, buckets)."""
    columns: list[NDArray[np.int64]] = []
    values: list[NDArray[np.float64]] = []
    ends = [0]
    for number, candidates in parts:
        document = lessons[number].document
        sizes = np.diff(document.starts)
        weights = np.repeat(1.0 / np.sqrt(sizes), sizes)
        for first, stop in candidates.around.ranges[surrounding]:
            pieces = slice(document.starts[first], document.starts[stop])
            pairs = document.pairs[first + 1 : stop]
            columns += [document.pieces[pieces], pairs]
            values += [weights[pieces], np.full(len(pairs), PAIR)]
            ends.append(ends[-1] + (pieces.stop - pieces.start) + len(pairs))
    shape = (len(ends) - 1, BUCKETS)
    matrix = csr_matrix((np.concatenate(values), np.concatenate(columns), np.array(ends)), shape=shape)
    matrix.sum_duplicates()
    return matrix


def word_weights(words: csr_matrix, right: Flags, weight: NDArray[np.float64]) -> Floats:
    """Return the weight of each piece for a field; zeros if no candidate, or all, are right."""
    nothing = np.flatnonzero(~right)
    use = np.sort(np.concatenate([np.flatnonzero(right), nothing[:: max(1, len(nothing) // _NOTHING)]]))
    if len(set(right[use].tolist())) < 2:
        return np.zeros(BUCKETS, np.float32)
    regression = LogisticRegression(
        solver="liblinear", C=0.5, max_iter=25, class_weight={0: 1, 1: 4}, random_state=SEED
    )
    coefficients = regression.fit(words[use], right[use], weight[use]).coef_[0]
    return np.asarray(coefficients, np.float32)


def weights_of(pool: Pool, use: Flags) -> Floats:
    """Return the weights of pieces by surrounding and field, learned from some candidates: (buckets, columns)."""
    columns = []
    for words in pool.words:
        for number in range(len(FIELDS[pool.kind])):
            part = np.flatnonzero(use & pool.known[:, number])
            columns.append(word_weights(words[part], pool.right[part, number], pool.weight[part]))
    return np.stack(columns, axis=1)


def context_of(pool: Pool, weights: Floats, use: Flags) -> Floats:
    """Return what the surroundings of some candidates say by weights."""
    fields = len(FIELDS[pool.kind])
    parts = [words[use] @ weights[:, n * fields : (n + 1) * fields] for n, words in enumerate(pool.words)]
    return np.concatenate(parts, axis=1).astype(np.float32)


def context_by_others(pool: Pool, folds: NDArray[np.int64]) -> Floats:
    """Return what the surroundings say by weights that were learned on other folds than the candidate's."""
    fold = folds[pool.lesson]
    scores = np.zeros((len(fold), len(SURROUNDINGS) * len(FIELDS[pool.kind])), np.float32)
    for number in range(int(folds.max()) + 1):
        here = fold == number
        if here.any():
            scores[here] = context_of(pool, weights_of(pool, ~here), here)
    return scores


def tree_rows(pool: Pool, scores: Floats) -> list[Floats]:
    """Return the rows that trees judge, for each lesson with candidates."""
    bounds = np.cumsum([0, *(len(c.spans) for _, c in pool.parts)])
    return [rows_of(c, scores[a:b]) for (_, c), a, b in zip(pool.parts, bounds, bounds[1:], strict=False)]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """The likeliest candidates for one field in all lessons, as trees judge them."""

    rows: Floats
    right: Flags
    known: Flags
    weight: NDArray[np.float64]
    lesson: NDArray[np.int64]
    values: tuple[str, ...]


def judged_rows(pool: Pool, rows: Sequence[Floats], number: int) -> Judged:
    """Return the candidates that pass to the trees of a field."""
    bounds = np.cumsum([0, *map(len, rows)])
    few = [likeliest(r, number, len(FIELDS[pool.kind])) for r in rows]
    at = np.concatenate([start + chosen for start, chosen in zip(bounds, few, strict=False)])
    values = [c.spans[n].value for (_, c), chosen in zip(pool.parts, few, strict=True) for n in chosen]
    x = np.concatenate([r[chosen] for r, chosen in zip(rows, few, strict=True)])
    return Judged(x, pool.right[at, number], pool.known[at, number], pool.weight[at], pool.lesson[at], tuple(values))


def forest_of(judged: Judged, use: Flags) -> Forest:
    """Return trees that judge the candidates of a field, learned from some of them."""
    use = use & judged.known
    if len(set(judged.right[use].tolist())) < 2:
        return as_arrays([])
    data = lightgbm.Dataset(judged.rows[use], judged.right[use].astype(int), weight=judged.weight[use])
    booster = lightgbm.train(_PARAMETERS, data, TREES)
    return as_arrays([tree["tree_structure"] for tree in booster.dump_model()["tree_info"]])


def as_arrays(trees: Sequence[dict[str, Any]]) -> Forest:
    """Return LightGBM's trees as arrays; a place without a leaf is always reached and adds nothing."""
    feature = np.zeros((len(trees), LEAVES - 1), np.int64)
    threshold = np.zeros((len(trees), LEAVES - 1), np.float32)
    sides = np.zeros((len(trees), LEAVES - 1, LEAVES), np.float32)
    leaf = np.zeros((len(trees), LEAVES), np.float32)
    for number, tree in enumerate(trees):
        _fill(tree, {}, feature[number], threshold[number], sides[number], leaf[number])
    return Forest(feature, threshold, sides, (sides == 1).sum(1).astype(np.float32), leaf)


def _fill(node: dict[str, Any], path: dict[int, int], feature: Any, threshold: Any, sides: Any, leaf: Any) -> None:
    """Write a node and what is below it; ``path`` has the side of each node above it."""
    if "split_index" not in node:
        at = node.get("leaf_index", 0)
        leaf[at] = node["leaf_value"]
        for above, side in path.items():
            sides[above, at] = side
        return
    at = node["split_index"]
    feature[at] = node["split_feature"]
    # the largest 32-bit number that is not above the threshold parts 32-bit numbers as the threshold does
    rounded = np.float32(node["threshold"])
    threshold[at] = rounded if rounded <= node["threshold"] else np.nextafter(rounded, np.float32(-np.inf))
    _fill(node["left_child"], {**path, at: 1}, feature, threshold, sides, leaf)
    _fill(node["right_child"], {**path, at: -1}, feature, threshold, sides, leaf)


@dataclass(frozen=True, slots=True)
class Guess:
    """The best value of a field in a lesson, by a model that had not learned from its program."""

    field: str
    lesson: int
    value: str
    score: float
    lead: float
    right: bool


def guesses_of(field: str, judged: Judged, scores: Floats, lessons: Sequence[Lesson]) -> list[Guess]:
    """Return the best value of a field in each lesson that has candidates."""
    guesses = []
    for lesson in np.unique(judged.lesson):
        if lessons[lesson].varied:
            continue
        at = np.flatnonzero(judged.lesson == lesson)
        ranked: dict[str, float] = {}
        for n in at[np.argsort(-scores[at], kind="stable")]:
            ranked.setdefault(bare(judged.values[n]), float(scores[n]))
        best = judged.values[int(at[np.argmax(scores[at])])]
        (score, *lower) = ranked.values()
        lead = score - (lower[0] if lower else LOWEST)
        right = lessons[lesson].is_right(field, best)
        guesses.append(Guess(field, int(lesson), best, score, min(lead, MOST_LEAD), right))
    return guesses


def sure_of(guesses: Sequence[Guess], lessons: Sequence[Lesson]) -> NDArray[np.float64]:
    """Return the numbers that make a probability of a score and its lead, fitted on held-out layouts."""
    known = [guess for guess in guesses if lessons[guess.lesson].knows(guess.field)]
    right = np.array([guess.right for guess in known])
    if len(set(right.tolist())) < 2:
        return np.array([0.0, 1.0, 0.0])
    x = np.array([(guess.score, guess.lead) for guess in known])
    regression = LogisticRegression(C=1.0, random_state=SEED).fit(x, right)
    slope, by_lead = regression.coef_[0]
    return np.array([regression.intercept_[0], slope, by_lead])


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A model, and what models that were fitted without a lesson's program say of each lesson."""

    model: Model
    held_out: tuple[Guess, ...]


def fitted(lessons: Sequence[Lesson], folds: int = FOLDS) -> Fitted:
    """Return the model that these lessons teach. The same lessons give the same model."""
    placed = np.array(folds_of(lessons, folds))
    words, trees, sure = {}, {}, {}
    held_out: list[Guess] = []
    for pool in pools_of(lessons):
        rows = tree_rows(pool, context_by_others(pool, placed))
        words[pool.kind] = weights_of(pool, np.ones(len(pool.lesson), bool))
        for number, field in enumerate(FIELDS[pool.kind]):
            judged = judged_rows(pool, rows, number)
            guesses = guesses_of(field, judged, held_out_scores(judged, placed), lessons)
            held_out += guesses
            sure[field] = sure_of(guesses, lessons)
            trees[field] = forest_of(judged, np.ones(len(judged.right), bool))
    return Fitted(Model(words, trees, sure), tuple(held_out))


def held_out_scores(judged: Judged, placed: NDArray[np.int64]) -> Floats:
    """Return the score of each candidate by trees that were fitted on the other folds."""
    fold = placed[judged.lesson]
    scores = np.zeros(len(fold), np.float32)
    for part in sorted(set(fold.tolist())):
        here = fold == part
        scores[here] = forest_of(judged, ~here).score(judged.rows[here])
    return scores
