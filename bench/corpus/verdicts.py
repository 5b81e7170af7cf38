"""Judges documents anew by weights that were fitted without their vendors: nobody is scored on what taught the bot."""

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
    placed, models = folds or models_by_fold([example for one in reads for example in one.examples])
    first = next(iter(models.values()))  # of a vendor without labels no fold was fitted with it
    return [_judged(one, models.get(placed.get(one.document.vendor, -1), first), refer_below) for one in reads]


def _judged(one: Read, model: Calibration, refer_below: float) -> Json:
    fields = {
        name: {**field, "confidence": probability(model, name, one.evidence[name])}
        if name in one.evidence and field["source"] != "einvoice"
        else field
        for name, field in one.answer["fields"].items()
    }
    others = [finding for finding in one.answer["findings"] if finding["rule"] != "confidence" and finding["asks"]]
    sure = all(field["confidence"] >= refer_below for name, field in fields.items() if name not in NOT_ASKED)
    return {**one.answer, "fields": fields, "verdict": "refer" if others or not sure else "key"}
