"""The office of one lane: its cases, its clock, its database; what the lane may see and shift of it."""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

from django.db.models import F
from django.utils import timezone

from bench.gym.records import content, extraction, gym_bot
from keywright.cases import casebook
from keywright.cases.worker import Office
from keywright.database.models import Keying, LedgerEntry, StoredCase
from keywright.model.case import Case, State
from keywright.model.checks import Outcome, Verdict
from keywright.model.document import Document
from keywright.model.reading import DrawnPage
from keywright.settings.settings import settings

GONE = 0.9  # seconds for which the database is gone: three times the robot's patience with it


def open_checked(kind: str, seed: int, number: int, office: Office) -> Case:
    """Open a case that has been read and has passed its checks, as if its paper had come in."""
    paper = content(seed, number)
    document = Document(
        office.documents.put(paper), "text/plain", f"gym-{number}.txt", len(paper), timezone.now(), "gym"
    )
    bot = gym_bot(kind)
    case = casebook.open_case(document, bot.name, actor="gym").case
    casebook.keep_pictures(case, [(DrawnPage(1, 1.0, 1.0, b""), office.pictures.put(b"no page"))])
    case = casebook.record_extraction(case, extraction(seed, number), (), actor="gym")
    return office.has_checked(case, Verdict(Outcome.KEY, ()))


def shift_leases(case: Case, hours: float) -> None:
    """Let every lease of a case end so many hours later, as if the clock had jumped back; earlier, if below zero."""
    by = dt.timedelta(hours=hours)
    claimed = StoredCase.objects.filter(pk=int(case.id)).exclude(lease_until=None)
    claimed.update(lease_until=F("lease_until") + by)
    Keying.objects.filter(case_id=int(case.id)).exclude(lease_until=None).update(lease_until=F("lease_until") + by)


def let_time_pass(case: Case) -> None:
    """Move to the time when the case can be worked again: wait for short waits, end long ones and leases at once."""
    row = StoredCase.objects.get(pk=int(case.id))
    wait = (row.not_before - timezone.now()).total_seconds()
    if 0 < wait < 14:  # a put-back for a fault waits 15 s and more
        time.sleep(wait)
    StoredCase.objects.filter(pk=row.pk).update(not_before=timezone.now())
    past = timezone.now() - dt.timedelta(seconds=1)
    StoredCase.objects.filter(pk=row.pk).exclude(lease_until=None).update(lease_until=past)
    Keying.objects.filter(case_id=row.pk).exclude(lease_until=None).update(lease_until=past)


def take_database_away(path: Path, seconds: float) -> None:
    """Lock the database against writing, from now on for so many seconds."""
    taken = threading.Event()

    def hold() -> None:
        with closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as db:
            db.execute("BEGIN EXCLUSIVE")
            taken.set()
            time.sleep(seconds)
            db.execute("ROLLBACK")

    threading.Thread(target=hold, daemon=True).start()
    taken.wait(5)


def let_hours_pass(case: Case) -> None:
    """Move to the time when a robot looks again for the record of a referred case."""
    past = timezone.now() - dt.timedelta(seconds=settings().second_looks[0] + 1)
    StoredCase.objects.filter(pk=int(case.id), state=State.REFERRED.value).update(referred_at=past)


def is_waiting(case: Case) -> bool:
    """Return True if a robot is to go on with a case."""
    return case.state in (State.CHECKED, State.KEYING, State.READ, State.RECEIVED)


def story_of(case: Case) -> str:
    """Return the ledger entries of a case, to find out what went wrong."""
    entries = LedgerEntry.objects.filter(case_id=int(case.id)).order_by("number")
    return "; ".join(f"{entry.event} {str(entry.body.get('error', ''))[:150]}".strip() for entry in entries)
