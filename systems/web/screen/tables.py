"""Reads a table as the page displays it: its headings, its rows, and what in it could not be read as a row."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Frame
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from keywright.errors import Retry
from systems.web.screen.formats import plain
from systems.web.screen.survey import PAUSE_MS

READ = Path(__file__).with_name("tables.js").read_text(encoding="utf-8")
RESTS_S = 1.5  # a page with scripts has come to rest when its table stays the same for so long
RESTLESS_S = 15.0  # a page that has not come to rest by then never will


@dataclass(frozen=True, slots=True)
class Table:
    """A table at one moment, in the form that a page displays it.

    ``heads`` is empty if the page does not display exactly one table with the requested headings; ``tables`` is the
    number of tables that it displays, and ``near`` holds the headings of tables with the first requested one. ``rows``
    are the displayed rows that have one cell for each heading, ``hidden`` rows of the same kind that the page holds and
    does not display, ``unread`` the words of other displayed rows: they have another number of cells, or contain
    drawings and no words. ``below`` are all words that the page displays after the headings, including those in
    controls. ``pictures`` are elements there whose words cannot be read, for example a frame, if there is no row.
    ``page`` are all words outside the rows and controls, so that the text of a record is never taken for a message of
    the system. ``is_window`` says that the table shows only a part of its rows.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    hidden: tuple[tuple[str, ...], ...]
    unread: tuple[str, ...]
    below: str
    pictures: tuple[str, ...]
    page: str
    tables: int
    near: tuple[tuple[str, ...], ...]
    is_window: bool

    @property
    def is_there(self) -> bool:
        """Return True if the page displays one table with the headings that were asked for."""
        return bool(self.heads)


def table_on(frame: Frame, columns: Sequence[str], *, exactly: bool = True) -> Table:
    """Return the table with these columns, once the page has come to rest; not ``exactly``: with these among others.

    A page with scripts may fetch or draw its rows late. It has come to rest when nothing is being fetched any more and
    the table has stayed the same for a while. Raises Retry if it does not.
    """
    wanted = {"wanted": list(columns), "exactly": exactly}
    reading: dict[str, Any] = frame.evaluate(READ, wanted)
    if reading["scripted"] or not reading["complete"]:
        reading = _at_rest(frame, wanted, reading)
    return _table(reading)


def _at_rest(frame: Frame, wanted: dict[str, Any], reading: dict[str, Any]) -> dict[str, Any]:
    try:
        frame.wait_for_load_state("networkidle", timeout=RESTLESS_S * 1000)
    except PlaywrightTimeout as error:
        raise _restless(frame) from error
    until, since = time.monotonic() + RESTLESS_S, time.monotonic()
    while time.monotonic() < until:
        later_reading: dict[str, Any] = frame.evaluate(READ, wanted)
        if _table(later_reading) != _table(reading):
            reading, since = later_reading, time.monotonic()
        elif time.monotonic() - since >= RESTS_S:
            return later_reading
        frame.page.wait_for_timeout(PAUSE_MS)
    raise _restless(frame)


def _restless(frame: Frame) -> Retry:
    return Retry(
        f"The page {frame.url.split('?')[0]} does not come to rest, so its list cannot be read. It is tried again."
    )


def _table(reading: dict[str, Any]) -> Table:
    rows = _texts(reading.get("rows", ()))
    declared_rows = reading.get("rows_declared", -1)
    return Table(
        heads=tuple(plain(head) for head in reading.get("heads", ())),
        rows=rows,
        hidden=_texts(reading.get("hidden", ())),
        unread=tuple(reading.get("unread", ())),
        below=reading.get("below", ""),
        pictures=tuple(reading.get("pictures", ())),
        page=reading["page"],
        tables=reading["tables"],
        near=_texts(reading["near"]),
        is_window=reading.get("scrolls", False) or declared_rows > reading.get("rows_there", 0),
    )


def _texts(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(plain(cell) for cell in row) for row in rows)
