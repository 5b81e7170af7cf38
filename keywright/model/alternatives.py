"""A second look at a document for a person: its words, the other values a field may have, and what stands in one place.

The words that the engines saw are stored in a folder of their own, so that a page can show them at once. They can be
read from the document again at any time, so clearing the folder loses nothing.
"""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from keywright.model.document import write_whole
from keywright.model.document_type import DocumentType
from keywright.model.fields import Extraction, FieldSpec
from keywright.model.reading import Box, Line, Page, Reading, Word

log = logging.getLogger(__name__)

Pages = tuple[int, int]
"""The first and the last page of a case that is a part of its document, counted from one."""

MOST_WORDS = 20_000
"""Longer documents (more than about forty pages) are not read again while a person waits."""
FORMAT = 2
"""The format of the stored words. Words stored in another format are ignored and read again."""


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

    def place(self, folder: Path) -> Path:
        """Return the file in which its words are stored."""
        part = f"-{self.pages[0]}-{self.pages[1]}" if self.pages else ""
        return folder / self.document[:2] / f"{self.document}-{self.kind.name}{part}.json.gz"


def keep(folder: Path, paper: Paper, reading: Reading) -> None:
    """Store the words of a document. A full disk is logged and does no harm to the case."""
    try:
        write_whole(paper.place(folder), gzip.compress(json.dumps(_to_json(reading.pages)).encode(), 5))
    except OSError as full:
        log.warning("could not store the words of %s: %s", paper.document, full)


def kept(folder: Path, paper: Paper, extraction: Extraction | None) -> Seen | None:
    """Return the stored words of a document with the choices for its fields, or None if they are not stored.

    ``extraction`` holds the current values of the case.
    """
    pages = _kept_pages(paper.place(folder))
    return _seen(paper, pages, extraction) if pages is not None and _is_short(pages) else None


def _kept_pages(place: Path) -> tuple[Page, ...] | None:
    try:
        stored = json.loads(gzip.decompress(place.read_bytes()))
        return _from_json(stored) if stored["format"] == FORMAT else None
    except FileNotFoundError:
        return None
    except (OSError, EOFError, ValueError, LookupError, TypeError) as broken:
        log.warning("stored words in %s cannot be read; the document is read again: %r", place, broken)
        return None


def seen_on(folder: Path, paper: Paper, path: Path, extraction: Extraction | None) -> Seen | None:
    """Return the words of a document with the choices for its fields, reading the document if they are not stored.

    None if its type cannot be read again, or the document is too long. Raises Refer if the document cannot be read, and
    Stop if this machine cannot read it.
    """
    if stored := kept(folder, paper, extraction):
        return stored
    reader = rereads(paper.kind)
    if reader is None:
        return None
    reading = reader.look(path, paper.pages)
    keep(folder, paper, reading)
    return _seen(paper, reading.pages, extraction) if _is_short(reading.pages) else None


def _is_short(pages: Sequence[Page]) -> bool:
    return sum(len(line) for page in pages for line in page.lines) <= MOST_WORDS


def _seen(paper: Paper, pages: tuple[Page, ...], extraction: Extraction | None) -> Seen:
    """Return the pages together with the other values that each field may have."""
    reader = rereads(paper.kind)
    current = extraction or Extraction(paper.kind.name, {})
    return Seen(pages, reader.other_choices(Reading(pages), current) if reader else {})


def _to_json(pages: Sequence[Page]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "pages": [
            [p.number, p.width, p.height, p.engine, p.turned, [[_word(word) for word in line] for line in p.lines]]
            for p in pages
        ],
    }


def _from_json(stored: Mapping[str, Any]) -> tuple[Page, ...]:
    return tuple(
        Page(
            number, width, height, engine, tuple(tuple(_word_of(w, number) for w in line) for line in lines), (), turned
        )
        for number, width, height, engine, turned, lines in stored["pages"]
    )


def _word(word: Word) -> list[Any]:
    box = word.box
    edges = [round(edge, 1) for edge in (box.left, box.top, box.right, box.bottom)]
    return [word.text, round(word.confidence, 3), *edges, *([word.otherwise] if word.otherwise else [])]


def _word_of(stored: Sequence[Any], page: int) -> Word:
    text, confidence, left, top, right, bottom, *otherwise = stored
    return Word(text, Box(page, left, top, right, bottom), confidence, *otherwise)
