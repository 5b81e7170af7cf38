"""The words of documents, stored in a folder of their own so that a page can show them at once.

They can be read from the document again at any time, so clearing the folder loses nothing.
"""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from keywright.archive import write_whole
from keywright.model.alternatives import Paper, Seen, rereads
from keywright.model.fields import Extraction
from keywright.model.reading import Box, Page, Reading, Word

log = logging.getLogger(__name__)

MOST_WORDS = 20_000
"""Longer documents (more than about forty pages) are not read again while a person waits."""
FORMAT = 2
"""The format of the stored words. Words stored in another format are ignored and read again."""


def keep(folder: Path, paper: Paper, reading: Reading) -> None:
    """Store the words of a document. A full disk is logged and does no harm to the case."""
    try:
        write_whole(_place(folder, paper), gzip.compress(json.dumps(_to_json(reading.pages)).encode(), 5))
    except OSError as full:
        log.warning("could not store the words of %s: %s", paper.document, full)


def kept(folder: Path, paper: Paper, extraction: Extraction | None) -> Seen | None:
    """Return the stored words of a document with the choices for its fields, or None if they are not stored.

    ``extraction`` holds the current values of the case.
    """
    pages = _kept_pages(_place(folder, paper))
    return _seen(paper, pages, extraction) if pages is not None and _is_short(pages) else None


def pages_of(folder: Path, paper: Paper) -> tuple[Page, ...] | None:
    """Return the stored pages of a document with their words, or None if they are not stored or too long."""
    pages = _kept_pages(_place(folder, paper))
    return pages if pages is not None and _is_short(pages) else None


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


def _place(folder: Path, paper: Paper) -> Path:
    """Return the file in which the words of a document are stored."""
    part = f"-{paper.pages[0]}-{paper.pages[1]}" if paper.pages else ""
    return folder / paper.document[:2] / f"{paper.document}-{paper.kind.name}{part}.json.gz"
