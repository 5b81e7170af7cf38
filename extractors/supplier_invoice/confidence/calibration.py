"""How likely it is that a value was read right: fitted weights of its evidence, kept in ``calibration.toml``."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from extractors.supplier_invoice.confidence.evidence import GROUPS, Feature
from keywright.model.fields import Field

PLACE = Path(__file__).with_name("calibration.toml")
#: A field for which no document is labelled starts like the labelled field that is read the same way.
LIKE = {
    "seller_address": "seller_name",
    "payment_terms": "due_date",
    "line_total": "net_total",
    "allowance_total": "net_total",
    "charge_total": "net_total",
    "previous_balance": "amount_due",
    "holdback": "amount_due",
    "rounding": "net_total",
    "tax_breakdown": "tax_total",
}
#: The highest probability: a few thousand labelled values cannot support more.
SUREST = 0.9995
ENGINE_DOUBT = 0.2  # how much surer than its engine a value can be that no arithmetic proves
#: Where day and month cannot be distinguished, the other date is as likely.
EVEN = 0.5


@dataclass(frozen=True, slots=True)
class Calibration:
    """Log-odds: what each feature adds at 1 (``labelled``, and ``seller: labelled`` on top of it for that group), and
    where each field starts without evidence.

    ``start`` is for a field without labels. ``shift`` and ``slope`` then bring the sum to what was measured on vendors
    that had no part in the fit: weights that are held to their priors give probabilities that are too cautious.
    """

    weights: Mapping[str, float]
    fields: Mapping[str, float]
    start: float
    shift: float = 0.0
    slope: float = 1.0


def terms_of(name: str, evidence: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """Yield a field's evidence twice: for the weight that all fields share, and for the weight of its group."""
    group = GROUPS.get(name, "")
    for feature, value in evidence.items():
        yield feature, value
        yield f"{group}: {feature}", value


def probability(model: Calibration, name: str, evidence: Mapping[str, float]) -> float:
    """Return the probability (0-1) that a field's value is right; more evidence never makes it less."""
    start = model.fields.get(name, model.fields.get(LIKE.get(name, ""), model.start))
    summed = start + sum(model.weights.get(term, 0.0) * value for term, value in terms_of(name, evidence))
    log_odds = model.shift + model.slope * summed
    return min(_highest(evidence), 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds)))))


def _highest(evidence: Mapping[str, float]) -> float:
    """Return the highest probability of a value: without proof by arithmetic it is little above its engine's.

    The labelled documents hold too few doubtful words for the fit to learn this.
    """
    if evidence.get(Feature.DAY_AND_MONTH_UNDECIDED, 0.0) >= 1:
        return EVEN
    return (
        SUREST
        if evidence.get(Feature.PROVEN_BY_SUM, 0.0) >= 1
        else min(SUREST, evidence.get(Feature.LEGIBLE, 1.0) + ENGINE_DOUBT)
    )


def calibrated(
    fields: Mapping[str, Field[Any]], evidence: Mapping[str, Mapping[str, float]], model: Calibration | None = None
) -> dict[str, Field[Any]]:
    """Return the fields with the probability that each is right; a field without evidence keeps its confidence."""
    numbers = model or shipped()
    return {
        name: replace(field, confidence=round(probability(numbers, name, evidence[name]), 4))
        if name in evidence
        else field
        for name, field in fields.items()
    }


@cache
def shipped() -> Calibration:
    """Return the fitted numbers that Keywright ships with."""
    return from_toml(PLACE.read_text("utf-8"))


def from_toml(text: str) -> Calibration:
    """Read fitted numbers. Raises KeyError, TypeError or ValueError if the text holds none."""
    table = tomllib.loads(text)
    shift, slope = float(table["shift"]), float(table["slope"])
    return Calibration(_numbers(table["weights"]), _numbers(table["fields"]), float(table["start"]), shift, slope)


def _numbers(table: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in table.items()}


def to_toml(model: Calibration, origin: str) -> str:
    """Return fitted numbers as TOML, under a comment that says how they were made."""
    comment = "".join(f"# {line}\n" for line in origin.splitlines())
    weights = "".join(f'"{name}" = {value:.3f}\n' for name, value in model.weights.items())
    fields = "".join(f"{name} = {value:.3f}\n" for name, value in model.fields.items())
    lead = f"start = {model.start:.3f}\nshift = {model.shift:.3f}\nslope = {model.slope:.3f}\n"
    return f"{comment}\n{lead}\n[weights]\n{weights}\n[fields]\n{fields}"
