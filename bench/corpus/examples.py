"""Labelled values as they were read, each with its evidence: what weights are fitted on and measured with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from os import cpu_count
from typing import Any

from bench.corpus.comparing import CANONICAL, right
from bench.corpus.documents import LabelledDocument
from bench.corpus.fitting import Example
from bench.corpus.kept import seen
from extractors.extraction import ReadAs, extract
from extractors.supplier_invoice.confidence.evidence import evidence_of
from extractors.supplier_invoice.document_type import SupplierInvoice
from extractors.supplier_invoice.reading.print import Printed, read_print
from keywright.bot import all_bots
from keywright.errors import Refer
from keywright.model.serialization import Json, write_value
from tasks.preview import judged, kinds_of, refused

#: Labels that are wrong: the page says otherwise, in words. They are scored as they stand; nothing is fitted on them.
WRONG_LABELS = {
    ("fcc-684636c0", "amount_due"): "The page says Amount Due $3,140.51, with the tax of New Mexico.",
    ("fcc-b34fc957", "amount_due"): "The page says Amount Due $2,416.13, with the tax of New Mexico.",
}


@dataclass(frozen=True, slots=True)
class Read:
    """One document after reading: the output of ``keywright read``, its evidence by field, and its examples."""

    document: LabelledDocument
    result: Json
    evidence: dict[str, dict[str, float]]
    examples: tuple[Example, ...]


def read_all(documents: Sequence[LabelledDocument], on_each: Callable[[], None]) -> list[Read]:
    """Read every document from what the engines saw on it, as many at once as there are processors."""
    reads = []
    with ProcessPoolExecutor(cpu_count() or 1) as readers:
        for reading in readers.map(read_one, documents, chunksize=4):
            reads.append(reading)
            on_each()
    return reads


def read_one(document: LabelledDocument) -> Read:
    """Read one document. It may run in a process of its own."""
    what = seen(document.path)
    file = str(document.row["file"])
    if isinstance(what, Refer):
        return Read(document, {**refused(document.path, what.finding), "file": file}, {}, ())
    bots = list(all_bots().values())
    read_as_all = ReadAs(what, tuple(extract(what, kind) for kind in kinds_of(bots)))
    result = {**judged(document.path, read_as_all, bots), "file": file}
    if document.row["kind"] != "invoices" or what.einvoice is not None:
        return Read(document, result, {}, ())
    printed = read_print(what)
    evidence = evidence_of(printed)
    fits = document.payable and SupplierInvoice.recognise(what) is None
    examples = tuple(_examples(document, printed, evidence)) if fits else ()
    return Read(document, result, evidence, examples)


def _examples(document: LabelledDocument, printed: Printed, evidence: dict[str, dict[str, float]]) -> Iterator[Example]:
    for name, truth in _truth(document).items():
        doubted = (str(document.row.get("id")), name) in WRONG_LABELS
        if name not in evidence or name not in {*CANONICAL, "invoice_type"} or doubted:
            continue
        value = write_value(printed.fields[name].value)
        yield Example(document.path.name, document.vendor, name, evidence[name], right(name, truth, value))


@dataclass(frozen=True, slots=True)
class JudgedValue:
    """A labelled value as it would be keyed: the layout, the field, its confidence, and whether it is right."""

    layout: str
    name: str
    confidence: float
    right: bool


def judged_values(reads: Sequence[Read]) -> list[JudgedValue]:
    """Return the labelled values of all bills that were read from print."""
    return [judged_value for reading in reads if reading.examples for judged_value in _judged_values(reading)]


def _judged_values(reading: Read) -> Iterator[JudgedValue]:
    for name, truth in _truth(reading.document).items():
        if name in reading.result["fields"] and name in {*CANONICAL, "invoice_type"}:
            field = reading.result["fields"][name]
            is_right = right(name, truth, field["value"])
            yield JudgedValue(reading.document.vendor, name, field["confidence"], is_right)


def _truth(document: LabelledDocument) -> dict[str, Any]:
    """Return the labels of a document; what kind of bill it is, is one of them."""
    truth = {name: value for name, value in (document.row.get("truth") or {}).items() if value not in (None, "", [])}
    kind = "credit-note" if document.row.get("doc_type") == "credit_note" else "invoice"
    return {**truth, "invoice_type": kind}
