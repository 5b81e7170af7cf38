"""What a person decides about a referred case: accept with corrections, refuse, or have it read again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from keywright import casebook, review_queue, vendor_checks
from keywright.bot import AnyBot
from keywright.cases import Case, IllegalMove, State
from keywright.checks import weigh
from keywright.console.pages import chosen_bot, may_decide, say
from keywright.console.people import rights_of
from keywright.console.queue import to_next
from keywright.console.review import no_such_bot, show_sheet
from keywright.console.review_sheet import (
    Answers,
    doubtful_names,
    extraction_of,
    id_of,
    needs_a_tick,
    one_line,
)
from keywright.console.story import what_became_of
from keywright.fields import Extraction
from keywright.findings import Finding
from keywright.office import Office
from keywright.records.models import StoredCase
from keywright.review_queue import may_accept, touched
from keywright.settings import settings


@require_http_methods(["GET", "POST"])
@may_decide
def decide(request: HttpRequest, number: int) -> HttpResponse:
    """Take a person's decision on the case that the person saw, and go on to the next."""
    if request.method == "GET":  # a page with faults was loaded again
        return redirect("review", number=number)
    chosen, bots = chosen_bot(request)
    try:
        with transaction.atomic():
            row = _as_seen(number, request.POST.get("seen", ""))
            if row.bot not in bots:
                return no_such_bot(request, row)
            return _decide(request, row, bots[row.bot], chosen)
    except IllegalMove:
        messages.warning(request, what_became_of(number))
        return redirect("case", number=number)


def _as_seen(number: int, seen: str) -> StoredCase:
    """Return the case, held until the decision is on record.

    Raises IllegalMove if it no longer waits, or was read again and referred anew since the person opened it.
    """
    rows = StoredCase.objects.select_related("document").select_for_update(of=("self",))
    row = get_object_or_404(rows, pk=number)
    if row.state != State.REFERRED or not _same_moment(row.changed_at, seen):
        raise IllegalMove(f"Case {number} is not, or no longer, as the person saw it: it is {row.state}.")
    return row


def _same_moment(moment: dt.datetime, written: str) -> bool:
    try:
        return dt.datetime.fromisoformat(written) == moment
    except (ValueError, TypeError):
        return False


def _decide(request: HttpRequest, row: StoredCase, bot: AnyBot, chosen: str) -> HttpResponse:
    match request.POST.get("decision", ""):
        case "accept":
            return _accept(request, row, bot, chosen)
        case "refuse":
            return _refuse(request, row, bot, chosen)
        case "look-again":
            review_queue.look_again(casebook.case_of(row), person=request.user.get_username())
            messages.success(
                request, _("A robot looks for case %(number)d again, and only looks.") % {"number": row.pk}
            )
            return to_next(request, chosen, row.pk)
        case "read-again":
            review_queue.read_again(casebook.case_of(row), person=request.user.get_username())
            messages.success(request, _("Case %(number)d will be read again.") % {"number": row.pk})
            return to_next(request, chosen, row.pk)
    return say(request, _("Nothing was decided"), _("Go back, and press one of the buttons."), status=400)


def _refuse(request: HttpRequest, row: StoredCase, bot: AnyBot, chosen: str) -> HttpResponse:
    case, answers = casebook.case_of(row), _answers(request, bot)
    if not answers.reason:
        return show_sheet(request, row, bot, chosen, replace(answers, refusing=True), case.findings)
    review_queue.refuse(case, answers.reason, person=request.user.get_username())
    messages.success(request, _("Case %(number)d is refused.") % {"number": row.pk})
    return to_next(request, chosen, row.pk)


def _accept(request: HttpRequest, row: StoredCase, bot: AnyBot, chosen: str) -> HttpResponse:
    """Send the case on, unless something typed is no such value or a finding would only bring it back.

    1. Take the doubtful and the changed fields as the person's word.
    2. Check the case as it then is, with the findings that the person accepted.
    3. Ask again while something stands; else send the case on. What a second person must accept does not hold it up: it
       comes back from its checks with this person's word, for the second one.
    """
    case, answers, person = casebook.case_of(row), _answers(request, bot), request.user.get_username()
    second = rights_of(request.user).second
    before = extraction_of(case, bot)
    try:
        corrected = review_queue.correct(before, _their_word(case, before, answers), bot.reads.specs(), person)
    except review_queue.NotAValue as wrong:
        return show_sheet(request, row, bot, chosen, replace(answers, faults=wrong.faults), case.findings)
    ticked = [one for one in case.findings if one.acceptable and id_of(one) in answers.accepted]
    found = {**dict.fromkeys(ticked, False), **_found_now(case, bot, before, corrected, ticked)}
    left = [one for one in found if one.second_person and not may_accept(one, before, corrected, person, second=second)]
    accepted = [one for one in found if one.acceptable and id_of(one) in answers.accepted and one not in left]
    if standing := [one for one, comes_back in found.items() if comes_back and one not in (*accepted, *left)]:
        unsettled = frozenset(id_of(one) for one in standing)
        return show_sheet(request, row, bot, chosen, replace(answers, unsettled=unsettled), tuple(found))
    review_queue.settle(case, corrected, accepted, bot.same_as(corrected), person=person, second=second)
    goes_on = _("Case %(number)d goes on from its checks.")
    goes_on = _("Case %(number)d goes on from its checks, and then to a second person.") if left else goes_on
    messages.success(request, goes_on % {"number": row.pk})
    return to_next(request, chosen, row.pk)


def _answers(request: HttpRequest, bot: AnyBot) -> Answers:
    sent = {name: request.POST.get(f"field-{name}") for name in bot.reads.specs()}
    return Answers(
        typed={name: " ".join(text.replace("\x00", "").split()) for name, text in sent.items() if text is not None},
        accepted=frozenset(request.POST.getlist("accept")),
        reason=request.POST.get("reason", "").replace("\x00", "").strip()[:2000],
    )


def _their_word(case: Case, before: Extraction, answers: Answers) -> dict[str, str]:
    """Return what a person changed or, where there was a doubt, confirmed; the sure rest keeps its source."""
    doubtful = doubtful_names(before, case.findings, settings().refer_below)
    read = {name: one_line(field.value) for name, field in before.fields.items()}
    return {name: text for name, text in answers.typed.items() if name in doubtful or text != read.get(name, "")}


def _found_now(
    case: Case, bot: AnyBot, before: Extraction, corrected: Extraction, ticked: Sequence[Finding]
) -> dict[Finding, bool]:
    """Return what stands about a case once it is corrected, each with whether it would bring the case back.

    What the checks find would. What was found elsewhere, by a target system say, would if a person has to accept it,
    unless a person has put another value where it was about; what nobody can accept, such as a document that cannot
    be opened, is no obstacle once its fields are typed.
    """
    now, settled = Office.of(settings()).circumstances(case, bot, corrected), (*case.settled, *ticked)
    checked = weigh(corrected, bot.checks, now, settled).findings
    rules = {one.rule for one in (*checked, *weigh(before, bot.checks, now, settled).findings)} | vendor_checks.RULES
    elsewhere = [one for one in case.findings if one.rule not in rules and not touched(one, before, corrected)]
    return {**{one: needs_a_tick(one, before) for one in elsewhere}, **{one: one.asks for one in checked}}
