"""A disk that is full at any boundary of a keying: nothing is lost, nothing is posted twice, and the words tell all."""

from __future__ import annotations

import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_django

import tasks.pipeline
from keywright import clock
from keywright.bot import AnyBot
from keywright.cases import casebook, work_queue
from keywright.cases.worker import Office
from keywright.database.models import Keying, StoredCase
from keywright.errors import Stop
from keywright.ledger import ledger
from keywright.model.case import Case, State
from keywright.model.target_system import Posting, Receipt
from keywright.receipts import store
from keywright.settings.settings import load
from tasks.pipeline import work_claimed
from tasks.system_session import Desk
from tasks.write_receipt import catch_up, prove
from tests.conftest import opened
from tests.keywright.papers import BOT, LEASE
from tests.tasks.registry import NOBODY, Drawer, Registry, checked, filing_bot

SIZE = 4_000_000  # bytes
BOUNDARIES = (
    *("before the look", "after the look", "before the right to post", "with the right to post", "after the post"),
    *("before the look back", "after the look back", "after the case is closed"),
)


class Disk:
    """A small disk of its own, where this user may mount one; elsewhere a limit lets no file of this process grow.

    Then every part of the office is on the full disk, whichever was meant to be.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
        self.is_real = bool(shutil.which("mount")) and not subprocess.run(mount, capture_output=True).returncode
        self._limit = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(self) -> None:
        """Leave not a byte free, nor any that the database has put by for its next entries."""
        for database in self.folder.glob("*.sqlite3"):
            with closing(sqlite3.connect(database)) as db:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if not self.is_real:
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, self._limit[1]))
            return
        with suppress(OSError), (self.folder / "filler").open("ab", buffering=0) as filler:
            while filler.write(b"x" * 4096):
                pass

    def make_room(self) -> None:
        """Do what the words asked for."""
        (self.folder / "filler").unlink(missing_ok=True)
        resource.setrlimit(resource.RLIMIT_FSIZE, self._limit)

    def close(self) -> None:
        """Take the disk away."""
        self.make_room()
        if self.is_real:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    small = Disk(tmp_path / "small")
    yield small
    small.close()


@contextmanager
def office_with(part: str, disk: Disk, home: Path, empty: Path) -> Iterator[Office]:
    """Open an office of which one part is on the small disk."""
    home.mkdir()
    database = (disk.folder if part == "database" else home) / "office.sqlite3"
    shutil.copy(empty, database)
    if part != "database":
        (disk.folder / part).mkdir()
        (home / part).symlink_to(disk.folder / part)
    url = f"sqlite:///{database}"
    with opened(url, new=False):
        yield Office.of(load({"KEYWRIGHT_HOME": str(home), "KEYWRIGHT_DATABASE_URL": url}))


def filling(boundary: str, fill: Callable[[], None]) -> type[Registry]:
    """Return a card index at which the disk is full from a boundary on."""

    def reach(moment: str) -> None:
        if moment == boundary:
            fill()

    class Fills(Registry):
        looks = 0

        def find(self, record: str, /) -> Receipt | None:
            reach("before the look back" if self.looks else "before the look")
            receipt = super().find(record)
            reach("after the look back" if self.looks else "after the look")
            self.looks += 1
            return receipt

        def enter(self, record: str, posting: Posting, /) -> None:
            def asked() -> float:
                reach("before the right to post")
                seconds = posting()
                reach("with the right to post")
                return seconds

            super().enter(record, asked)
            reach("after the post")

    return Fills


def work(office: Office, case: Case, bot: AnyBot) -> Case:
    with Desk(bot, NOBODY) as desk:
        return work_claimed(case, bot, desk, office)


def due_again() -> Case:
    """Let every lease end, and claim the case."""
    past = clock.now() - timedelta(seconds=1)
    for rows in (StoredCase.objects, Keying.objects):
        rows.exclude(lease_until=None).update(lease_until=past)
    StoredCase.objects.update(not_before=past)
    case = work_queue.claim(BOT, "next", LEASE)
    assert case is not None
    return case


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("part", ["database", "pictures", "receipts"])
def test_a_disk_that_is_full_loses_no_record_and_doubles_none(
    part: str,
    boundary: str,
    disk: Disk,
    tmp_path: Path,
    empty_sqlite: Path,
    django_db_blocker: pytest_django.DjangoDbBlocker,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def full_before_the_receipt(case: Case, bot: AnyBot, office: Office) -> None:
        if boundary == BOUNDARIES[-1]:
            disk.fill()
        prove(case, bot, office)

    monkeypatch.setattr(tasks.pipeline, "prove", full_before_the_receipt)
    drawer = Drawer(picture=b"the picture of the record")
    with django_db_blocker.unblock(), office_with(part, disk, tmp_path / "home", empty_sqlite) as office:
        case, messages = checked(office), ""
        unneeded = disk.is_real and (part, boundary) == ("pictures", BOUNDARIES[-1])
        try:
            work(office, case, filing_bot(drawer, filling(boundary, disk.fill)))
        except Stop as stop:
            messages = str(stop)
        disk.make_room()
        messages += caplog.text

        assert ("Make room and start again" in messages) == (not unneeded)
        closed = (disk.is_real and part == "receipts") or boundary == BOUNDARIES[-1]
        assert casebook.get(case.id).state in ([State.KEYED] if closed else [State.CHECKED, State.KEYING])
        if not closed:
            assert work(office, due_again(), filing_bot(drawer)).state is State.KEYED
        catch_up(filing_bot(drawer), office)

        assert drawer.filed == 1
        assert store.kept(int(case.id))
        assert office.pictures.get(str((Keying.objects.get().receipt or {})["picture"])) == drawer.picture
        assert not ledger.verify().fault
