"""Takes cases from their documents to a receipt, or to a person."""

from __future__ import annotations

import logging

from keywright import casebook, work_queue
from keywright.bot import AnyBot
from keywright.cases import Case, IllegalMove, State
from keywright.checks import Outcome
from keywright.errors import Refer, Retry, Stop
from keywright.office import Office
from tasks.check import check
from tasks.extract import extract
from tasks.key import Desk, key_once
from tasks.read import read
from tasks.refer import refer

log = logging.getLogger(__name__)


def work_claimed(case: Case, bot: AnyBot, desk: Desk, office: Office) -> Case:
    """Work a claimed case as far as it goes, and let go of it, whatever happens."""
    try:
        with work_queue.heartbeat(case, office.settings.lease):
            return _worked_or_handed_on(case, bot, desk, office)
    except IllegalMove as lost:  # the lease ran out and another worker or a person has the case: it is theirs
        log.warning("%s", lost)
        return casebook.get(case.id)


def _worked_or_handed_on(case: Case, bot: AnyBot, desk: Desk, office: Office) -> Case:
    """Work a case; hand it to a person, back to the queue or to IT if it cannot be finished."""
    try:
        return work_case(case, bot, desk, office)
    except Refer as found:
        return refer(casebook.held(case), [found.finding], office)
    except Retry as retry:
        desk.leave()
        return office.put_back(casebook.held(case), retry)
    except (Stop, IllegalMove):
        work_queue.release(case)
        raise
    except Exception as fault:  # a step's door: whatever it was, it costs one case one try
        log.exception("case %s", case.id)
        desk.leave()
        return office.put_back(casebook.held(case), fault)
    except BaseException:  # told to stop in the middle: the next worker need not wait for the lease to end
        work_queue.release(case)
        raise


def work_case(case: Case, bot: AnyBot, desk: Desk, office: Office) -> Case:
    """Take one case from where it stands to a receipt, or to a person."""
    if case.state is State.RECEIVED:
        reading = read(office.document(case), ticks=bot.reads.has_ticks)
        case = office.has_read(case, bot, extract(reading, bot.reads))
    if case.state is State.READ:
        assert case.extraction is not None, "a read case has an extraction"
        now = office.circumstances(case, bot, case.extraction)
        verdict = check(case.extraction, bot, now, case.settled)
        if verdict.outcome is Outcome.REFER:
            return refer(case, verdict.findings, office)
        case = office.has_checked(case, verdict, now.payee)
    return key_once(case, bot, desk, office)
