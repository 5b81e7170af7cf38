"""Closes a case without keying: refused for a reason from the list, or sent back to its sender."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from keywright import mail
from keywright.cases import casebook
from keywright.database.models import LedgerEntry, StoredCase
from keywright.ledger import ledger
from keywright.model.case import Case, State
from keywright.review import review_queue
from keywright.review.reply_letters import Letter
from keywright.settings.settings import MailServer

LONGEST = 2000
LONGEST_LETTER = 10_000
SENT_BACK = "sent-back"


class Reason(StrEnum):
    """Why a person refuses a case."""

    NOT_AN_INVOICE = "not-an-invoice"  #: it is not the kind of document that the bot reads
    NOT_OURS = "not-ours"  #: it is addressed to another organisation
    DUPLICATE = "duplicate"  #: another case has the same document, or the same invoice
    ILLEGIBLE = "illegible"  #: it cannot be read
    OTHER = "other"  #: what the person writes


WORDS = {
    Reason.NOT_AN_INVOICE: "Not the kind of document that is keyed here.",
    Reason.NOT_OURS: "Not ours.",
    Reason.DUPLICATE: "Duplicate of case {number}.",
    Reason.ILLEGIBLE: "Illegible.",
    Reason.OTHER: "",
}
"""The reasons in the words of the ledger; the pages translate them."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A letter to a sender from the ledger: its address, and whether it was sent by e-mail since."""

    to: str
    letter: Letter
    entry: int  #: the number of its ledger entry
    mailed: bool


def refuse(case: Case, reason: Reason | str, *, person: str, words: str = "", duplicate_of: int | None = None) -> Case:
    """Refuse a case for a reason from the list, with additional words from the person.

    Raises ValueError, with a sentence for the person, for a reason that is not in the list, ``other`` without words, or
    a duplicate of an unknown case; and the errors of ``review_queue.refuse``.
    """
    try:
        code = Reason(reason)
    except ValueError:
        raise ValueError(_("Choose the reason for rejection.")) from None
    words = words.replace("\x00", "").strip()[:LONGEST]
    if code is Reason.OTHER and not words:
        raise ValueError(_("Enter why the case is rejected."))
    body: dict[str, Any] = {"code": code.value, "words": words}
    if code is Reason.DUPLICATE:
        body["duplicate_of"] = _other_case(case, duplicate_of)
    text = " ".join(filter(None, (WORDS[code].format(number=duplicate_of), words)))
    return review_queue.refuse(case, text, person=person, details=body)


def send_back(case: Case, letter: Letter, to: str, *, person: str) -> Case:
    """Refuse a case and record the letter that goes back to its sender; ``to`` is an e-mail address, or empty.

    No mail is sent here: ``mail_letter`` does that, after the decision is recorded. Raises ValueError for an empty
    letter or an invalid address, and the errors of ``review_queue.refuse``.
    """
    to = to.strip()
    if to:
        try:
            validate_email(to)
        except ValidationError:
            words = _("“%(text)s” is not an e-mail address. Leave it empty to send the letter yourself.")
            raise ValueError(words % {"text": to}) from None
    if not letter.subject.strip() or not letter.body.strip():
        raise ValueError(_("The letter needs a subject and a text."))
    body = {"to": to, "subject": letter.subject[:200], "message": letter.body[:LONGEST_LETTER]}
    with transaction.atomic():
        review_queue.refuse(case, "Sent back to its sender.", person=person, details={"code": SENT_BACK})
        ledger.append("case-sent-back", actor=person, case=int(case.id), body=body)
    return casebook.get(case.id)


def sent_back(number: int) -> Sent | None:
    """Return the letter with which a case was last sent back, or None; it has masks for masked values."""
    entries = LedgerEntry.objects.filter(case_id=number)
    entry = entries.filter(event="case-sent-back").order_by("-number").first()
    if entry is None:
        return None
    mailed = entries.filter(event="message-sent", number__gt=entry.number).exists()
    letter = Letter(str(entry.body["subject"]), str(entry.body["message"]))
    return Sent(str(entry.body["to"]), letter, entry.number, mailed)


def mail_letter(number: int, server: MailServer, *, person: str) -> bool:
    """Mail the letter with which a case was sent back, if it has not been mailed yet; return True if it was mailed now.

    Does nothing without an address or a mail server. Raises mail.MailAway or mail.MailRefused: the decision remains,
    and the letter can be mailed again or sent by hand. A simultaneous second try has the same id, so that mail systems
    recognise the two as one.
    """
    sent = sent_back(number)
    if sent is None or sent.mailed or not sent.to or not server.host:
        return False
    mark = mail.message_id(f"keywright.case.{number}.{sent.entry}", server)
    with mail.post(server) as hand_in:
        hand_in(mail.Mail(sent.to, sent.letter.subject, sent.letter.body, mark))
    with transaction.atomic():
        ledger.append("message-sent", actor=person, case=number, body={"to": sent.to, "letter": sent.entry})
    return True


def case_number(text: str) -> int | None:
    """Return the case number in a typed text, like ``12``, ``#12`` or ``case 12``; None if there is none."""
    match = re.fullmatch(r"\D{0,10}(\d{1,18})\s*", text.strip())
    return int(match[1]) if match else None


def _other_case(case: Case, number: int | None) -> int:
    if number is None:
        raise ValueError(_("Type the number of the case that this one duplicates."))
    if number == int(case.id):
        raise ValueError(_("A case cannot be a duplicate of itself. Type the number of the other case."))
    original = StoredCase.objects.filter(pk=number).first()
    if original is None:
        raise ValueError(_("There is no case %(number)d.") % {"number": number})
    if original.state == State.REFUSED:
        words = _(
            "Case %(number)d was itself rejected, so neither would be posted. Type the number of the case to keep."
        )
        raise ValueError(words % {"number": number})
    return number
