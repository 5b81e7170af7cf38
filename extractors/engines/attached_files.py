"""What is told of the files inside a document that were not read."""

from __future__ import annotations

from collections.abc import Sequence

from keywright.findings import Finding
from keywright.model.reading import Attached, Reading

_NAMED = 6


def listed(attached: Sequence[Attached]) -> str:
    """Return the names of attached files in words, the first few of many."""
    names = [file.name or "a file without a name" for file in attached[:_NAMED]]
    return ", ".join(names) + (f" and {len(attached) - _NAMED} more" if len(attached) > _NAMED else "")


def attached_files(reading: Reading) -> tuple[Finding, ...]:
    """Return the finding that files inside a document were not read; it asks if one may be a document itself."""
    doubtful = [file for file in reading.attached if file.may_be_a_document]
    if doubtful:
        remedy = (
            "Open the document in Adobe's reader and save them: a bill or a form among them must be put in by itself. "
            "Accept this if they only belong to this document."
        )
        return (Finding("attached-files", f"Files inside were not read: {listed(doubtful)}. {remedy}"),)
    if reading.attached:
        message = f"Files inside were not read, since they only belong to this document: {listed(reading.attached)}."
        return (Finding("attached-files", message, asks=False),)
    return ()
