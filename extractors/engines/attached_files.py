"""Describes the files inside a document that were not read."""

from __future__ import annotations

from collections.abc import Sequence

from keywright.findings import Finding
from keywright.model.reading import Attached, Reading

_MOST_NAMES = 6


def names_of(attached: Sequence[Attached]) -> str:
    """Return the names of the first few attached files, and how many more there are."""
    names = [file.name or "a file without a name" for file in attached[:_MOST_NAMES]]
    return ", ".join(names) + (f" and {len(attached) - _MOST_NAMES} more" if len(attached) > _MOST_NAMES else "")


def attached_files(reading: Reading) -> tuple[Finding, ...]:
    """Return the finding that files inside a document were not read; it needs an answer if one could be a document
    itself.
    """
    doubtful = [file for file in reading.attached if file.may_be_a_document]
    if doubtful:
        remedy = (
            "Open the document in Adobe's reader and save them: a bill or a form among them must be put in by itself. "
            "Accept this if they only belong to this document."
        )
        return (Finding("attached-files", f"Files inside were not read: {names_of(doubtful)}. {remedy}"),)
    if reading.attached:
        message = f"Files inside were not read, since they only belong to this document: {names_of(reading.attached)}."
        return (Finding("attached-files", message, asks=False),)
    return ()
