"""What a second look at a document gives a person: its words, and the other values that a field may have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from keywright.model.document_type import DocumentType
from keywright.model.fields import Extraction, Field, FieldSpec
from keywright.model.layout import alike
from keywright.model.reading import Box, Line, Page, Reading
from keywright.model.serialization import write_value

Pages = tuple[int, int]
"""The first and the last page of a case that is a part of its document, counted from one."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Another value that a field may have, written as a person types it, with its box if it is printed on the page."""

    value: str
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """The pages of a document with the words on them, and the other values that each field may have."""

    pages: tuple[Page, ...]
    choices: Mapping[str, tuple[Choice, ...]]

    def page(self, number: int) -> Page | None:
        """Return the page of this number, or None if there is none."""
        return next((page for page in self.pages if page.number == number), None)


@runtime_checkable
class Rereads(Protocol):
    """A document type whose documents can be read again while a person waits; the engines run in their child process.

    ``look``: all the words of a document. ``look_at``: the lines in one place of a page, the best reading first.
    ``other_choices``: the other values that each field may have, the likeliest first. ``values_in``: the values that
    these lines may mean for a field of the document or a cell of its lines, written as a person types them. The first
    two raise Refer if the document cannot be read, and Stop if this machine cannot read it.
    """

    def look(self, document: Path, only: Pages | None, /) -> Reading: ...

    def look_at(self, document: Path, page: Page, place: Box, /) -> tuple[tuple[Line, ...], ...]: ...

    def other_choices(self, reading: Reading, extraction: Extraction, /) -> Mapping[str, tuple[Choice, ...]]: ...

    def values_in(self, spec: FieldSpec[Any], lines: Sequence[Line], reading: Reading, /) -> tuple[str, ...]: ...


def rereads(document_type: type[DocumentType]) -> Rereads | None:
    """Return the document type if its documents can be read again, or None."""
    return document_type if isinstance(document_type, Rereads) else None


@dataclass(frozen=True, slots=True)
class Paper:
    """A document to look at: its hash, its document type, and ``pages`` if the case is only a part of it."""

    document: str
    kind: type[DocumentType]
    pages: Pages | None = None


MOST = 9
"""So many choices can be taken with one key."""


def with_votes(choices: Mapping[str, tuple[Choice, ...]], extraction: Extraction) -> dict[str, tuple[Choice, ...]]:
    """Return the choices with the values of the other readers before all others, where readers differ."""
    differing = {name: field for name, field in extraction.fields.items() if any(_other_votes(field))}
    return {**choices, **{name: _votes_first(field, choices.get(name, ())) for name, field in differing.items()}}


def _votes_first(field: Field[Any], choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """Return the other readers' values, each with its box if it is among the choices, and then the other choices."""
    votes = list(dict.fromkeys(_other_votes(field)))
    boxes = {choice.value: choice.box for choice in choices}
    others = (choice for choice in choices if choice.value not in votes)
    return (*(Choice(vote, boxes.get(vote)) for vote in votes), *others)[:MOST]


def _other_votes(field: Field[Any]) -> Iterator[str]:
    value = write_value(field.value)
    return (" ".join(vote.split()) for vote in field.votes.values() if vote and not alike(vote, value))
