"""Works the waiting cases of a bot: a lane for each login at its target system, and a reader that reads ahead."""

from __future__ import annotations

import contextvars
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import InterfaceError, OperationalError, connection

from keywright.bot import AnyBot
from keywright.cases import work_queue
from keywright.cases.worker import Office
from keywright.database.outage import wait_for_database
from keywright.disk import ensure_room
from keywright.model.case import WAITING_FOR_A_ROBOT, Case, State
from keywright.model.target_system import SignIn
from keywright.settings.settings import other_sign_ins
from tasks.circuit_breaker import Breaker
from tasks.pipeline import read_claimed
from tasks.system_session import Desk

WorkOne = Callable[[Case, AnyBot, Desk, Office], Case]
"""Works one claimed case as far as it goes: ``work_claimed``, or a function that wraps it."""

UNREAD = (State.RECEIVED,)
READY = tuple(state for state in WAITING_FOR_A_ROBOT if state not in UNREAD)
PAUSE = 0.2  # seconds between two looks for what the reader has put down


@dataclass(slots=True)
class Lanes:
    """The work of one run: which thread claims which case, when the run ends, and what became of the cases.

    With a limit, one thread reads and keys, so that no more than that many cases are touched.
    """

    bot: AnyBot
    office: Office
    work_one: WorkOne
    on_case: Callable[[Case], object]
    limit: int | None = None
    states: Counter[State] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    breaker: Breaker = field(init=False)
    _taken: int = 0
    _fault: BaseException | None = None
    _ending: threading.Event = field(default_factory=threading.Event)
    _reporting: threading.Lock = field(default_factory=threading.Lock)
    _reader: threading.Thread | None = None
    _alone: bool = False

    def __post_init__(self) -> None:
        self.breaker = Breaker(self.bot.keys_into.name, self.office.settings.failures_in_a_row)

    def work(self) -> None:
        """Work until nothing waits, the limit is reached or the system fails too often in a row.

        1. Start the reader, if more than one case waits, and a lane for each further login.
        2. Work the first lane here.
        3. Wait for the others; raise what stopped one of them.
        4. Now that this process has no other case in hand, work the cases at which another worker died.
        """
        hands: list[threading.Thread] = []
        if self.limit is None and work_queue.waiting(self.bot.name).count() > 1:
            self._reader = self._started("reader", self._read)
            hands = [self._reader, *(self._started(login.user, self._key, login) for login in self._others())]
        try:
            self._alone = not hands
            self._key(None)
        except BaseException:
            self._ending.set()
            raise
        finally:
            for hand in hands:
                hand.join()
        if self._fault is not None:
            raise self._fault
        self._alone = True
        self._key(None)

    def _others(self) -> tuple[SignIn, ...]:
        return other_sign_ins(self.bot.keys_into.name)

    def _started(self, name: str, work: Callable[..., None], *arguments: SignIn) -> threading.Thread:
        """Start a thread with its own database connection; an exception in it stops the run."""

        def guarded() -> None:
            try:
                work(*arguments)
            except BaseException as fault:  # noqa: BLE001 - raised again where the run was begun
                self._fault = fault
                self._ending.set()
            finally:
                connection.close()

        thread = threading.Thread(target=contextvars.copy_context().run, args=[guarded], name=f"{self.bot.name} {name}")
        thread.start()
        return thread

    def _key(self, where: SignIn | None) -> None:
        """Work cases at one login, those that are read first; wait for the reader while there are none.

        Cases at which another worker died come last, when this process has no other case in hand.
        """
        with Desk(self.bot, where, self.breaker) as desk:
            while not self._ended():
                if case := self._claim(READY) or self._claim(UNREAD) or self._claim_abandoned():
                    self._report(self.work_one(case, self.bot, desk, self.office))
                elif self._reader and self._reader.is_alive():
                    time.sleep(PAUSE)
                else:
                    return

    def _read(self) -> None:
        """Read new cases ahead of the lanes, and release them for keying."""
        with Desk(self.bot) as desk:  # never opened: what it fails at is not the system's fault
            while not self._ended() and (case := self._claim(UNREAD)):
                case = read_claimed(case, self.bot, desk, self.office)
                if case.state is not State.READ:
                    self._report(case)

    def _claim_abandoned(self) -> Case | None:
        return self._claim(WAITING_FOR_A_ROBOT, abandoned_too=True) if self._alone else None

    def _claim(self, states: Sequence[State], *, abandoned_too: bool = False) -> Case | None:
        """Claim the next case. If the database is away, wait for it: claimed or not, no work on the case has begun."""
        while True:
            try:
                case = work_queue.claim(
                    self.bot.name,
                    self.office.worker,
                    self.office.settings.lease,
                    states,
                    abandoned_too=abandoned_too,
                    on_set_aside=self._report,
                )
            except (OperationalError, InterfaceError) as away:
                ensure_room(away)
                wait_for_database()
                continue
            self._taken += case is not None
            return case

    def _ended(self) -> bool:
        used_up = self.limit is not None and self._taken >= self.limit
        return used_up or self.breaker.tripped or self._ending.is_set()

    def _report(self, case: Case) -> None:
        with self._reporting:
            self.on_case(case)
            self.states[case.state] += 1
            self.failed += [case.id] if case.state is State.FAILED else []
