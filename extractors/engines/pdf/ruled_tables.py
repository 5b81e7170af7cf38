"""Finds the tables whose cells are drawn with rules on the pages of a PDF, with pdfplumber.

It takes some tenths of a second a page, so the rules that find fields ask for it only where they need a second opinion.
They run in the child that has the document open (``at_hand``); anywhere else there are no tables.
"""

from __future__ import annotations

import importlib
import io
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import FrameType
from typing import Any

from keywright.model.reading import Box
from keywright.model.values.media_types import PDF, media_type

SECONDS = 8.0  # of processor time for all pages of a document
MOST_PAGES = 5
LARGEST = 20_000_000  # bytes of a document
MOST_DRAWN = 20_000  # lines, rectangles and letters on a page; pdfplumber compares many of them with each other
MOST_CELLS = 2_000  # of the tables of one page
_document: ContextVar[tuple[bytes, int]] = ContextVar("document", default=(b"", 1))


@dataclass(frozen=True, slots=True)
class RuledTable:
    """The cells of one table, row by row from the top; a row has only the cells that are drawn."""

    page: int
    rows: tuple[tuple[Box, ...], ...]


class _TimeIsUp(BaseException):
    """No ``except`` of a library may catch it."""


def load() -> None:
    """Load the library, for all processes that are forked later."""
    importlib.import_module("pdfplumber")


@contextmanager
def at_hand(content: bytes, first: int = 1) -> Iterator[None]:
    """Let the rules that run inside this context look for tables in a document, which they know from page ``first`` on
    and count from one.
    """
    token = _document.set((content, first))
    try:
        yield
    finally:
        _document.reset(token)


def ruled_tables(pages: Iterable[int]) -> tuple[RuledTable, ...]:
    """Return the ruled tables on these pages of the document at hand, counted from 1, as far as the time allows.

    Nothing is returned for what is no PDF, is too large, or is damaged.
    """
    content, first = _document.get()
    if not content or len(content) > LARGEST or media_type(content) != PDF:
        return ()
    try:
        with _within(SECONDS):
            return tuple(_tables(content, list(pages)[:MOST_PAGES], first))
    except _TimeIsUp:
        return ()
    except Exception:  # noqa: BLE001 - whatever a file makes the library raise, other engines have read it
        return ()


def _tables(content: bytes, pages: list[int], first: int) -> Iterator[RuledTable]:
    import pdfplumber  # takes half a second; the fork server loads it for its children

    with pdfplumber.open(io.BytesIO(content), pages=[page + first - 1 for page in pages]) as pdf:
        for page in pdf.pages:
            yield from _on_page(page, page.page_number - first + 1)
            page.close()


def _on_page(page: Any, number: int) -> Iterator[RuledTable]:
    if sum(map(len, page.objects.values())) > MOST_DRAWN:
        return
    tables = page.find_tables()
    if sum(len(table.cells) for table in tables) > MOST_CELLS:
        return
    for table in tables:
        rows = (tuple(Box(number, *map(float, cell)) for cell in row.cells if cell) for row in table.rows)
        yield RuledTable(number, tuple(rows))


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raise _TimeIsUp if what is done in this context takes more processor time."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise _TimeIsUp

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
