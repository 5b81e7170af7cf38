"""Judges documents by the confidence of their fields alone, at any threshold, as if all layouts were known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.corpus.examples import Read
from extractors.supplier_invoice.checks.before_keying import UNKEYED
from keywright.model.serialization import Json
from keywright.profiles.applying import RULES as ABOUT_LAYOUTS

NOT_ASKED = frozenset(spec.name for spec in UNKEYED)
_PASSED_OVER = ABOUT_LAYOUTS | {"confidence"}


def answers_by(reads: Sequence[Read], refer_below: float) -> list[Json]:
    """Return the answers with the verdict of a threshold and of all findings that are not about confidence."""
    return [_judged(reading, refer_below) for reading in reads]


def other_rules(reading: Read) -> Iterator[str]:
    """Yield the rules that ask about a document whatever the confidence, apart from its layout."""
    rules = {finding["rule"] for finding in reading.result["findings"] if finding["asks"]}
    yield from sorted(rules - _PASSED_OVER)


def _judged(reading: Read, refer_below: float) -> Json:
    fields = reading.result["fields"]
    sure = all(field["confidence"] >= refer_below for name, field in fields.items() if name not in NOT_ASKED)
    keyed = sure and not any(other_rules(reading))
    return {**reading.result, "verdict": "key" if keyed else "refer"}
