"""Takes a person's decision that a program sends: by the very functions that the review page calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import transaction

from keywright import mail
from keywright.api import schemas
from keywright.api.auth import Asker
from keywright.api.problems import Refused
from keywright.api.request_schemas import Accept, Again, Refuse, SendBack, SentLine, There, Word
from keywright.bot import AnyBot, all_bots
from keywright.cases import approvals, casebook
from keywright.database.models import StoredCase
from keywright.findings import Finding
from keywright.ledger import ledger
from keywright.message_text import translated
from keywright.model.case import Case, IllegalMove
from keywright.people import api_tokens
from keywright.people.visibility import mask_for
from keywright.review import close, decisions, line_edits, reply_letters, review_queue
from keywright.review.claims import Taken
from keywright.review.line_edits import TypedLine
from keywright.review.reply_letters import Letter
from keywright.settings.settings import settings
from keywright.typed_values import NotAValue


def decide_case(asker: Asker, number: int, word: Word) -> dict[str, Any]:
    """Take a decision; all of it is on record, or nothing. A letter is mailed once it is. Raises Refused."""
    try:
        with transaction.atomic():
            row = decisions.waiting_row(number, word.seen.isoformat())
            case = casebook.case_of(row)
            outcome = _decide(asker, case, word)
            used = {**api_tokens.ledger_body(asker.token), "act": word.decision}
            ledger.append("token-used", actor=asker.name, case=number, body=used)
    except Taken as taken:
        raise Refused("taken", str(taken)) from taken
    except (IllegalMove, casebook.Unreadable) as late:
        raise Refused("not-as-seen", str(late)) from late
    except StoredCase.DoesNotExist as none:
        raise Refused("not-there") from none
    now = StoredCase.objects.get(pk=number)
    mask = mask_for(asker.rights, case.extraction)
    mailed = isinstance(word, SendBack) and _mailed(asker, number)
    waits_for = [schemas.finding(one, mask) for one in outcome.left]
    told = {"waits_for": waits_for, "second_person": mask.text(outcome.second), "mailed": mailed}
    return {"number": number, "state": now.state, **told}


class _Outcome(NamedTuple):
    """What of a decision waits for a second person, and why one is needed before the case is keyed."""

    left: tuple[Finding, ...] = ()
    second: str = ""


def _decide(asker: Asker, case: Case, word: Word) -> _Outcome:
    match word:
        case Accept():
            return _accept(asker, case, word)
        case Refuse():
            _refuse(asker, case, word)
        case SendBack():
            _send_back(asker, case, word)
        case There():
            _there(asker, case, word)
        case Again(decision="not-there"):
            review_queue.not_there(case, person=asker.name)
        case Again(decision="look-again"):
            review_queue.look_again(case, person=asker.name)
        case _:
            review_queue.read_again(case, person=asker.name)
    return _Outcome()


def _refuse(asker: Asker, case: Case, word: Refuse) -> None:
    """Refuse a case for a reason from the list. Raises Refused for one that needs more than was sent."""
    twin = word.duplicate_of
    if twin is not None and not schemas.seen_by(asker.person, twin):  # whether there is one is nobody's to find out
        raise Refused("not-taken", faults={"duplicate_of": f"There is no case {twin}, or the person may not see it."})
    try:
        close.refuse(case, word.code, person=asker.name, words=word.reason, duplicate_of=twin)
    except ValueError as why:
        where = "duplicate_of" if word.code is close.Reason.DUPLICATE else "reason"
        raise Refused("not-taken", faults={where: str(why)}) from why


def _send_back(asker: Asker, case: Case, word: SendBack) -> None:
    """Refuse a case and keep the letter to its sender: what was sent of it, and the draft's for the rest."""
    specs = _bot_of(case).reads.specs()
    drafted = reply_letters.draft(case, {name: spec.title for name, spec in specs.items()}, word.language)
    subject = drafted.subject if word.subject is None else word.subject
    body = drafted.body if word.message is None else word.message.replace("\r\n", "\n")
    origin = StoredCase.objects.select_related("document").get(pk=int(case.id)).document.origin
    to = reply_letters.address_of(case, origin) if word.to is None else word.to
    try:
        close.send_back(case, Letter(subject, body), to, person=asker.name)
    except ValueError as why:
        raise Refused("not-taken", str(why)) from why


def _mailed(asker: Asker, number: int) -> bool:
    """Mail the letter of a case; the decision stands whatever the mail server says, and the page can mail it again."""
    try:
        return close.mail_letter(number, settings().mail, person=asker.name)
    except (mail.MailAway, mail.MailRefused):
        return False


def _there(asker: Asker, case: Case, word: There) -> None:
    try:
        review_queue.there(case, word.number, person=asker.name)
    except ValueError as why:
        raise Refused("not-taken", faults={"number": str(why)}) from why


def _accept(asker: Asker, case: Case, word: Accept) -> _Outcome:
    bot = _bot_of(case)
    if strange := sorted(set(word.fields) - bot.reads.specs().keys()):
        raise Refused("not-taken", faults={f"fields.{name}": "The bot reads no such field." for name in strange})
    typed = {name: decisions.clean(text) for name, text in word.fields.items()}
    lines = None if word.lines is None else _lines(word.lines, case, bot)
    besides, second = decisions.Besides(lines), asker.rights.second
    ticked = frozenset(word.findings)
    try:
        done = decisions.accept(
            case, bot, typed, ticked, person=asker.name, second=second, besides=besides, by_program=True
        )
    except NotAValue as wrong:
        faults = {f"fields.{name}": fault for name, fault in wrong.faults.items()}
        raise Refused("not-taken", faults=faults) from wrong
    except line_edits.NotLines as wrong:
        sent = {line.place: index for index, line in enumerate(lines or ())}
        faults = {f"lines.{sent[place]}.{column}": fault for (place, column), fault in wrong.faults.items()}
        raise Refused("not-taken", faults=faults) from wrong
    except decisions.StillStands as still:
        mask = mask_for(asker.rights, case.extraction)
        raise Refused("still-stands", findings=[schemas.finding(one, mask) for one in still.standing]) from still
    except review_queue.NeedsSecondPerson as needs:
        raise Refused("not-allowed", str(needs)) from needs
    needed = approvals.needs_second(case, bot, asker.person, done.case.extraction, second=second)
    return _Outcome(done.pending, needed or next((translated(one.message) for one in done.pending), ""))


def _lines(sent: Sequence[SentLine], case: Case, bot: AnyBot) -> tuple[TypedLine, ...]:
    """Return the lines as the page's grid has them. Raises Refused for a line that the case has not, or twice."""
    read = decisions.extraction_of(case, bot).lines
    if not read and not bot.seller:
        raise Refused("not-taken", faults={"lines": "What this bot reads has no lines."})
    named = [one.line for one in sent if one.line is not None]
    strange = [place for place in named if place >= len(read) or named.count(place) > 1]
    if strange:
        raise Refused(
            "not-taken", faults={"lines": f"The case has {len(read)} lines, from 0; {strange[0]} is none, or twice."}
        )
    return tuple(
        TypedLine(
            len(read) + index if one.line is None else one.line,
            {column: decisions.clean(getattr(one, column) or "") for column in line_edits.COLUMNS},
        )
        for index, one in enumerate(sent)
    )


def _bot_of(case: Case) -> AnyBot:
    bots = all_bots()
    if case.bot not in bots:
        raise Refused(
            "not-now", f"The bot {case.bot} of case {case.id} is not installed here. IT has to bring it back."
        )
    return bots[case.bot]
