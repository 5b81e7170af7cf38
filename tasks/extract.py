"""Extracts the fields of a document from what was read, and says so if it is no such document."""

from __future__ import annotations

from dataclasses import replace

from extractors.attached_files import attached_files
from extractors.engines.quality import poor_scans
from extractors.unknown_document import doubted
from keywright.fields import DocumentType, Extraction
from keywright.readings import Reading
from tasks.excerpt import before, counted_as_in_document, counted_from_one


def extract(reading: Reading, document_type: type[DocumentType]) -> Extraction:
    """Return the fields; a document of another kind, or a page that is hard to read, carries a finding that says so.

    Of an excerpt, document types see the first page as page one; the evidence is told as the document counts its pages.
    """
    excerpt = counted_from_one(reading)
    extraction = counted_as_in_document(document_type.extract(excerpt), before(reading))
    other_kind = document_type.recognise(excerpt)
    extraction = doubted(extraction) if other_kind else extraction
    findings = (*extraction.findings, *poor_scans(reading), *attached_files(reading))
    return replace(extraction, findings=findings, other_kind=other_kind)
