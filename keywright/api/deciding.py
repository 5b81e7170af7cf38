"""Takes a person's decision that a program sends: by the very functions that the review page calls."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from keywright import api_tokens, casebook, deciding, ledger, review_queue
from keywright.api import shapes
from keywright.api.problems import Refused
from keywright.api.tokens import Asker
from keywright.bot import AnyBot, all_bots
from keywright.cases import Case, IllegalMove
from keywright.claims import Taken
from keywright.console.privacy import mask_for
from keywright.findings import Finding
from keywright.records.models import StoredCase

Word = shapes.Accept | shapes.Refuse | shapes.Again


def decide_case(asker: Asker, number: int, word: Word) -> dict[str, Any]:
    """Take a decision; all of it is on record, or nothing. Raises Refused."""
    try:
        with transaction.atomic():
            row = deciding.waiting_row(number, word.seen.isoformat())
            case = casebook.case_of(row)
            left = _decide(asker, case, word)
            told = {**api_tokens.told(asker.token), "act": word.decision}
            ledger.append("token-used", actor=asker.name, case=number, body=told)
    except Taken as taken:
        raise Refused("taken", str(taken)) from taken
    except (IllegalMove, casebook.Unreadable) as late:
        raise Refused("not-as-seen", str(late)) from late
    except StoredCase.DoesNotExist as none:
        raise Refused("not-there") from none
    now = StoredCase.objects.get(pk=number)
    mask = mask_for(asker.rights, case.extraction)
    return {"number": number, "state": now.state, "waits_for": [shapes.finding(one, mask) for one in left]}


def _decide(asker: Asker, case: Case, word: Word) -> tuple[Finding, ...]:
    match word:
        case shapes.Accept():
            return _accept(asker, case, word)
        case shapes.Refuse():
            if not word.reason.strip():
                raise Refused("not-taken", faults={"reason": "Say why the case is refused."})
            review_queue.refuse(case, word.reason, person=asker.name)
        case shapes.Again(decision="look-again"):
            review_queue.look_again(case, person=asker.name)
        case _:
            review_queue.read_again(case, person=asker.name)
    return ()


def _accept(asker: Asker, case: Case, word: shapes.Accept) -> tuple[Finding, ...]:
    bot = _bot_of(case)
    if strange := sorted(set(word.fields) - bot.reads.specs().keys()):
        raise Refused("not-taken", faults={f"fields.{name}": "The bot reads no such field." for name in strange})
    typed = {name: deciding.clean(text) for name, text in word.fields.items()}
    second = asker.rights.second
    try:
        done = deciding.accept(case, bot, typed, frozenset(word.findings), person=asker.name, second=second)
    except review_queue.NotAValue as wrong:
        faults = {f"fields.{name}": fault for name, fault in wrong.faults.items()}
        raise Refused("not-taken", faults=faults) from wrong
    except deciding.StillStands as still:
        mask = mask_for(asker.rights, case.extraction)
        raise Refused("still-stands", findings=[shapes.finding(one, mask) for one in still.standing]) from still
    except review_queue.NeedsSecondPerson as needs:
        raise Refused("not-allowed", str(needs)) from needs
    return done.left


def _bot_of(case: Case) -> AnyBot:
    bots = all_bots()
    if case.bot not in bots:
        raise Refused(
            "not-now", f"The bot {case.bot} of case {case.id} is not installed here. IT has to bring it back."
        )
    return bots[case.bot]
