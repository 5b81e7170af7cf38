"""The learned reader's model: weights of words, small trees, and how sure a score is; from the file ``model.npz``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from extractors.supplier_invoice.learned.grams import Floats, Numbers

PLACE = Path(__file__).with_name("model.npz")
FURTHEST = 16
"""How many candidates the trees look at for a field: those of which the words around say most."""


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """Trees as arrays: at which feature and threshold each node parts, and on which side of which nodes a leaf is.

    ``sides`` (trees, nodes, leaves) has 1 where a leaf lies on the side of values up to the threshold, -1 on the other.
    ``turns`` (trees, leaves) counts the first sort, so that a leaf is reached where its signs sum up to it.
    """

    feature: Numbers
    threshold: Floats
    sides: Floats
    turns: Floats
    leaf: Floats

    def score(self, rows: Floats) -> Floats:
        """Return the log-odds of each row."""
        below = (rows[:, self.feature.ravel()] <= self.threshold.ravel()).astype(np.float32)
        below = below.reshape(len(rows), *self.feature.shape).transpose(1, 0, 2)
        reached = np.matmul(below, self.sides) == self.turns[:, None]
        scores: Floats = np.einsum("trl,tl->r", reached, self.leaf)
        return scores


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """What was learned: for each type the weights of words (buckets × surroundings and fields), and trees by field.

    ``sure`` has for each field the numbers that make a probability of the best score and its lead over the next.
    """

    words: Mapping[str, Floats]
    trees: Mapping[str, Forest]
    sure: Mapping[str, NDArray[np.float64]]


@cache
def shipped() -> Model:
    """Return the model that Keywright ships with."""
    return model_from(PLACE)


def model_from(place: Path) -> Model:
    """Read a model. Raises OSError, KeyError or ValueError if the file holds none."""
    with np.load(place, allow_pickle=False) as file:
        parts = {name: file[name] for name in file.files}
    kinds = sorted(name.removeprefix("words.") for name in parts if name.startswith("words."))
    words = {kind: parts[f"words.{kind}"].astype(np.float32) * parts[f"scale.{kind}"] for kind in kinds}
    fields = sorted(name.removeprefix("sure.") for name in parts if name.startswith("sure."))
    trees = {field: _forest({part: parts[f"{part}.{field}"] for part in _PARTS}) for field in fields}
    return Model(words, trees, {field: parts[f"sure.{field}"] for field in fields})


_PARTS = ("feature", "threshold", "sides", "leaf")


def _forest(parts: Mapping[str, NDArray[np.generic]]) -> Forest:
    sides = parts["sides"].astype(np.float32)
    turns = (sides == 1).sum(1).astype(np.float32)
    return Forest(
        parts["feature"].astype(np.int64),
        parts["threshold"].astype(np.float32),
        sides,
        turns,
        parts["leaf"].astype(np.float32),
    )


def write_model(model: Model, place: Path) -> None:
    """Write a model: the weights of words as whole numbers of 8 bits, everything compressed."""
    parts: dict[str, NDArray[np.generic]] = {}
    for kind, weights in model.words.items():
        scale = np.maximum(np.abs(weights).max(axis=0), 1e-6) / 127
        parts[f"words.{kind}"] = np.round(weights / scale).astype(np.int8)
        parts[f"scale.{kind}"] = scale.astype(np.float32)
    for field, forest in model.trees.items():
        parts[f"feature.{field}"] = forest.feature.astype(np.int16)
        parts[f"threshold.{field}"] = forest.threshold
        parts[f"sides.{field}"] = forest.sides.astype(np.int8)
        parts[f"leaf.{field}"] = forest.leaf
        parts[f"sure.{field}"] = model.sure[field]
    with place.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **parts)
