"""Takes a decision sent by a program, with the same functions as the review page."""

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
    """Take a decision completely or not at all; a letter is mailed afterwards. Raises Refused."""
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
    updated = StoredCase.objects.get(pk=number)
    mask = mask_for(asker.rights, case.extraction)
    mailed = isinstance(word, SendBack) and _mailed(asker, number)
    waits_for = [schemas.finding(finding, mask) for finding in outcome.left]
    result = {"waits_for": waits_for, "second_person": mask.text(outcome.second), "mailed": mailed}
    return {"number": number, "state": updated.state, **result}


class _Outcome(NamedTuple):
    """The findings that wait for a second person, and why one is needed before posting."""

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
    """Reject a case for a reason from the list. Raises Refused if required values are missing."""
    twin = word.duplicate_of
    if twin is not None and not schemas.seen_by(asker.person, twin):  # whether there is one is nobody's to find out
        raise Refused("not-taken", faults={"duplicate_of": f"There is no case {twin}, or the person may not see it."})
    try:
        close.refuse(case, word.code, person=asker.name, words=word.reason, duplicate_of=twin)
    except ValueError as why:
        where = "duplicate_of" if word.code is close.Reason.DUPLICATE else "reason"
        raise Refused("not-taken", faults={where: str(why)}) from why


def _send_back(asker: Asker, case: Case, word: SendBack) -> None:
    """Reject a case and file the letter to its sender; parts not sent are taken from the draft."""
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
    """Mail the letter of a case. A mail failure does not change the decision; the page can mail the letter later."""
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
        raise Refused("not-taken", faults={f"fields.{name}": "The bot has no such field." for name in strange})
    texts = {name: decisions.clean(text) for name, text in word.fields.items()}
    lines = None if word.lines is None else _lines(word.lines, case, bot)
    besides, second = decisions.Besides(lines), asker.rights.second
    ticked = frozenset(word.findings)
    try:
        done = decisions.accept(
            case, bot, texts, ticked, person=asker.name, second=second, besides=besides, by_program=True
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
        raise Refused(
            "still-stands", findings=[schemas.finding(finding, mask) for finding in still.standing]
        ) from still
    except review_queue.NeedsSecondPerson as needs:
        raise Refused("not-allowed", str(needs)) from needs
    needed = approvals.needs_second(case, bot, asker.person, done.case.extraction, second=second)
    return _Outcome(done.pending, needed or next((translated(finding.message) for finding in done.pending), ""))


def _lines(sent: Sequence[SentLine], case: Case, bot: AnyBot) -> tuple[TypedLine, ...]:
    """Return the lines as the page's grid has them. Raises Refused for an unknown or repeated line."""
    read_lines = decisions.extraction_of(case, bot).lines
    if not read_lines and not bot.reads.has_lines:
        raise Refused("not-taken", faults={"lines": "This bot's documents have no lines."})
    kept_places = [sent_line.line for sent_line in sent if sent_line.line is not None]
    strange = [place for place in kept_places if place >= len(read_lines) or kept_places.count(place) > 1]
    if strange:
        raise Refused(
            "not-taken",
            faults={
                "lines": f"The case has {len(read_lines)} lines, from 0; line {strange[0]} is unknown or repeated."
            },
        )
    return tuple(
        TypedLine(
            len(read_lines) + index if sent_line.line is None else sent_line.line,
            {
                column: decisions.clean(getattr(sent_line, column) or "")
                for column in line_edits.COLUMNS
                if column not in line_edits.CODING or column in sent_line.model_fields_set
            },
        )
        for index, sent_line in enumerate(sent)
    )


def _bot_of(case: Case) -> AnyBot:
    bots = all_bots()
    if case.bot not in bots:
        raise Refused("not-now", f"The bot {case.bot} of case {case.id} is not installed. Ask IT to install it again.")
    return bots[case.bot]
