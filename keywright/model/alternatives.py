"""Looking at a document again for a person: its words, what else a field may be, and what stands in one place.

What the engines saw is kept in a folder of its own, so that a page has it at once. It can be read again from the
document at any time: whoever clears the folder loses nothing.
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
from keywright.model.fields import DocumentType, Extraction, FieldSpec
from keywright.model.reading import Box, Line, Page, Reading, Word

log = logging.getLogger(__name__)

Pages = tuple[int, int]
"""The first and the last page of a case that is a part of its document, counted from one."""

MOST_WORDS = 20_000
"""Documents of more words are not looked at while a person waits: some forty pages."""
FORMAT = 2
"""What is kept in another format is not read, but made again."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Another value that a field may have, as one types it; and where it is printed, if it is."""

    value: str
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What the engines saw on a document: its pages with their words, and by field what else its value may be."""

    pages: tuple[Page, ...]
    choices: Mapping[str, tuple[Choice, ...]]

    def page(self, number: int) -> Page | None:
        """Return the page of this number, or None if there is none."""
        return next((page for page in self.pages if page.number == number), None)


@runtime_checkable
class Rereads(Protocol):
    """A document type whose papers can be looked at again while a person waits; engines do it, in their child process.

    ``look``: all the words of a document. ``look_at``: the lines that stand in one place of a page, the best reading
    first. ``other_choices``: what else a field may be, the likeliest first. ``values_in``: what such lines mean in a
    field of the document, or in a cell of its lines, as one types it. The first two raise Refer if the document cannot
    be read, and Stop if this machine cannot.
    """

    def look(self, document: Path, only: Pages | None, /) -> Reading: ...

    def look_at(self, document: Path, page: Page, place: Box, /) -> tuple[tuple[Line, ...], ...]: ...

    def other_choices(self, reading: Reading, extraction: Extraction, /) -> Mapping[str, tuple[Choice, ...]]: ...

    def values_in(self, spec: FieldSpec[Any], lines: Sequence[Line], reading: Reading, /) -> tuple[str, ...]: ...


def rereads(document_type: type[DocumentType]) -> Rereads | None:
    """Return the document type as one that can be looked at again, or None if it cannot."""
    return document_type if isinstance(document_type, Rereads) else None


@dataclass(frozen=True, slots=True)
class Paper:
    """What is looked at: a document by its hash, read as one kind; ``pages`` where a case is a part of it."""

    document: str
    kind: type[DocumentType]
    pages: Pages | None = None

    def place(self, folder: Path) -> Path:
        """Return where what was seen on it is kept."""
        part = f"-{self.pages[0]}-{self.pages[1]}" if self.pages else ""
        return folder / self.document[:2] / f"{self.document}-{self.kind.name}{part}.json.gz"


def keep(folder: Path, paper: Paper, reading: Reading) -> None:
    """Keep the words of a document. A full disk costs no case anything."""
    try:
        write_whole(paper.place(folder), gzip.compress(json.dumps(_to_json(reading.pages)).encode(), 5))
    except OSError as full:
        log.warning("the words of %s are not kept: %s", paper.document, full)


def kept(folder: Path, paper: Paper, extraction: Extraction | None) -> Seen | None:
    """Return what is seen on a document whose words are kept, or None; ``extraction`` is what its case says now."""
    pages = _kept_pages(paper.place(folder))
    return _seen(paper, pages, extraction) if pages is not None and _is_short(pages) else None


def _kept_pages(place: Path) -> tuple[Page, ...] | None:
    try:
        told = json.loads(gzip.decompress(place.read_bytes()))
        return _from_json(told) if told["format"] == FORMAT else None
    except FileNotFoundError:
        return None
    except (OSError, EOFError, ValueError, LookupError, TypeError) as broken:
        log.warning("kept words in %s cannot be read and are made again: %r", place, broken)
        return None


def seen_on(folder: Path, paper: Paper, path: Path, extraction: Extraction | None) -> Seen | None:
    """Return what is seen on a document, reading it now if that is not kept; None if its kind cannot be looked at.

    Raises Refer if the document cannot be read, and Stop if this machine cannot.
    """
    if found := kept(folder, paper, extraction):
        return found
    reader = rereads(paper.kind)
    if reader is None:
        return None
    reading = reader.look(path, paper.pages)
    keep(folder, paper, reading)
    return _seen(paper, reading.pages, extraction) if _is_short(reading.pages) else None


def _is_short(pages: Sequence[Page]) -> bool:
    return sum(len(line) for page in pages for line in page.lines) <= MOST_WORDS


def _seen(paper: Paper, pages: tuple[Page, ...], extraction: Extraction | None) -> Seen:
    """Return pages with what else each field may be, beside what the case says now."""
    reader = rereads(paper.kind)
    now = extraction or Extraction(paper.kind.name, {})
    return Seen(pages, reader.other_choices(Reading(pages), now) if reader else {})


def _to_json(pages: Sequence[Page]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "pages": [
            [p.number, p.width, p.height, p.engine, p.turned, [[_word(word) for word in line] for line in p.lines]]
            for p in pages
        ],
    }


def _from_json(told: Mapping[str, Any]) -> tuple[Page, ...]:
    return tuple(
        Page(
            number, width, height, engine, tuple(tuple(_word_of(w, number) for w in line) for line in lines), (), turned
        )
        for number, width, height, engine, turned, lines in told["pages"]
    )


def _word(word: Word) -> list[Any]:
    box = word.box
    edges = [round(edge, 1) for edge in (box.left, box.top, box.right, box.bottom)]
    return [word.text, round(word.confidence, 3), *edges, *([word.otherwise] if word.otherwise else [])]


def _word_of(told: Sequence[Any], page: int) -> Word:
    text, confidence, left, top, right, bottom, *otherwise = told
    return Word(text, Box(page, left, top, right, bottom), confidence, *otherwise)
