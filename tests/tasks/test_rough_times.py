"""Our own side fails: the database goes away for a moment, the disk is full, the clock jumps. No record is doubled."""

from __future__ import annotations

import datetime as dt
import resource
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_django
from django.db.models import F

from keywright import clock
from keywright.cases import casebook, work_queue
from keywright.cases.worker import Office
from keywright.database.models import Keying, StoredCase
from keywright.errors import Stop
from keywright.ledger import ledger
from keywright.model.case import Case, State
from keywright.model.target_system import Posting
from keywright.settings.settings import load
from tasks.pipeline import work_claimed
from tasks.system_session import Desk
from tests import postgresql as server
from tests.conftest import create_database, opened
from tests.keywright.papers import BOT, LEASE
from tests.tasks.registry import NOBODY, Drawer, Registry, checked, filing_bot


@pytest.fixture
def served(
    postgresql: str, empty_postgresql: str, tmp_path: Path, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[Office]:
    """An office whose database is on a server."""
    name = f"t{uuid.uuid4().hex}"
    create_database(postgresql, name, empty_postgresql)
    with django_db_blocker.unblock(), opened(postgresql + name, new=False):
        yield Office.of(load({"KEYWRIGHT_HOME": str(tmp_path), "KEYWRIGHT_DATABASE_URL": postgresql + name}))


def work(office: Office, case: Case, drawer: Drawer, registry: type[Registry] = Registry) -> Case:
    bot = filing_bot(drawer, registry)
    with Desk(bot, NOBODY) as desk:
        return work_claimed(case, bot, desk, office)


def due_again() -> Case:
    StoredCase.objects.update(not_before=clock.now())
    case = work_queue.claim(BOT, "next", LEASE)
    assert case is not None
    return case


@pytest.mark.parametrize("moment", ["before the intent", "after the intent", "after the post"])
def test_a_database_that_goes_away_is_waited_for_and_the_record_is_there_once(
    moment: str, served: Office, postgresql: str
) -> None:
    def crash(reached: str) -> None:
        if reached == moment:
            server.stop(postgresql)
            threading.Timer(1.0, server.start, [postgresql]).start()

    class Blinks(Registry):
        def enter(self, record: str, posting: Posting, /) -> None:
            def asked() -> float:
                crash("before the intent")
                seconds = posting()
                crash("after the intent")
                return seconds

            super().enter(record, asked)
            crash("after the post")

    drawer = Drawer()
    case = work(served, checked(served), drawer, Blinks)

    assert case.state in (State.CHECKED, State.KEYING)
    assert work(served, due_again(), drawer).state is State.KEYED
    assert drawer.filed == 1
    assert not ledger.verify().fault


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file of this process grow: what is written is refused by the system, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_is_full_when_the_receipt_is_kept_loses_no_record(served: Office) -> None:
    """The picture of the record is another one than that of the page, which is kept already."""
    case, drawer = checked(served), Drawer(picture=b"the picture of the record")

    with full_disk(), pytest.raises(Stop, match="Make room and start again"):
        work(served, case, drawer)

    assert (casebook.get(case.id).state, drawer.filed) == (State.KEYING, 1)
    assert work(served, due_again(), drawer).state is State.KEYED
    assert drawer.filed == 1


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_clock_that_jumps_while_a_record_is_typed_lets_one_worker_post(hours: int, office: Office) -> None:
    """A clock that jumps forward makes all that was noted before that much older, and one that jumps back, younger."""
    drawer, heirs = Drawer(), []
    jump = dt.timedelta(hours=hours)

    class Jumps(Registry):
        def enter(self, record: str, posting: Posting, /) -> None:
            for rows in (StoredCase.objects, Keying.objects):
                rows.update(lease_until=F("lease_until") - jump)
            StoredCase.objects.update(not_before=F("not_before") - jump)
            if heir := work_queue.claim(BOT, "heir", LEASE):
                heirs.append(work(office, heir, drawer))
            super().enter(record, posting)

    work(office, checked(office), drawer, Jumps)

    assert drawer.filed == 1
    assert len(heirs) == (1 if hours > 0 else 0)
    (case,) = casebook.all_cases()
    assert case.state is State.KEYED
