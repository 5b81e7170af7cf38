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
from keywright.model.case import Case
from keywright.model.target_system import Finishes, Pictured, Receipt, TargetSystem, Unfinished
from keywright.privacy.masking import mask_of
from tasks.attachment import enclosure_of
from tasks.system_session import Desk

log = logging.getLogger(__name__)

FOUND = "in-system-already"
IN_PLACE = 5.0
"""A wait of up to so many seconds for a record to show is spent at the desk; for a longer one the case is put back."""

Seen = Receipt | Unfinished | None
"""What a look saw: the record, a part of it, or nothing."""


class Intending:
    """The right to post one record: each call commits the intent, renews the lease, and tells how long it lasts."""

    def __init__(self, case: Case, hold: Hold, office: Office) -> None:
        self.case = case
        self.posts = hold.posts
        self.answer = hold.answer
        self._earlier = hold.answer
        self._hold = hold
        self._office = office

    def __call__(self) -> float:
        """Commit the intent; return for how many seconds, from now, one may post. Raises LeaseLost if it was lost."""
        self.case = self._office.intend(self.case, self._hold)
        self.posts += 1
        self._earlier, self.answer = self.answer, ""
        return self._hold.lease.total_seconds()

    def hear(self, words: str) -> None:
        """Keep what the system answered to the post, masked: it may be needed in a later run."""
        self.answer = mask_of(self.case.extraction).text(words)
        keying_attempts.heard(self._hold, self.answer)

    def withdraw(self) -> None:
        """Take back the last intent: nothing was posted, for certain. The answer to the post before it stands."""
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

    def look(self) -> Seen:
        """Look for the record. Raises Refer if it is there with other values."""
        try:
            return self.system.find(self.record)
        except Unfinished as unfinished:
            return unfinished

    def in_doubt(self, seen: Seen) -> bool:
        """Return True if a post may have left something that the look did not show, and may show yet."""
        return not isinstance(seen, Receipt) and self.posting.posts - self.hold.denied > DOUBTS[_doubt(seen)]


def key_once(case: Case, bot: AnyBot, desk: Desk, office: Office) -> Case:
    """Enter the record of a checked case unless the system holds it already; return the closed case.

    1. Hold the right to enter this very record.
    2. Look first. A run that died after posting left its record there.
    3. Enter it, with the intent on record; a record of ours that is there in part is finished.
    4. Look again. What the system shows is the receipt; what was typed is not. A record that was posted and is not
       shown is looked for a few times more, and then a person is asked; it is never entered again blindly.
    """
    record = record_of(case, bot, office)
    with (
        desk.system() as system,
        keying_attempts.holding(case, system.name, system.identity(record), office.settings.lease) as hold,
    ):
        one = Entering(record, system, hold, Intending(case, hold, office), office)
        _ensure_nothing_elsewhere(hold)
        seen = one.look()
        if seen is not None:
            _ensure_ours(case, hold, seen)
        seen, fault = _enter(one, case, seen)
        receipt = seen if isinstance(seen, Receipt) else _look_on(one, seen, fault)
        _ensure_as_named(hold, receipt)
        return office.close(office.adopt(one.posting.case, hold), receipt, hold)


def _enter(one: Entering, case: Case, seen: Seen) -> tuple[Seen, Retry | Refer | None]:
    """Enter the record, and look, until it shows or is in doubt; return what is seen, and what went wrong at the post.

    What the system does not take is entered once more from the start, as long as nothing was posted: a screen that
    wiped a value or mixed two forms up shows a sound one the next time.
    """
    fault, refused = None, False
    while not (isinstance(seen, Receipt) or one.in_doubt(seen)):
        try:
            fault = _post(one, seen)
        except Refer as refusal:
            if refused:
                raise
            refused = True
            log.info("case %s is entered once more, nothing was posted: %s", case.id, refusal)
        seen = one.look()
        if seen is not None and not one.posting.posts:
            _ensure_ours(case, one.hold, seen)
    return seen, fault


def record_of(case: Case, bot: AnyBot, office: Office) -> Any:
    """Return the record of a checked case, with its document where the record encloses it."""
    assert case.extraction is not None, "a checked case has been read"
    record = bot.record(case.extraction, case.payee)
    return bot.encloses(record, enclosure_of(case, office)) if bot.encloses else record


def _post(one: Entering, seen: Unfinished | None) -> Retry | Refer | None:
    """Enter the record, or finish it; return what went wrong after a post, which only a look can settle.

    What goes wrong before anything was posted is raised: there is no doubt about the record then.
    """
    before = one.posting.posts
    try:
        if seen is None:
            one.system.enter(one.record, one.posting)
        elif isinstance(one.system, Finishes):
            one.system.finish(one.record, one.posting)
        else:
            raise _not_finished(one, seen, None)
    except NotPosted:
        if one.posting.posts > before:
            one.posting.withdraw()
        raise
    except (Retry, Refer) as fault:
        if one.posting.posts == before:
            raise
        return fault
    if one.posting.posts == before:
        raise Stop(f"{one.system.name} says it has entered {one.hold.identity} and never asked for the right to post.")
    return None


