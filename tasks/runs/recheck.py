"""Looks by itself, hours later, for records that a person is asked about: what is there by then, whole, is keyed."""

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


def look_by_itself(bot: AnyBot, desk: Desk, office: Office) -> Iterator[Case]:
    """Look once for each record whose time has come, and only look; yield the cases that this has settled.

    A case stays with whoever has it meanwhile, and falls due as before; if a person decides it first, that stands. A
    system that is away ends the looks of this run, and counts as none. Raises Stop if nobody may sign in, or a screen
    has changed.
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
    """Look for the record of one referred case; return the case closed if it is there as it must be, None if not.

    1. Hold the right to the record, so that nobody enters it meanwhile.
    2. Look. It must be there once and whole, every value equal, and under the number that a person named, if one did.
    3. Close the case, while the right still lasts; put on record what was seen otherwise.
    """
    record = record_of(case, bot, office)
    with (
        masking(mask_of(case.extraction).spellings),
        desk.system() as system,
        keying_attempts.holding(case, system.name, system.identity(record), office.settings.lease) as hold,
    ):
        ours = hold.posts > hold.denied and not hold.elsewhere
        seen = _seen(system, record) if ours else "The record is no longer what was posted."
        if isinstance(seen, Receipt) and hold.named in ("", seen.number):
            return office.found_later(case, seen, hold)
        office.looked_by_itself(case, hold, f"It is there as {seen.number}." if isinstance(seen, Receipt) else seen)
        return None


def _seen(system: TargetSystem[object], record: object) -> Receipt | str:
    """Return the receipt of a record that is there once and whole; what is seen in its place in words."""
    try:
        return system.find(record) or "It is not shown."
    except (Refer, Unfinished, Unproven) as otherwise:
        return str(otherwise)
