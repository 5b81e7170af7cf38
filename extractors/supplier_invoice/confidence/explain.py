"""Why each field of an invoice has its value: the candidates with their strength, and what speaks for the chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from extractors.engines.isolation import sandbox
from extractors.engines.isolation.sandbox import Rules
from extractors.supplier_invoice.addressee import names_of_this_office, told_names
from extractors.supplier_invoice.candidates import Candidate
from extractors.supplier_invoice.confidence.evidence import evidence_of, told
from extractors.supplier_invoice.fields.money import labelled
from extractors.supplier_invoice.reading.print import Printed, read_print
from keywright.model.reading import Reading, Word, box_of
from keywright.model.serialization import Json, write_value

#: What the labels of amounts call each total.
ROLES = {
    "net_total": "net",
    "tax_total": "tax",
    "grand_total": "gross",
    "amount_due": "due",
    "amount_paid": "paid",
}


@dataclass(frozen=True, slots=True)
class Option:
    """One value a field might have had: its strength (0-1), why, and the page it is printed on."""

    value: str
    strength: float
    why: str
    page: int | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """The options of one field, the chosen first, and in words what speaks for that one."""

    options: tuple[Option, ...]
    evidence: str


def explained(reading: Reading) -> Mapping[str, Explained]:
    """Return why each field that was read from print has its value; what XML tells needs no reason."""
    printed = read_print(reading)
    evidence = evidence_of(printed)
    return {
        name: Explained(tuple(_options(name, one, printed)), told(evidence[name]))
        for name, one in printed.chosen.items()
    }


def explained_on(path: Path) -> Mapping[str, Explained]:
    """Read a document and return why each of its fields has its value, worked out in the child that reads it.

    Raises Refer if it cannot be read.
    """
    _, answer = sandbox.read_and(path, Rules(__name__, "explained_told", {"ours": names_of_this_office()}))
    with sandbox.making_sense_of(path):
        return {
            name: Explained(tuple(Option(**option) for option in field["options"]), str(field["evidence"]))
            for name, field in answer.items()
        }


def explained_told(reading: Reading, told_of: Json) -> dict[str, Json]:
    """Return what ``explained`` returns as JSON: what the child process answers."""
    with told_names(told_of["ours"]):
        return {name: asdict(field) for name, field in explained(reading).items()}


def _options(name: str, chosen: Candidate[Any], printed: Printed) -> Iterator[Option]:
    seen = {(write_value(chosen.value), chosen.why)}
    yield _option(chosen.value, chosen.strength, chosen.why, chosen.words, True)
    others = [(one.value, one.strength, one.why, one.words) for one in (*chosen.rivals, *amounts_named(name, printed))]
    for value, strength, why, words in sorted(others, key=lambda other: -other[1]):
        if (write_value(value), why) not in seen:
            seen.add((write_value(value), why))
            yield _option(value, strength, why, words, False)


def amounts_named(name: str, printed: Printed) -> Iterator[Candidate[Any]]:
    """Yield the amounts whose labels give them this part; arithmetic chose between them. The field must be chosen."""
    for item in labelled(printed.money):
        if item.role == ROLES.get(name) and item.value != printed.chosen[name].value:
            yield Candidate(item.value, item.amount.words, item.strength, item.why)


def _option(value: Any, strength: float, why: str, words: tuple[Word, ...], chosen: bool) -> Option:
    page = box_of(words[:1]).page if words else None
    return Option(write_value(value), round(strength, 3), why, page, chosen)
