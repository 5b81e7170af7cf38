"""Judges documents by the confidence of their fields alone, at any threshold, as if all layouts were known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.corpus.examples import Read
from extractors.supplier_invoice.checks.before_keying import UNKEYED
from extractors.supplier_invoice.confidence.calibration import Calibration, probability
from keywright.model.serialization import Json
from keywright.profiles.applying import RULES as ABOUT_LAYOUTS

NOT_ASKED = frozenset(spec.name for spec in UNKEYED)
_PASSED_OVER = ABOUT_LAYOUTS | {"confidence"}


def answers_by(reads: Sequence[Read], model: Calibration, refer_below: float) -> list[Json]:
    """Return the answers with the confidences of a model, and the verdict of a threshold and of all other findings."""
    return [_judged(reading, model, refer_below) for reading in reads]


def other_rules(reading: Read) -> Iterator[str]:
    """Yield the rules that ask about a document whatever the confidence, apart from its layout."""
    rules = {finding["rule"] for finding in reading.result["findings"] if finding["asks"]}
    yield from sorted(rules - _PASSED_OVER)


def _judged(reading: Read, model: Calibration, refer_below: float) -> Json:
    fields = {
        name: {**field, "confidence": probability(model, name, reading.evidence[name])}
        if name in reading.evidence and field["source"] != "einvoice"
        else field
        for name, field in reading.result["fields"].items()
    }
    sure = all(field["confidence"] >= refer_below for name, field in fields.items() if name not in NOT_ASKED)
    keyed = sure and not any(other_rules(reading))
    return {**reading.result, "fields": fields, "verdict": "key" if keyed else "refer"}
