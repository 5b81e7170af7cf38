"""What a person decides about a referred case: accept it corrected, refuse it, say what became of it, read it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from keywright.bot import AnyBot
from keywright.cases import approvals, casebook
from keywright.console.cases.actions import with_undo
from keywright.console.cases.history import what_became_of
from keywright.console.queue.views import to_next
from keywright.console.review.form_data import Answers, answers_of
from keywright.console.review.live_check import keep, keep_late
from keywright.console.review.views import laid_out, no_such_bot, show_sheet
from keywright.console.shared.shortcuts import chosen_bot, may_decide, person_of, rights_here, say, seen_case
from keywright.database.models import PagePicture, StoredCase
from keywright.message_text import translated
from keywright.model.case import IllegalMove, State
from keywright.review import close, decisions, line_edits, review_queue, undo
from keywright.review.claims import Taken
from keywright.settings.settings import settings
from keywright.typed_values import NotAValue


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that was taken, in words with the case's ``%(number)d``.

    ``draft`` is what becomes of what was typed: kept; decided if it is on record, or is of no use to anybody unless it
    is undone; gone if the case is closed for good. ``second`` says why a second person is needed.
    """

    words: str
    draft: Literal["kept", "decided", "gone"] = "kept"
    second: str = ""


@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, number: int) -> HttpResponseBase:
    """Take a decision; somebody whose session has ended signs in and comes back to the case."""
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("review", args=[number]))
    return _decided(request, number)


@may_decide
def _decided(request: HttpRequest, number: int) -> HttpResponse:
    """Take a person's decision on the case that the person saw, and then, with it on record, go on to the next."""
    if request.method == "GET":  # a page with faults was loaded again
        return redirect("review", number=number)
    seen_case(request, number)
    chosen, bots = chosen_bot(request)
    try:
        with transaction.atomic():
            row = decisions.waiting_row(number, request.POST.get("seen", ""))
            if row.bot not in bots:
                return no_such_bot(request, row)
            outcome = _decide(request, row, bots[row.bot], chosen)
            draft = outcome.draft if isinstance(outcome, Decided) else "kept"
            if draft != "gone":
                answers = answers_of(request.POST, bots[row.bot])
                keep(request, row, bots[row.bot], answers, decided=draft == "decided")
    except StoredCase.DoesNotExist as none:
        raise Http404(f"There is no case {number}.") from none
    except Taken as taken:
        return _others(request, number, chosen, bots, taken)
    except IllegalMove:
        keep_late(request, seen_case(request, number), bots)
        messages.warning(request, what_became_of(number))
        return redirect("case", number=number)
    return _onward(request, chosen, number, outcome) if isinstance(outcome, Decided) else outcome


def _others(request: HttpRequest, number: int, chosen: str, bots: Mapping[str, AnyBot], taken: Taken) -> HttpResponse:
    """Say who has the case open, and keep what was typed."""
    row = seen_case(request, number)
    answers = answers_of(request.POST, bots[row.bot])
    keep(request, row, bots[row.bot], answers)
    return show_sheet(request, row, bots[row.bot], chosen, answers, casebook.case_of(row).findings, taken)


def _decide(request: HttpRequest, row: StoredCase, bot: AnyBot, chosen: str) -> HttpResponse | Decided:
    case, person = casebook.case_of(row), request.user.get_username()
    match request.POST.get("decision", ""):
        case "accept":
            return _accept(request, row, bot, chosen)
        case "same":
            return _same(request, row)
        case "there":
            return _there(request, row, bot, chosen)
        case "not-there":
            return _not_there(request, row, bot, chosen)
        case "look-again":
            review_queue.look_again(case, person=person)
            return Decided(_("A robot looks for case %(number)d again, and only looks."))
        case "read-again":
            review_queue.read_again(case, person=person)
            return Decided(_("Case %(number)d will be read again."))
    return say(request, _("Nothing was decided"), _("Go back, and press one of the buttons."), status=400)


def _onward(request: HttpRequest, chosen: str, number: int, decided: Decided) -> HttpResponse:
    """Say what was decided, and go on to the next case."""
    row = seen_case(request, number)
    told, may_undo = decided.words % {"number": number}, undo.undoable(row, person_of(request))
    messages.success(request, with_undo(told, row) if may_undo else told)
    if decided.second:
        messages.info(request, decided.second)
    return to_next(request, chosen, number)


