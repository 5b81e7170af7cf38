"""Keys a checked case into its target system, once."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any

from keywright.bot import AnyBot
from keywright.cases import keying_attempts
from keywright.cases.keying_attempts import DOUBTS, NOT_FINISHED, NOT_SHOWN, POSTED_OTHERWISE, Hold
from keywright.cases.worker import Office
from keywright.errors import Later, NotPosted, Refer, Retry, Stop
from keywright.findings import Finding, Kind
from keywright.messages import Message
from keywright.model.case import Case
from keywright.model.target_system import Finishes, Pictured, Receipt, TargetSystem, Unfinished
from keywright.privacy.masking import mask_of
from tasks.attachment import enclosure_of
from tasks.system_session import Desk

log = logging.getLogger(__name__)

FOUND = "in-system-already"
IN_PLACE = 5.0
"""Seconds: for a shorter wait the robot stays at the screen; for a longer one the case is put back."""

Sighting = Receipt | Unfinished | None
"""What a look showed: the record, a part of it, or nothing."""


class Intending:
    """The right to post one record: each call commits the intent, renews the lease, and returns how long it lasts."""

    def __init__(self, case: Case, hold: Hold, office: Office) -> None:
        self.case = case
        self.posts = hold.posts
        self.answer = hold.answer
        self._earlier = hold.answer
        self._hold = hold
        self._office = office

    def __call__(self) -> float:
        """Commit the intent; return for how many seconds from now one may post. Raises LeaseLost if it was lost."""
        self.case = self._office.intend(self.case, self._hold)
        self.posts += 1
        self._earlier, self.answer = self.answer, ""
        return self._hold.lease.total_seconds()

    def hear(self, words: str) -> None:
        """Keep the system's reply to the post, masked: a later run may need it."""
        self.answer = mask_of(self.case.extraction).text(words)
        keying_attempts.heard(self._hold, self.answer)

    def withdraw(self) -> None:
        """Take back the last intent: certainly nothing was posted. The reply to the post before it stays."""
        self.case = self._office.withdraw(self.case, self._hold, self._earlier)
        self.answer = self._earlier
        self.posts -= 1


@dataclass(frozen=True, slots=True)
class Entering:
    """One record on its way into one system, under a hold."""

    record: Any
    system: TargetSystem[Any]
    hold: Hold
    posting: Intending
    office: Office

    def look(self) -> Sighting:
        """Look for the record. Raises Refer if it is there with other values."""
        try:
            return self.system.find(self.record)
        except Unfinished as unfinished:
            return unfinished

    def in_doubt(self, sighting: Sighting) -> bool:
        """Return True if a post may have left something that the look did not show, and that may still appear."""
        return not isinstance(sighting, Receipt) and self.posting.posts - self.hold.denied > DOUBTS[_doubt(sighting)]


def key_once(case: Case, bot: AnyBot, desk: Desk, office: Office) -> Case:
    """Enter the record of a checked case if the system does not hold it yet; return the closed case.

    1. Hold the right to enter exactly this record.
    2. Look first. A run that died after posting left its record there.
    3. Enter it, after committing the intent; finish a record of ours that is there in part.
    4. Look again. The receipt is what the system shows, not what was typed. If a posted record is not shown, the robot
       looks a few times more, and then refers the case to a person; it never enters the record again blindly.
    """
    record = record_of(case, bot, office)
    with (
        desk.system() as system,
        keying_attempts.holding(case, system.name, system.identity(record), office.settings.lease) as hold,
    ):
        entering = Entering(record, system, hold, Intending(case, hold, office), office)
        _ensure_nothing_elsewhere(hold)
        sighting = entering.look()
        if sighting is not None:
            _ensure_ours(case, hold, sighting)
        sighting, fault = _enter(entering, case, sighting)
        receipt = sighting if isinstance(sighting, Receipt) else _look_on(entering, sighting, fault)
        _ensure_as_named(hold, receipt)
        return office.close(office.adopt(entering.posting.case, hold), receipt, hold)


