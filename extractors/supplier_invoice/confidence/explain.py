"""Explains why each field of an invoice has its value: its candidates with their strength, and the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from extractors.engines.isolation import sandbox
from extractors.engines.isolation.sandbox import Rules
from extractors.supplier_invoice.addressee import names_of_this_office, using_names
from extractors.supplier_invoice.candidates import Candidate
from extractors.supplier_invoice.confidence.evidence import evidence_in_words, evidence_of
from extractors.supplier_invoice.fields.money import labelled
from extractors.supplier_invoice.reading.print import Printed, read_print
from extractors.supplier_invoice.signals import explanation
from keywright.model.reading import Reading
from keywright.model.serialization import Json, write_value

#: The role of the labels that name each total.
ROLES = {
    "net_total": "net",
    "tax_total": "tax",
    "grand_total": "gross",
    "amount_due": "due",
    "amount_paid": "paid",
}


@dataclass(frozen=True, slots=True)
class ExplainedOption:
    """A value that a field might have had: its strength (0-1), the reason in words, and the page it is printed on."""

    value: str
    strength: float
    why: str
    page: int | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """The options of one field, the chosen one first, and the evidence for that one in words."""

    options: tuple[ExplainedOption, ...]
    evidence: str


def explained(reading: Reading) -> Mapping[str, Explained]:
    """Return why each field that was read from print has its value; a value from XML needs no reason."""
    printed = read_print(reading)
    evidence = evidence_of(printed)
    return {
        name: Explained(tuple(_options(name, candidate, printed)), evidence_in_words(evidence[name]))
        for name, candidate in printed.chosen.items()
    }


def explained_on(path: Path) -> Mapping[str, Explained]:
    """Read a document and return why each of its fields has its value, as the child process that reads it finds.

    Raises Refer if it cannot be read.
    """
    _, answer = sandbox.read_and(path, Rules(__name__, "explained_as_json", {"ours": names_of_this_office()}))
    with sandbox.making_sense_of(path):
        return {
            name: Explained(tuple(ExplainedOption(**option) for option in field["options"]), str(field["evidence"]))
            for name, field in answer.items()
        }


def explained_as_json(reading: Reading, settings: Json) -> dict[str, Json]:
    """Return what ``explained`` returns, as JSON: the answer of the child process."""
    with using_names(settings["ours"]):
        return {name: asdict(field) for name, field in explained(reading).items()}


def _options(name: str, chosen: Candidate[Any], printed: Printed) -> Iterator[ExplainedOption]:
    yield _option(chosen, True)
    explained_already = {(write_value(chosen.value), chosen.signals)}
    rivals = [*chosen.rivals, *amounts_named(name, printed)]
    for rival in sorted(rivals, key=lambda candidate: -candidate.strength):
        if (write_value(rival.value), rival.signals) not in explained_already:
            explained_already.add((write_value(rival.value), rival.signals))
            yield _option(rival, False)


def amounts_named(name: str, printed: Printed) -> Iterator[Candidate[Any]]:
    """Yield the other amounts whose labels name this total; the field must have a value."""
    for item in labelled(printed.money):
        if item.role == ROLES.get(name) and item.value != printed.chosen[name].value:
            yield Candidate(item.value, item.amount.words, item.strength, item.signals)


def _option(candidate: Candidate[Any], chosen: bool) -> ExplainedOption:
    page = candidate.words[0].box.page if candidate.words else None
    strength, reason = round(candidate.strength, 3), explanation(candidate.signals)
    return ExplainedOption(write_value(candidate.value), strength, reason, page, chosen)
