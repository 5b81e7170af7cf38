"""How likely a value that was read is right: fitted weights of its evidence, kept in ``calibration.toml``."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from extractors.supplier_invoice.confidence.evidence import GROUPS
from keywright.model.fields import Field

PLACE = Path(__file__).with_name("calibration.toml")
#: Fields that nobody has labelled are as sure as the labelled field that is read the same way.
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
#: Nothing is surer than a few thousand labelled values can tell.
SUREST = 0.9995
ENGINE_DOUBT = 0.2
#: A date of which nothing tells the day from the month is as likely the other one.
EVEN = 0.5


@dataclass(frozen=True, slots=True)
class Calibration:
    """Log-odds: what each sort of evidence adds at 1 (``alone``, and ``seller: alone`` on top of it for that group),
    and where each field starts with no evidence at all.

    ``start`` is for a field without labels. ``shift`` and ``slope`` then bring the sum to what was measured on vendors
    that no weight was fitted on: weights that are held to their priors are shyer than they need be.
    """

    weights: Mapping[str, float]
    fields: Mapping[str, float]
    start: float
    shift: float = 0.0
    slope: float = 1.0


def terms_of(name: str, evidence: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """Yield a field's evidence twice: as it weighs for all fields, and what more it weighs for its group."""
    group = GROUPS.get(name, "")
    for one, value in evidence.items():
        yield one, value
        yield f"{group}: {one}", value


def probability(model: Calibration, name: str, evidence: Mapping[str, float]) -> float:
    """Return the probability (0-1) that a field's value is right; more evidence never makes it less."""
    start = model.fields.get(name, model.fields.get(LIKE.get(name, ""), model.start))
    summed = start + sum(model.weights.get(term, 0.0) * value for term, value in terms_of(name, evidence))
    log_odds = model.shift + model.slope * summed
    return min(_most(evidence), 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds)))))


def _most(evidence: Mapping[str, float]) -> float:
    """Return the surest a value may be: one that arithmetic does not prove is little surer than its engine.

    The labelled documents hold too few words that an engine doubts for a fit to learn it.
    """
    if evidence.get("undecided", 0.0) >= 1:
        return EVEN
    return SUREST if evidence.get("sum", 0.0) >= 1 else min(SUREST, evidence.get("legible", 1.0) + ENGINE_DOUBT)


def calibrated(
    fields: Mapping[str, Field[Any]], evidence: Mapping[str, Mapping[str, float]], model: Calibration | None = None
) -> dict[str, Field[Any]]:
    """Return the fields with the probability that each is right; one without evidence stays as it is."""
    numbers = model or shipped()
    return {
        name: replace(field, confidence=round(probability(numbers, name, evidence[name]), 4))
        if name in evidence
        else field
        for name, field in fields.items()
    }


@cache
def shipped() -> Calibration:
    """Return the fitted numbers of this checkout."""
    return from_toml(PLACE.read_text("utf-8"))


def from_toml(text: str) -> Calibration:
    """Read fitted numbers. Raises KeyError, TypeError or ValueError if they are none."""
    data = tomllib.loads(text)
    shift, slope = float(data["shift"]), float(data["slope"])
    return Calibration(_numbers(data["weights"]), _numbers(data["fields"]), float(data["start"]), shift, slope)


def _numbers(table: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in table.items()}


def to_toml(model: Calibration, told: str) -> str:
    """Write fitted numbers down, with a remark on how they were made."""
    remark = "".join(f"# {line}\n" for line in told.splitlines())
    weights = "".join(f'"{name}" = {value:.3f}\n' for name, value in model.weights.items())
    fields = "".join(f"{name} = {value:.3f}\n" for name, value in model.fields.items())
    lead = f"start = {model.start:.3f}\nshift = {model.shift:.3f}\nslope = {model.slope:.3f}\n"
    return f"{remark}\n{lead}\n[weights]\n{weights}\n[fields]\n{fields}"