def _enter(entering: Entering, case: Case, sighting: Sighting) -> tuple[Sighting, Retry | Refer | None]:
    """Enter the record, and look, until it shows or is in doubt; return what the look showed, and a fault of the post.

    A record that the system does not take is entered once more from the start, as long as nothing was posted: a screen
    that lost a value or mixed two forms up often works the next time.
    """
    fault, refused = None, False
    while not (isinstance(sighting, Receipt) or entering.in_doubt(sighting)):
        try:
            fault = _post(entering, sighting)
        except Refer as refusal:
            if refused:
                raise
            refused = True
            log.info("case %s is entered once more, nothing was posted: %s", case.id, refusal)
        sighting = entering.look()
        if sighting is not None and not entering.posting.posts:
            _ensure_ours(case, entering.hold, sighting)
    return sighting, fault


def record_of(case: Case, bot: AnyBot, office: Office) -> Any:
    """Return the record of a checked case, with its document where the record encloses it."""
    assert case.extraction is not None, "a checked case has been read"
    record = bot.record(case.extraction, case.payee)
    return bot.encloses(record, enclosure_of(case, office)) if bot.encloses else record


def _post(entering: Entering, sighting: Unfinished | None) -> Retry | Refer | None:
    """Enter the record, or finish it; return a fault after a post, which only a look can settle.

    A fault before anything was posted is raised: then there is no doubt about the record.
    """
    before = entering.posting.posts
    try:
        if sighting is None:
            entering.system.enter(entering.record, entering.posting)
        elif isinstance(entering.system, Finishes):
            entering.system.finish(entering.record, entering.posting)
        else:
            raise _not_finished(entering, sighting, None)
    except NotPosted:
        if entering.posting.posts > before:
            entering.posting.withdraw()
        raise
    except (Retry, Refer) as fault:
        if entering.posting.posts == before:
            raise
        return fault
    if entering.posting.posts == before:
        raise Stop(
            f"The module of {entering.system.name} entered {entering.hold.identity} without requesting the right to "
            "post."
        )
    return None


def _look_on(entering: Entering, sighting: Sighting, fault: Retry | Refer | None) -> Receipt:
    """Look for a posted record a few times more, with growing waits; for a long wait the case is put back.

    Raises Refer if it is still not shown after the last wait.
    """
    for wait in entering.office.settings.look_again[
        entering.hold.looks if entering.posting.posts == entering.hold.posts else 0 :
    ]:
        keying_attempts.looked(entering.hold)
        if wait > IN_PLACE:
            reason = f" ({fault})" if fault else ""
            raise Later(
                f"{_state_text(entering, sighting)}{reason} It is looked for again, and only looked for, in "
                f"{wait:g} s.",
                wait,
            )
        time.sleep(wait)
        sighting = entering.look()
        if isinstance(sighting, Receipt):
            return sighting
    keying_attempts.doubt(entering.hold)
    raise _not_settled(entering, sighting, fault)


def _doubt(sighting: Sighting) -> str:
    return NOT_FINISHED if isinstance(sighting, Unfinished) else NOT_SHOWN


def _ensure_ours(case: Case, hold: Hold, sighting: Receipt | Unfinished) -> None:
    """Refer a record that no robot entered, if no person has confirmed that it is this case's record."""
    finding = Finding(
        FOUND,
        Message(
            "Already entered in {system} as {number}. No robot entered it. Accept if that record is this document's; "
            "reject the case if the document was sent twice.",
            system=hold.system,
            number=sighting.number,
        ),
        kind=Kind.DUPLICATE,
    )
    if not hold.posts and finding not in case.settled:
        raise Refer(finding)


