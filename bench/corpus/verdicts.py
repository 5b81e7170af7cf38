"""Judges documents with weights that were fitted without their vendors, so that no document is scored on its own
training.
"""

from __future__ import annotations

from collections.abc import Sequence

from bench.corpus.examples import Read
from bench.corpus.fitting import models_by_fold
from extractors.supplier_invoice.checks.before_keying import UNKEYED
from extractors.supplier_invoice.confidence.calibration import Calibration, probability
from keywright.model.serialization import Json

Folds = tuple[dict[str, int], dict[int, Calibration]]
NOT_ASKED = frozenset(spec.name for spec in UNKEYED)


def held_out_answers(reads: Sequence[Read], refer_below: float, folds: Folds | None = None) -> list[Json]:
    """Return the answers with confidences and verdicts by weights that never saw the document's vendor.

    ``folds`` are what ``models_by_fold`` returned for these documents, where it was asked before.
    """
    placed, models = folds or models_by_fold([example for reading in reads for example in reading.examples])
    first = next(iter(models.values()))  # of a vendor without labels no fold was fitted with it
    return [
        _judged(reading, models.get(placed.get(reading.document.vendor, -1), first), refer_below) for reading in reads
    ]


def _judged(reading: Read, model: Calibration, refer_below: float) -> Json:
    fields = {
        name: {**field, "confidence": probability(model, name, reading.evidence[name])}
        if name in reading.evidence and field["source"] != "einvoice"
        else field
        for name, field in reading.result["fields"].items()
    }
    other_findings = [
        finding for finding in reading.result["findings"] if finding["rule"] != "confidence" and finding["asks"]
    ]
    sure = all(field["confidence"] >= refer_below for name, field in fields.items() if name not in NOT_ASKED)
    return {**reading.result, "fields": fields, "verdict": "refer" if other_findings or not sure else "key"}
