"""Extracts the fields of a document in the confined child that reads it, since its words come from a stranger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path

from extractors.engines import refusals
from extractors.engines.attached_files import attached_files
from extractors.engines.isolation import sandbox
from extractors.engines.isolation.sandbox import Limits, Rules
from extractors.engines.ocr.quality import poor_scans
from extractors.engines.refusals import refuse
from extractors.kinds import kind_named, name_of
from extractors.page_range import before, counted_as_in_document, counted_from_one
from extractors.supplier_invoice.addressee import names_of_this_office, using_names
from extractors.unknown_document import doubted
from keywright.findings import Finding
from keywright.messages import Message
from keywright.model.document_type import DocumentType
from keywright.model.fields import Extraction
from keywright.model.reading import Box, Reading
from keywright.model.serialization import Json, extraction_from_json, extraction_to_json

MOST_LINES = 10_000
"""The most lines of an invoice: twenty times what a person can check on a page, and a tenth of a second's work."""
LIMITS = Limits()
LONGEST_TEXT = 100_000  # characters of one value


@dataclass(frozen=True, slots=True)
class ReadAs:
    """The reading of a document, and its extraction as each of the requested kinds, in that order."""

    reading: Reading
    extractions: tuple[Extraction, ...]


def read_as(
    path: Path,
    kinds: Sequence[type[DocumentType]],
    *,
    ticks: bool = False,
    only: tuple[int, int] | None = None,
    limits: Limits = LIMITS,
) -> ReadAs:
    """Read a document and extract its fields as each of these kinds, in one child process.

    ``ticks`` and ``only`` mean the same as for ``sandbox.read``, which raises the same errors.
    """
    arguments = {"kinds": [name_of(kind) for kind in kinds], "ours": names_of_this_office()}
    rules = Rules(__name__, "extractions_as_json", arguments, tuple(kind.__module__ for kind in kinds))
    reading, payload = sandbox.read_and(path, rules, limits, ticks=ticks, only=only)
    with sandbox.making_sense_of(path):
        extractions = tuple(_checked(extraction_from_json(extraction)) for extraction in payload)
        if [extraction.document_type for extraction in extractions] != [kind.name for kind in kinds]:
            raise ValueError("the reply has other kinds of documents than the request")
    return ReadAs(reading, extractions)


def extractions_as_json(reading: Reading, arguments: Json) -> list[Json]:
    """Return the extractions of a reading, as the child process sends them (JSON)."""
    with using_names(arguments["ours"]):
        return [extraction_to_json(extract(reading, kind_named(name))) for name in arguments["kinds"]]


def extract(reading: Reading, document_type: type[DocumentType]) -> Extraction:
    """Return the fields; a finding says if the document is of another kind or a page is hard to read.

    Document types count the pages of an excerpt from one; the result counts them as in the whole document. Raises Refer
    if there are more lines than anyone can check.
    """
    excerpt = counted_from_one(reading)
    extraction = counted_as_in_document(document_type.extract(excerpt), before(reading))
    if len(extraction.lines) > MOST_LINES:
        lines = len(extraction.lines)
        raise refuse(
            refusals.TOO_LARGE, Message("It has {count} lines; {allowed} are allowed.", count=lines, allowed=MOST_LINES)
        )
    other_kind = document_type.recognise(excerpt)
    extraction = doubted(extraction) if other_kind else extraction
    findings = (*extraction.findings, *poor_scans(reading), *attached_files(reading))
    return replace(extraction, findings=findings, other_kind=other_kind)


def _checked(extraction: Extraction) -> Extraction:
    """Return an extraction that came from the child. Raises ValueError if a part of it has the wrong shape."""
    for name, field in extraction.fields.items():
        votes = [text for vote in field.votes.items() for text in vote]
        _ensure(0 <= field.confidence <= 1, *_texts(name, field.text, field.source, *votes), *_edges(field.box))
    for line in extraction.lines:
        _ensure(*_texts(line.description), *_edges(line.box))
    other_kind = [extraction.other_kind] if extraction.other_kind else []
    for finding in (*extraction.findings, *other_kind):
        _ensure(*_finding(finding))
    _ensure(len(extraction.lines) <= MOST_LINES)
    return extraction


def _ensure(*holds: bool) -> None:
    if not all(holds):
        raise ValueError("a part of the child's reply has the wrong shape")


def _texts(*texts: object) -> list[bool]:
    return [isinstance(text, str) and len(text) <= LONGEST_TEXT for text in texts]


def _edges(box: Box | None) -> list[bool]:
    return [] if box is None else [isfinite(edge) for edge in (box.page, box.left, box.top, box.right, box.bottom)]


def _finding(finding: Finding) -> list[bool]:
    flags = (finding.acceptable, finding.second_person, finding.asks)
    return [*_texts(finding.rule, finding.message, *finding.fields), *(isinstance(flag, bool) for flag in flags)]
