"""Extracts the fields of a document from what was read, and says so if it is no such document."""

from __future__ import annotations

from dataclasses import replace

from keywright.fields import DocumentType, Extraction
from keywright.readings import Reading


def extract(reading: Reading, document_type: type[DocumentType]) -> Extraction:
    """Return the fields; a document of another kind carries a finding that says so."""
    return replace(document_type.extract(reading), other_kind=document_type.recognise(reading))