def _same(request: HttpRequest, row: StoredCase) -> HttpResponse | Decided:
    """Refuse a case because it is the same as another one that the page shows beside it."""
    case, other = casebook.case_of(row), close.case_number(request.GET.get("twin", ""))
    try:
        close.refuse(case, close.Reason.DUPLICATE, person=request.user.get_username(), duplicate_of=other)
    except ValueError as why:
        return say(request, _("Nothing was decided"), str(why), status=422)
    return Decided(_("Case %(number)d is refused."), draft="decided")


def _there(request: HttpRequest, row: StoredCase, bot: AnyBot, chosen: str) -> HttpResponse | Decided:
    case, answers = casebook.case_of(row), answers_of(request.POST, bot)
    try:
        moved = review_queue.there(case, answers.number, person=request.user.get_username())
    except ValueError:
        fault = _("Type the number under which the system shows the record.")
        return show_sheet(request, row, bot, chosen, replace(answers, number_fault=fault), case.findings)
    if moved.state is State.KEYED:
        return Decided(_("Case %(number)d is closed on your word."), draft="gone")
    return Decided(_("A robot compares the record of case %(number)d, and only looks."))


def _accept(request: HttpRequest, row: StoredCase, bot: AnyBot, chosen: str) -> HttpResponse | Decided:
    """Send the case on, or ask again beside what cannot be taken or still stands."""
    goes_on = _("Case %(number)d goes on from its checks.")
    to_second = _("Case %(number)d goes on from its checks, and then to a second person.")
    return _sent_on(request, row, bot, chosen, decisions.accept, goes_on, to_second)


def _not_there(request: HttpRequest, row: StoredCase, bot: AnyBot, chosen: str) -> HttpResponse | Decided:
    """Have what stands on the page entered once more, or ask again beside what cannot be taken or still stands."""
    goes_on = _("Case %(number)d is entered again, once more.")
    to_second = _("Case %(number)d goes on from its checks, and then to a second person.")
    return _sent_on(request, row, bot, chosen, decisions.not_there, goes_on, to_second)


def _sent_on(
    request: HttpRequest,
    row: StoredCase,
    bot: AnyBot,
    chosen: str,
    decide_so: Callable[..., decisions.Accepted],
    goes_on: str,
    to_second: str,
) -> HttpResponse | Decided:
    case, answers, person = casebook.case_of(row), answers_of(request.POST, bot), request.user.get_username()
    may_be_second = rights_here(request).second
    besides = replace(answers.besides, on_screen=_on_screen(request, row, bot, answers))
    ticked = answers.accepted
    try:
        done = decide_so(case, bot, answers.typed, ticked, person=person, second=may_be_second, besides=besides)
    except NotAValue as wrong:
        return show_sheet(request, row, bot, chosen, replace(answers, faults=wrong.faults), case.findings)
    except line_edits.NotLines as wrong:
        return show_sheet(request, row, bot, chosen, replace(answers, line_faults=wrong.faults), case.findings)
    except decisions.StillStands as still:
        unsettled = frozenset(decisions.id_of(one) for one in still.standing)
        return show_sheet(request, row, bot, chosen, replace(answers, unsettled=unsettled), still.findings)
    second = approvals.needs_second(case, bot, person_of(request), done.case.extraction, second=may_be_second)
    second = second or next((translated(one.message) for one in done.pending), "")
    return Decided(to_second if second else goes_on, draft="decided", second=second)


def _on_screen(request: HttpRequest, row: StoredCase, bot: AnyBot, answers: Answers) -> dict[str, dict[str, Any]]:
    """Return what stood beside each field when the person decided: its text, print, choices and findings."""
    laid = laid_out(request, row, bot, answers, casebook.case_of(row).findings)
    pictures = dict(PagePicture.objects.filter(document=row.document_id).values_list("page", "sha256"))
    shown: dict[str, dict[str, Any]] = {}
    for one in (*laid.sheet.doubtful, *laid.sheet.sure, *laid.sheet.missing):
        told: dict[str, Any] = {"field": one.name, "shown": one.read, "findings": [r.message for r in one.remarks]}
        if one.found and one.found.box:
            box = one.found.box
            edges = [round(edge, 1) for edge in (box.left, box.top, box.right, box.bottom)]
            told |= {"page": box.page, "box": edges, "picture": pictures.get(box.page, "")}
        if one.choices and one.name not in settings().masked_fields:
            told["choices"] = [choice.value for choice in one.choices]
        shown[one.name] = told
    return shown
