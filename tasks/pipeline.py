"""Takes cases from their documents to a receipt, or to a person."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError

from extractors.extraction import ReadAs, read_as
from keywright import word_store
from keywright.bot import AnyBot
from keywright.cases import casebook, keying_attempts, work_queue
from keywright.cases.earlier_cases import DuplicateMeanwhile
from keywright.cases.worker import Office
from keywright.database.outage import wait_for_database
from keywright.disk import ensure_room, is_full
from keywright.errors import Later, Refer, Retry, Stop, Unproven
from keywright.findings import Finding, Kind
from keywright.messages import Message
from keywright.model import alternatives
from keywright.model.case import Case, IllegalMove, State
from keywright.model.checks import Outcome
from keywright.model.fields import Extraction
from keywright.privacy.masking import mask_of
from keywright.purchasing.records import BilledMeanwhile
from keywright.redaction import masking
from tasks.check import check
from tasks.key import key_once
from tasks.refer import refer
from tasks.sample import sample
from tasks.system_session import Desk
from tasks.write_receipt import prove

log = logging.getLogger(__name__)


def work_claimed(case: Case, bot: AnyBot, desk: Desk, office: Office) -> Case:
    """Work a claimed case as far as it goes, and always release it."""
    case = _under_lease(case, lambda: work_case(case, bot, desk, office), desk, office)
    prove(case, bot, office)
    return case


def read_claimed(case: Case, bot: AnyBot, desk: Desk, office: Office) -> Case:
    """Read a claimed case and go no further, while another thread keys; always release it."""
    return _under_lease(case, lambda: _put_down(has_read(case, bot, office)), desk, office)


def _put_down(case: Case) -> Case:
    work_queue.release(case)
    return casebook.get(case.id)


def _under_lease(case: Case, work: Callable[[], Case], desk: Desk, office: Office) -> Case:
    """Run a piece of work under the lease of a case.

    If the database goes away in the middle, wait for it and put the case back; the next look shows what was posted.
    """
    try:
        with work_queue.heartbeat(case, office.settings.lease):
            try:
                return _worked_or_handed_on(case, work, desk, office)
            except (OperationalError, InterfaceError) as away:
                ensure_room(away)
                log.warning("case %s: the database went away: %s", case.id, away)
                wait_for_database()
                return _put_back(case, away, desk, office)
    except IllegalMove as lost:  # the lease ran out, and another worker or a person has the case now
        log.warning("%s", lost)
        return casebook.get(case.id)


def _worked_or_handed_on(case: Case, work: Callable[[], Case], desk: Desk, office: Office) -> Case:
    """Do the work; hand the case to a person, back to the queue or to IT if it cannot be finished."""
    try:
        return work()
    except Refer as referral:
        return refer(casebook.still_held(case), [referral.finding], office)
    except Retry as retry:
        return _put_back(case, retry, desk, office)
    except Stop as stop:
        if isinstance(stop, Unproven) and keying_attempts.posted_by(
            case
        ):  # it is only looked for, so it costs no other case
            return _put_back(case, stop, desk, office)
        _put_down_for(stop, case, office)
        raise
    except IllegalMove:
        work_queue.release(case)
        raise
    except (OperationalError, InterfaceError):  # nothing can be recorded until the database is back
        raise
    except Exception as fault:  # a step's door: any fault costs one case one try
        if is_full(fault):
            work_queue.release(case)
            ensure_room(fault)
        log.exception("case %s", case.id)
        return _put_back(case, fault, desk, office)
    except BaseException:  # the process is being stopped: the next worker need not wait for the lease to end
        work_queue.release(case)
        raise


def _put_down_for(stop: Stop, case: Case, office: Office) -> None:
    """Release a case at which the run stops, and keep the reason: the case's page must show what it waits for."""
    try:
        office.put_down(casebook.still_held(case), stop)
    except (IllegalMove, OperationalError):  # it is another's by now, or there is no room to write
        work_queue.release(case)


def _put_back(case: Case, fault: Exception, desk: Desk, office: Office) -> Case:
    """Put a case back to be tried again; hand it on when its tries are used up.

    A case that was posted then goes to a person: only a person can find out what became of it. Any other goes to IT.
    """
    if not isinstance(fault, Later):
        desk.leave()
    case, last = casebook.still_held(case), case.attempts + 1 >= office.settings.attempts
    counts = desk.breaker.counts
    if last and counts and not isinstance(fault, Later) and (posted := keying_attempts.doubted(case)):
        return refer(case, [_not_looked(posted, fault)], office)
    return office.put_back(case, fault, counts=counts)


def _not_looked(posted: list[Message], fault: Exception) -> Finding:
    return Finding(
        keying_attempts.NOT_SHOWN,
        Message(
            "Posted, but not seen there yet. {posted}. The robot could not look for it: {fault} Look there. {remedy}",
            posted=tuple(posted),
            fault=str(fault),
            remedy=keying_attempts.IF_NOT_THERE,
        ),
        kind=Kind.UNCERTAIN,
    )


def work_case(case: Case, bot: AnyBot, desk: Desk, office: Office) -> Case:
    """Take one case from its current state to a receipt, or to a person."""
    if case.state is State.RECEIVED:
        case = has_read(case, bot, office)
    if case.state is State.READ:
        assert case.extraction is not None, "a read case has an extraction"
        case = has_checked(case, case.extraction, bot, office)
    return case if case.state is State.REFERRED else _key(case, bot, desk, office)


def has_checked(case: Case, extraction: Extraction, bot: AnyBot, office: Office) -> Case:
    """Check a case, and let it pass or refer it; check again if its duplicate has passed at the same moment."""
    while True:
        circumstances = office.circumstances(case, bot, extraction)
        verdict = check(extraction, bot, circumstances, case.settled)
        if verdict.outcome is Outcome.REFER:
            return refer(case, verdict.findings, office)
        try:
            return office.has_checked(case, verdict, circumstances, sample(case, bot, office))
        except (DuplicateMeanwhile, BilledMeanwhile) as meanwhile:
            log.info("%s", meanwhile)


def has_read(case: Case, bot: AnyBot, office: Office) -> Case:
    """Read the document of a case and keep what was read. Raises Refer if it cannot be read."""
    result = read_as(office.document(case), [bot.reads], ticks=bot.reads.has_ticks, only=case.pages)
    return keep_reading(case, bot, office, result)


def keep_reading(case: Case, bot: AnyBot, office: Office, result: ReadAs) -> Case:
    """Keep what was read on the document of a case: its words, and its fields."""
    word_store.keep(office.settings.words, alternatives.Paper(case.document, bot.reads, case.pages), result.reading)
    return office.has_read(case, bot, office.with_layout(bot, result.extractions[0], result.reading))


def _key(case: Case, bot: AnyBot, desk: Desk, office: Office) -> Case:
    """Key a case, and report to the breaker whether the system did its part."""
    try:
        with masking(mask_of(case.extraction).spellings):
            keyed = key_once(case, bot, desk, office)
    except (OperationalError, InterfaceError):  # our database, not the system
        raise
    except Refer as referral:
        desk.breaker.note_failure(case, referral)
        if not referral.picture:
            raise
        raise referral.with_picture(office.pictures.put(referral.picture)) from referral
    except Exception as fault:
        desk.breaker.note_failure(case, fault)
        raise
    desk.breaker.note_answer()
    return keyed
