"""Keys a checked case into its target system, once."""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any

from keywright import keyings
from keywright.bot import AnyBot
from keywright.cases import Case
from keywright.errors import Refer
from keywright.findings import Kind
from keywright.office import Office
from keywright.receipts import Receipt, SignIn, TargetSystem
from keywright.settings import sign_in

FOUND = "in-system-already"
NOT_SHOWN = "not-shown"


class Desk:
    """A bot's session with its target system: opened when first needed, and afresh after a fault."""

    def __init__(self, bot: AnyBot, where: SignIn | None = None) -> None:
        self.bot = bot
        self.where = where
        self._session: AbstractContextManager[TargetSystem[Any]] | None = None
        self._system: TargetSystem[Any] | None = None

    def system(self) -> TargetSystem[Any]:
        """Return the open system. Raises Retry if it is away, Stop if nobody may sign in."""
        if self._system is None:
            where = self.where or sign_in(self.bot.keys_into.name)
            session = self.bot.keys_into(where)
            self._system = session.__enter__()
            self._session = session
        return self._system

    def leave(self) -> None:
        """Close the session; the next case opens a new one."""
        session, self._session, self._system = self._session, None, None
        if session is not None:
            session.__exit__(None, None, None)

    def __enter__(self) -> Desk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()


def key_once(case: Case, bot: AnyBot, desk: Desk, office: Office) -> Case:
    """Enter the record of a checked case unless the system holds it already; return the closed case.

    1. Hold the right to enter this very record.
    2. Look first. A run that died after posting left its record there.
    3. Enter it, with the intent on record.
    4. Look again. What the system shows is the receipt; what was typed is not.
    """
    assert case.extraction is not None, "a checked case has been read"
    record = bot.record(case.extraction, case.payee)
    system = desk.system()
    with keyings.holding(case, system.name, system.identity(record), office.settings.lease) as hold:
        if receipt := system.find(record):
            _ensure_ours(case, hold, receipt)
            return office.close(office.adopt(case, hold), receipt, hold)
        _ensure_not_in_doubt(case, hold)
        case = office.intend(case, hold)
        system.enter(record)
        if receipt := system.find(record):
            return office.close(case, receipt, hold)
        keyings.doubt(hold)
        raise _not_shown(hold)


def _ensure_ours(case: Case, hold: keyings.Hold, receipt: Receipt) -> None:
    """Refer a record that somebody else entered, unless a person has said that it is this case's."""
    if hold.intended or any(finding.rule == FOUND for finding in case.settled):
        return
    raise Refer.because(
        FOUND,
        f"{receipt.system} shows this record already as {receipt.number}, and no robot entered it. "
        "Accept if it is this document's; refuse the case if the document was sent twice.",
        kind=Kind.DUPLICATE,
        acceptable=True,
    )


def _ensure_not_in_doubt(case: Case, hold: keyings.Hold) -> None:
    """Refer again what was posted and not shown, until a person says that it is not there."""
    if hold.uncertain and not any(finding.rule == NOT_SHOWN for finding in case.settled):
        raise _not_shown(hold)


def _not_shown(hold: keyings.Hold) -> Refer:
    return Refer.because(
        NOT_SHOWN,
        f"{hold.system} took {hold.identity} but does not show it. Look there: accept to enter it again if it is "
        "not there, and refuse the case if it is.",
        kind=Kind.UNCERTAIN,
        acceptable=True,
    )