def _look_on(one: Entering, seen: Seen, fault: Retry | Refer | None) -> Receipt:
    """Look for a posted record a few times more, with growing waits; long ones are waited for by putting it back.

    Raises Refer if it is still not shown after the last wait.
    """
    for wait in one.office.settings.look_again[one.hold.looks if one.posting.posts == one.hold.posts else 0 :]:
        keying_attempts.looked(one.hold)
        if wait > IN_PLACE:
            told = f" ({fault})" if fault else ""
            raise Later(f"{_told(one, seen)}{told} It is looked for again, and only looked for, in {wait:g} s.", wait)
        time.sleep(wait)
        seen = one.look()
        if isinstance(seen, Receipt):
            return seen
    keying_attempts.doubt(one.hold)
    raise _not_settled(one, seen, fault)


def _doubt(seen: Seen) -> str:
    return NOT_FINISHED if isinstance(seen, Unfinished) else NOT_SHOWN


def _ensure_ours(case: Case, hold: Hold, seen: Receipt | Unfinished) -> None:
    """Refer a record that somebody else entered, unless a person has said that this very one is this case's."""
    finding = Finding(
        FOUND,
        f"{hold.system} shows this record already as {seen.number}, and no robot entered it. "
        "Accept if it is this document's; refuse the case if the document was sent twice.",
        kind=Kind.DUPLICATE,
    )
    if not hold.posts and finding not in case.settled:
        raise Refer(finding)


def _ensure_as_named(hold: Hold, receipt: Receipt) -> None:
    """Refer a record that is there under another number than the one a person gave: one of the two may be a second."""
    if hold.named in ("", receipt.number):
        return
    keying_attempts.doubt(hold)
    raise Refer.because(
        keying_attempts.NAMED_OTHERWISE,
        f"{hold.system} shows {hold.identity} as {receipt.number}, and {hold.named} was given as its number. Look at "
        "both: one may have been entered twice. Then give the number of the one that is this document's.",
        kind=Kind.UNCERTAIN,
    )


def _ensure_nothing_elsewhere(hold: Hold) -> None:
    """Refer a case that may have left a record under other values, before these were corrected."""
    if not hold.elsewhere:
        return
    keying_attempts.doubt(hold, *hold.elsewhere)
    raise Refer.because(
        POSTED_OTHERWISE,
        f"Before its values were corrected, this case was posted into {hold.system} as "
        f"{' and as '.join(hold.elsewhere)}; now it is {hold.identity}. Look there. If nothing of it is "
        "there, or you have cancelled it, say so by the button “It is not there”: then it is entered with the values "
        "of now.",
        kind=Kind.UNCERTAIN,
        acceptable=True,
    )


def _told(one: Entering, seen: Seen) -> str:
    if isinstance(seen, Unfinished):
        return f"{one.hold.system} holds {one.hold.identity}, but it does not show {seen.missing}.{_answer_told(one)}"
    named = f" It was said to be there as {one.hold.named}." if one.hold.named else ""
    answer = keying_attempts.answered(one.posting.answer)
    return f"{one.hold.identity} was posted into {one.hold.system}{answer}, and it does not show it.{named}"


def _not_settled(one: Entering, seen: Seen, fault: Retry | Refer | None) -> Refer:
    return _not_finished(one, seen, fault) if isinstance(seen, Unfinished) else _not_shown(one, fault)


def _screen(system: TargetSystem[Any]) -> bytes:
    """Return a picture of what the system showed last; nothing if it can give none, or is lost meanwhile."""
    if not isinstance(system, Pictured):
        return b""
    try:
        return system.last_screen()
    except Retry as lost:
        log.warning("there is no picture of what %s showed: %s", system.name, lost)
        return b""


def _not_shown(one: Entering, fault: Retry | Refer | None) -> Refer:
    return Refer.because(
        NOT_SHOWN,
        f"{_told(one, None)}{_fault_told(fault)} Look there. {keying_attempts.IF_NOT_THERE}",
        kind=Kind.UNCERTAIN,
        acceptable=True,
        picture=_screen(one.system),
    )


def _not_finished(one: Entering, seen: Unfinished, fault: Retry | Refer | None) -> Refer:
    return Refer.because(
        NOT_FINISHED,
        f"{one.hold.system} shows this record as {seen.number}, but without {seen.missing}.{_answer_told(one)}"
        f"{_fault_told(fault)} Look there. If it is missing, say so by the button “It is not there”: it is added. If "
        "it is there, or you have added it, have a robot look again: it will only look.",
        kind=Kind.UNCERTAIN,
        acceptable=True,
        picture=seen.picture or _screen(one.system),
    )


def _answer_told(one: Entering) -> str:
    return f" To the post it answered {one.posting.answer!r}." if one.posting.answer else ""


def _fault_told(fault: Retry | Refer | None) -> str:
    return f" What was seen: {fault}" if fault else ""