def _ensure_as_named(hold: Hold, receipt: Receipt) -> None:
    """Refer a record whose number differs from the number that a person gave: one of the two may be a duplicate."""
    if hold.named in ("", receipt.number):
        return
    keying_attempts.doubt(hold)
    raise Refer.because(
        keying_attempts.NAMED_OTHERWISE,
        Message(
            "Two record numbers for one document. {system} shows {record} as {number}, and {named} was given as its "
            "number. Look at both: it may have been entered twice. Then give the number of the right one.",
            system=hold.system,
            record=hold.identity,
            number=receipt.number,
            named=hold.named,
        ),
        kind=Kind.UNCERTAIN,
    )


def _ensure_nothing_elsewhere(hold: Hold) -> None:
    """Refer a case that may have left a record under other values, before these were corrected."""
    if not hold.elsewhere:
        return
    keying_attempts.doubt(hold, *hold.elsewhere)
    raise Refer.because(
        POSTED_OTHERWISE,
        Message(
            "Posted before with other values. Before the values were corrected, this case was posted into {system} as "
            "{before}; now it is {record}. Look there. If it is not there, or you have cancelled it, say so with the "
            "button “It is not in the system: post it again”: then it is entered with the values of now.",
            system=hold.system,
            before=tuple(hold.elsewhere),
            record=hold.identity,
        ),
        kind=Kind.UNCERTAIN,
        acceptable=True,
    )


def _state_text(entering: Entering, sighting: Sighting) -> Message:
    if isinstance(sighting, Unfinished):
        return Message(
            "{system} holds {record}, but it does not show {missing}.{reply}",
            system=entering.hold.system,
            record=entering.hold.identity,
            missing=sighting.missing,
            reply=_reply_text(entering),
        )
    named = Message(" It was said to be there as {number}.", number=entering.hold.named) if entering.hold.named else ""
    answer = keying_attempts.answered(entering.posting.answer)
    return Message(
        "{record} was posted into {system}{reply}, and it does not show it.{named}",
        record=entering.hold.identity,
        system=entering.hold.system,
        reply=answer,
        named=named,
    )


def _not_settled(entering: Entering, sighting: Sighting, fault: Retry | Refer | None) -> Refer:
    return _not_finished(entering, sighting, fault) if isinstance(sighting, Unfinished) else _not_shown(entering, fault)


def _screen(system: TargetSystem[Any]) -> bytes:
    """Return a picture of what the system showed last; empty if it can give none, or was lost."""
    if not isinstance(system, Pictured):
        return b""
    try:
        return system.last_screen()
    except Retry as lost:
        log.warning("there is no picture of what %s showed: %s", system.name, lost)
        return b""


def _not_shown(entering: Entering, fault: Retry | Refer | None) -> Refer:
    return Refer.because(
        NOT_SHOWN,
        Message(
            "Posted, but not shown there. {posted}{fault} Look there. {remedy}",
            posted=_state_text(entering, None),
            fault=_fault_text(fault),
            remedy=keying_attempts.IF_NOT_THERE,
        ),
        kind=Kind.UNCERTAIN,
        acceptable=True,
        picture=_screen(entering.system),
    )


def _not_finished(entering: Entering, sighting: Unfinished, fault: Retry | Refer | None) -> Refer:
    return Refer.because(
        NOT_FINISHED,
        Message(
            "Record incomplete. {system} shows this record as {number}, but without {missing}.{reply}{fault} Look "
            "there. If that is missing, say so with the button “It is not in the system: post it again”: it is added. "
            "If it is there, or you have added it, press “Search again”: the robot only searches.",
            system=entering.hold.system,
            number=sighting.number,
            missing=sighting.missing,
            reply=_reply_text(entering),
            fault=_fault_text(fault),
        ),
        kind=Kind.UNCERTAIN,
        acceptable=True,
        picture=sighting.picture or _screen(entering.system),
    )


def _reply_text(entering: Entering) -> str:
    return (
        Message(" To the post it answered “{reply}”.", reply=entering.posting.answer) if entering.posting.answer else ""
    )


def _fault_text(fault: Retry | Refer | None) -> str:
    return Message(" What was seen: {fault}", fault=str(fault)) if fault else ""
