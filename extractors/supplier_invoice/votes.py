"""Two readers' votes on each field: what rules read and what was learned, and what to do where they differ."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from extractors.supplier_invoice.confidence.evidence import Feature, is_other_order, same_for_readers
from extractors.supplier_invoice.learned.reader import LearnedValue
from extractors.supplier_invoice.terms import TITLES, InvoiceTerms
from keywright.findings import Finding, Kind
from keywright.messages import Message
from keywright.model.fields import Field, specs_of
from keywright.model.reading import Page
from keywright.model.serialization import write_value

RULES, LEARNED = "rules", "learned"
"""The names under which the two readers vote."""
DIFFER = "readers-differ"
VOTES = 0.5
"""How sure the learned reader must be to vote for a value of its own."""
PROPOSES = 0.9
"""How sure it must be to propose a value where the rules found none; for the fields below, where it is often right."""
PROPOSED = frozenset({"invoice_number", "purchase_order", "issue_date", "grand_total"})
ONE_ROLE = frozenset({"invoice_number", "purchase_order"})
"""Numbers of which a printed one is never both: a bill's own number is not the order."""
ALONE = -2.0
"""What is taken from the log-odds of a value that only the learned reader sees: of 20 such values, 17 were right."""
ASKS = 0.9
"""How sure it must be for its other value to be worth a question."""
ASKED = frozenset({
    "invoice_number", "purchase_order", "issue_date", "due_date", "grand_total", "amount_due", "net_total", "tax_total",
})  # fmt: skip
"""Keyed fields that are asked about. It is weak at names and tax numbers, which the vendor file settles."""
PREFERS = 0.7
"""How sure it must be for its number of a purchase order, which it reads better than the rules, to be taken instead."""
_SPECS = specs_of(InvoiceTerms)


def both_votes(
    fields: Mapping[str, Field[Any]],
    learned: Mapping[str, LearnedValue],
    evidence: Mapping[str, Mapping[str, float]],
    pages: tuple[Page, ...],
) -> dict[str, Field[Any]]:
    """Return the fields of a print with both readers' votes, and those that the learned reader alone proposes."""
    engines = {page.number: page.engine for page in pages}
    voted = {name: replace(field, votes=_votes(name, field, learned.get(name))) for name, field in fields.items()}
    numbers = {write_value(fields[name].value) for name in ONE_ROLE if name in fields}
    for name, value in learned.items():
        again = name in ONE_ROLE and value.value in numbers
        if name in PROPOSED and name not in fields and value.confidence >= PROPOSES and not again:
            field = _field(name, value, engines.get(value.box.page, ""))
            voted[name] = replace(field, confidence=_alone(value.confidence))
    return {name: _better(field, learned.get(name), evidence.get(name, {}), engines) for name, field in voted.items()}


def _votes(name: str, field: Field[Any], learned: LearnedValue | None) -> dict[str, str]:
    """Return both readers' votes; the learned reader leaves it to the rules which number of a date is the month."""
    value = write_value(field.value)
    if learned is None or is_other_order(value, learned.value):
        return {RULES: value}
    if same_for_readers(value, learned.value):
        return {RULES: value, LEARNED: value}
    return {RULES: value, LEARNED: _written(name, learned)} if learned.confidence >= VOTES else {RULES: value}


def _alone(confidence: float) -> float:
    """Return how sure a value is that only the learned reader sees."""
    odds = confidence / max(1.0 - confidence, 1e-6) * math.exp(ALONE)
    return round(odds / (1.0 + odds), 4)


def _field(name: str, learned: LearnedValue, engine: str) -> Field[Any]:
    """Return a field as the learned reader proposes it."""
    value = _SPECS[name].kind.parse(learned.value)
    return Field(
        name, value, learned.text, round(learned.confidence, 4), engine, learned.box, {LEARNED: write_value(value)}
    )


def _written(name: str, learned: LearnedValue) -> str:
    return write_value(_SPECS[name].kind.parse(learned.value))


def _better(
    field: Field[Any], learned: LearnedValue | None, evidence: Mapping[str, float], engines: Mapping[int, str]
) -> Field[Any]:
    """Return the order number of the surer reader, and any other field as it is."""
    if learned is None or len(set(field.votes.values())) < 2 or is_settled(evidence):
        return field
    if field.name != InvoiceTerms.purchase_order.name or learned.confidence <= max(field.confidence, PREFERS):
        return field
    proposed = _field(field.name, learned, engines.get(learned.box.page, field.source))
    return replace(proposed, confidence=round(learned.confidence * (1 - field.confidence / 2), 4), votes=field.votes)


def is_settled(evidence: Mapping[str, float]) -> bool:
    """Return whether arithmetic or a check digit has settled the rules' value."""
    return evidence.get(Feature.PROVEN_BY_SUM, 0.0) >= 1 or evidence.get(Feature.CONFIRMED, 0.0) >= 1


def readers_differ(
    fields: Mapping[str, Field[Any]],
    learned: Mapping[str, LearnedValue],
    evidence: Mapping[str, Mapping[str, float]],
) -> Iterator[Finding]:
    """Yield a question for each keyed field on which the readers differ, if nothing settles it."""
    for name in _SPECS:
        field = fields.get(name)
        if field is None or name not in ASKED or is_settled(evidence.get(name, {})):
            continue
        different = list(dict.fromkeys(field.votes.values()))
        if len(different) > 1 and learned[name].confidence >= ASKS:
            yield Finding(DIFFER, _question(name, *different[:2]), (name,), Kind.READING)


def _question(name: str, first: str, second: str) -> Message:
    return Message(
        "{title}: two readings differ, “{first}” and “{second}”. Compare both with the page.",
        title=Message(TITLES[name]), first=first, second=second,
    )  # fmt: skip
