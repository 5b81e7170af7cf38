"""Describes the files inside a document that were not read."""

from __future__ import annotations

from collections.abc import Sequence

from keywright.findings import Finding
from keywright.messages import Message
from keywright.model.reading import Attached, Reading

_MOST_NAMES = 6


def names_of(attached: Sequence[Attached]) -> tuple[str, ...]:
    """Return the names of the first few attached files, and how many more there are."""
    names = tuple(file.name or Message("a file without a name") for file in attached[:_MOST_NAMES])
    rest = len(attached) - _MOST_NAMES
    return (*names, Message("{count} more", count=rest)) if rest > 0 else names


def attached_files(reading: Reading) -> tuple[Finding, ...]:
    """Return the finding that files inside a document were not read; it needs an answer if one could be a document
    itself.
    """
    doubtful = [file for file in reading.attached if file.may_be_a_document]
    if doubtful:
        message = Message(
            "Attached files were not read. They are: {files}. Open the document in Adobe's reader and save them: a "
            "bill or a form among them must be put in by itself. Accept this if they only belong to this document.",
            files=names_of(doubtful),
        )
        return (Finding("attached-files", message),)
    if reading.attached:
        message = Message(
            "Attached files were not read. They only belong to this document: {files}.",
            files=names_of(reading.attached),
        )
        return (Finding("attached-files", message, asks=False),)
    return ()
