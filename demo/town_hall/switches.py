"""The switches by which the town hall misbehaves: set in a separate file, and never through its pages."""

from __future__ import annotations

import random
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class SiteStep(StrEnum):
    """One request of a clerk: where a fault may come in."""

    SIGN_IN = "sign in"
    FORM = "form"  #: the entry form is opened
    CHOICE = "choice"  #: a choice reloads the form
    UPDATE = "update"  #: Update, Continue or Preview
    POST = "post"  #: Post or File application
    SEARCH = "search"  #: the search screen is opened
    FOUND = "found"  #: the list of what was found
    RECORD = "record"  #: a record is opened
    ATTACH = "attach"  #: a file is attached to a record


class SiteFault(StrEnum):
    """One way in which the town hall misbehaves."""

    SAVES_AND_SHOWS_ERROR = "saves and shows an error"
    SHOWS_SUCCESS_SAVES_NOTHING = "shows success, saves nothing"
    SAVES_A_PART = "saves a part"
    SAVES_TWICE = "saves twice"
    TWICE_ON_DOUBLE_CLICK = "saves twice on a double click"
    NEIGHBOURS_VALUE = "saves a neighbour's value"
    SAVES_A_DRAFT = "saves a draft"
    STALLS_THEN_SAVES = "stalls, then saves"
    SAVES_THEN_STALLS = "saves, then stalls"
    LOGS_OUT = "logs out"
    REPLAYS_THE_POST = "replays the post on re-login"
    CHANGES_A_LABEL = "changes a label"
    MOVES_A_CONTROL = "moves a control"
    RENAMES_A_BUTTON = "renames a button"
    ALERT = "pops up an alert"
    CONFIRM = "asks in a dialog"
    WIPES_LATE = "wipes a value late"
    WIPES_ON_SUBMIT = "wipes a value as it is sent"
    RELOADS_THE_FRAME = "reloads the frame"
    REJECTS_AN_UPLOAD = "rejects an upload"
    EMPTIES_AN_UPLOAD = "keeps an upload empty"
    STALE_LIST = "shows yesterday's list"
    SHARES_THE_CART = "two tabs share one cart"
    LISTS_IN_ANOTHER_FORM = "lists have a thead, or come late"
    LIST_IS_ANOTHER_PAGE = "the list is another page"


@dataclass(frozen=True, slots=True)
class Switch:
    """One fault that is switched on: its step, how many requests pass first, how often it occurs, its chance, its time.

    ``chance`` is 0-1 for each request, drawn by ``seed``; ``seconds`` is how long a stall lasts, or how late a script
    acts. ``at`` is when it was set, in seconds since 1970.
    """

    fault: SiteFault
    step: SiteStep
    skip: int = 0
    times: int = 1
    chance: float = 1.0
    seed: int = 0
    seconds: float = 0.0
    at: float = 0.0

    def draw(self) -> random.Random:
        """Return what this switch draws its choices from: the same for the same seed."""
        return random.Random(f"{self.seed} {self.fault}")


SCHEMA = """
CREATE TABLE IF NOT EXISTS switches (
    id INTEGER PRIMARY KEY AUTOINCREMENT, fault TEXT, step TEXT, skip INTEGER, times INTEGER, chance REAL,
    seed INTEGER, seconds REAL, at REAL, seen INTEGER DEFAULT 0
);
CREATE TABLE IF NOT EXISTS fired (fault TEXT, step TEXT, at REAL);
"""


def switch_on(home: Path, *switches: Switch) -> None:
    """Let the town hall whose data is in ``home`` misbehave from its next request on."""
    with _opened(home) as db:
        db.executescript(SCHEMA)
        db.executemany(
            "INSERT INTO switches (fault, step, skip, times, chance, seed, seconds, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(s.fault, s.step, s.skip, s.times, s.chance, s.seed, s.seconds, time.time()) for s in switches],
        )


def switch_off(home: Path) -> Counter[SiteFault]:
    """Let the town hall behave; return how often each fault occurred since the last call."""
    if not _path(home).exists():
        return Counter()
    with _opened(home) as db:
        counts = Counter(SiteFault(row[0]) for row in db.execute("SELECT fault FROM fired"))
        db.execute("DELETE FROM switches")
        db.execute("DELETE FROM fired")
    return counts


def due(home: Path, step: SiteStep) -> list[Switch]:
    """Return the faults that come in with this request, and count it; nothing costs nothing where no switch was set."""
    if not _path(home).exists():
        return []
    with _opened(home) as db:
        rows = db.execute("SELECT * FROM switches WHERE step = ? AND times > 0 ORDER BY id", [step]).fetchall()
        return [_switch(row) for row in rows if _comes_in(db, row)]


def _comes_in(db: sqlite3.Connection, row: sqlite3.Row) -> bool:
    """Count a request for one switch; say whether the fault comes in, and put that on record."""
    db.execute("UPDATE switches SET seen = seen + 1 WHERE id = ?", [row["id"]])
    lucky = random.Random(f"{row['seed']} {row['seen']}").random() < row["chance"]
    if row["seen"] < row["skip"] or not lucky:
        return False
    db.execute("UPDATE switches SET times = times - 1 WHERE id = ?", [row["id"]])
    db.execute("INSERT INTO fired VALUES (?, ?, ?)", [row["fault"], row["step"], time.time()])
    return True


def _switch(row: sqlite3.Row) -> Switch:
    names = ("skip", "times", "chance", "seed", "seconds", "at")
    return Switch(SiteFault(row["fault"]), SiteStep(row["step"]), *(row[name] for name in names))


def _path(home: Path) -> Path:
    return home / "switches.sqlite3"


@contextmanager
def _opened(home: Path) -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(_path(home), timeout=10)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA synchronous = OFF")
    try:
        with db:
            yield db
    finally:
        db.close()
