"""Looks again, hours later, for records that were referred as uncertain; a complete record settles its case."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from keywright.bot import AnyBot
from keywright.cases import keying_attempts, recheck_schedule
from keywright.cases.worker import Office
from keywright.errors import Refer, Retry, Unproven
from keywright.model.case import Case, IllegalMove
from keywright.model.target_system import Receipt, TargetSystem, Unfinished
from keywright.privacy.masking import mask_of
from keywright.redaction import masking
from tasks.key import record_of
from tasks.system_session import Desk
from tasks.write_receipt import prove

log = logging.getLogger(__name__)


def recheck_due(bot: AnyBot, desk: Desk, office: Office) -> Iterator[Case]:
    """Look once for each record that is due, without entering anything; yield the cases that are now settled.

    The case stays with the person who has it, and its due time stays; if the person decides first, that decision
    stands. If the system is away, the looks of this run end, and the look does not count. Raises Stop if the sign-in is
    refused, or a screen has changed.
    """
    for case in recheck_schedule.due(bot.name, office.settings.second_looks):
        try:
            settled = look_once(case, bot, desk, office)
        except Retry as away:
            log.warning("case %s is looked for in a later run: %s", case.id, away)
            return
        except IllegalMove as decided:
            log.info("%s", decided)
            continue
        if settled:
            prove(settled, bot, office)
            yield settled


def look_once(case: Case, bot: AnyBot, desk: Desk, office: Office) -> Case | None:
    """Look for the record of one referred case; return the closed case if the record is right, None if not.

    1. Hold the right to the record, so that no robot enters it at the same time.
    2. Look. The record must be there once and complete, with equal values, and with the number that a person gave, if
       one did.
    3. Close the case while the right still lasts, or record what the look showed instead.
    """
    record = record_of(case, bot, office)
    with (
        masking(mask_of(case.extraction).spellings),
        desk.system() as system,
        keying_attempts.holding(case, system.name, system.identity(record), office.settings.lease) as hold,
    ):
        is_unchanged = hold.posts > hold.denied and not hold.elsewhere
        sighting = _seen(system, record) if is_unchanged else "The record is no longer what was posted."
        if isinstance(sighting, Receipt) and hold.named in ("", sighting.number):
            return office.found_later(case, sighting, hold)
        office.looked_by_itself(
            case, hold, f"It is there as {sighting.number}." if isinstance(sighting, Receipt) else sighting
        )
        return None


def _seen(system: TargetSystem[object], record: object) -> Receipt | str:
    """Return the receipt of a record that is there once and complete; otherwise a sentence that says what is there."""
    try:
        return system.find(record) or "It is not shown."
    except (Refer, Unfinished, Unproven) as otherwise:
        return str(otherwise)
