"""Takes a person's decision on a referred case: send for posting, reject, say whether it was posted, or read again."""

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
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from keywright.bot import AnyBot
from keywright.cases import approvals, casebook
from keywright.console.cases.actions import with_undo
from keywright.console.cases.history import what_became_of
from keywright.console.queue.views import to_next
from keywright.console.review.form_data import Submission, submission_of
from keywright.console.review.live_check import save_draft, save_late_draft
from keywright.console.review.views import lay_out, no_such_bot, show_sheet
from keywright.console.shared.shortcuts import chosen_bot, may_decide, person_of, rights_here, seen_case, show_message
from keywright.database.models import PagePicture, StoredCase
from keywright.message_text import translated
from keywright.model.case import IllegalMove, State
from keywright.review import close, decisions, line_edits, review_queue, undo
from keywright.review.claims import Taken
from keywright.settings.settings import settings
from keywright.typed_values import NotAValue


@dataclass(frozen=True, slots=True)
class TakenDecision:
    """A decision that was taken, as a message with the case's ``%(number)d``.

    ``draft`` says what happens to the person's entries: kept; decided if they are on record or only needed for an
    undo; gone if the case is closed for good. ``second`` says why a second person is needed, ``gone_on`` how many other
    cases continue because of what the decision taught.
    """

    words: str
    draft: Literal["kept", "decided", "gone"] = "kept"
    second: str = ""
    gone_on: int = 0


@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, number: int) -> HttpResponseBase:
    """Take a decision. A person whose session has ended signs in and comes back to the case."""
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("review", args=[number]))
    return _decided(request, number)


@may_decide
def _decided(request: HttpRequest, number: int) -> HttpResponse:
    """Take a decision on the case as the person saw it, commit it, and go to the next case."""
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
            draft = outcome.draft if isinstance(outcome, TakenDecision) else "kept"
            if draft != "gone":
                submission = submission_of(request.POST, bots[row.bot])
                save_draft(request, row, bots[row.bot], submission, decided=draft == "decided")
    except StoredCase.DoesNotExist as none:
        raise Http404(f"There is no case {number}.") from none
    except Taken as taken:
        return _others(request, number, chosen, bots, taken)
    except IllegalMove:
        save_late_draft(request, seen_case(request, number), bots)
        messages.warning(request, what_became_of(number))
        return redirect("case", number=number)
    return _onward(request, chosen, number, outcome) if isinstance(outcome, TakenDecision) else outcome


def _others(request: HttpRequest, number: int, chosen: str, bots: Mapping[str, AnyBot], taken: Taken) -> HttpResponse:
    """Say who has claimed the case, and save the entries."""
    row = seen_case(request, number)
    submission = submission_of(request.POST, bots[row.bot])
    save_draft(request, row, bots[row.bot], submission)
    return show_sheet(request, row, bots[row.bot], chosen, submission, casebook.case_of(row).findings, taken)


def _decide(request: HttpRequest, row: StoredCase, bot: AnyBot, chosen: str) -> HttpResponse | TakenDecision:
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
            return TakenDecision(
                _("The robot will search for the record of case %(number)d again, without posting anything.")
            )
        case "read-again":
            review_queue.read_again(case, person=person)
            return TakenDecision(_("Case %(number)d will be read again."))
    return show_message(request, _("No decision made"), _("Go back and press one of the buttons."), status=400)


def _onward(request: HttpRequest, chosen: str, number: int, decided: TakenDecision) -> HttpResponse:
    """Show a message about the decision and go to the next case."""
    row = seen_case(request, number)
    message, may_undo = decided.words % {"number": number}, undo.undoable(row, person_of(request))
    messages.success(request, with_undo(message, row) if may_undo else message)
    if decided.second:
        messages.info(request, decided.second)
    if decided.gone_on:
        words = ngettext("%(n)d more went on by itself.", "%(n)d more went on by themselves.", decided.gone_on)
        messages.success(request, words % {"n": decided.gone_on})
    return to_next(request, chosen, number)


def _same(request: HttpRequest, row: StoredCase) -> HttpResponse | TakenDecision:
    """Reject a case as the duplicate of the case shown next to it."""
    case, duplicate_of = casebook.case_of(row), close.case_number(request.GET.get("twin", ""))
    try:
        close.refuse(case, close.Reason.DUPLICATE, person=request.user.get_username(), duplicate_of=duplicate_of)
    except ValueError as why:
        return show_message(request, _("No decision made"), str(why), status=422)
    return TakenDecision(_("Case %(number)d was rejected."), draft="decided")


def _there(request: HttpRequest, row: StoredCase, bot: AnyBot, chosen: str) -> HttpResponse | TakenDecision:
    case, submission = casebook.case_of(row), submission_of(request.POST, bot)
    try:
        moved = review_queue.there(case, submission.number, person=request.user.get_username())
    except ValueError:
        fault = _("Type the record's number in the target system.")
        return show_sheet(request, row, bot, chosen, replace(submission, number_fault=fault), case.findings)
    if moved.state is State.KEYED:
        return TakenDecision(_("Case %(number)d was closed on your confirmation, without a receipt."), draft="gone")
    return TakenDecision(_("The robot will compare the record of case %(number)d, without posting anything."))


def _accept(request: HttpRequest, row: StoredCase, bot: AnyBot, chosen: str) -> HttpResponse | TakenDecision:
    """Send the case for posting, or show the page again with what is invalid or not resolved."""
    goes_on = _("Case %(number)d was sent for posting.")
    to_second = _("Case %(number)d was sent for approval by a second person.")
    return _sent_on(request, row, bot, chosen, decisions.accept, goes_on, to_second)


def _not_there(request: HttpRequest, row: StoredCase, bot: AnyBot, chosen: str) -> HttpResponse | TakenDecision:
    """Post the record once more, or show the page again with what is invalid or not resolved."""
    goes_on = _("Case %(number)d will be posted once more.")
    to_second = _("Case %(number)d was sent for approval by a second person.")
    return _sent_on(request, row, bot, chosen, decisions.not_there, goes_on, to_second)


def _sent_on(
    request: HttpRequest,
    row: StoredCase,
    bot: AnyBot,
    chosen: str,
    decide_so: Callable[..., decisions.Accepted],
    goes_on: str,
    to_second: str,
) -> HttpResponse | TakenDecision:
    case, submission, person = casebook.case_of(row), submission_of(request.POST, bot), request.user.get_username()
    may_be_second = rights_here(request).second
    besides = replace(submission.besides, on_screen=_on_screen(request, row, bot, submission))
    ticked = submission.accepted
    try:
        done = decide_so(case, bot, submission.texts, ticked, person=person, second=may_be_second, besides=besides)
    except NotAValue as wrong:
        return show_sheet(request, row, bot, chosen, replace(submission, faults=wrong.faults), case.findings)
    except line_edits.NotLines as wrong:
        return show_sheet(request, row, bot, chosen, replace(submission, line_faults=wrong.faults), case.findings)
    except decisions.StillStands as still:
        unsettled = frozenset(decisions.id_of(finding) for finding in still.standing)
        return show_sheet(request, row, bot, chosen, replace(submission, unsettled=unsettled), still.findings)
    second = approvals.needs_second(case, bot, person_of(request), done.case.extraction, second=may_be_second)
    second = second or next((translated(finding.message) for finding in done.pending), "")
    words = to_second if second else goes_on
    return TakenDecision(words, draft="decided", second=second, gone_on=done.gone_on)


def _on_screen(request: HttpRequest, row: StoredCase, bot: AnyBot, submission: Submission) -> dict[str, dict[str, Any]]:
    """Return what the page showed for each field at the decision: text, print, choices and findings."""
    layout = lay_out(request, row, bot, submission, casebook.case_of(row).findings)
    pictures = dict(PagePicture.objects.filter(document=row.document_id).values_list("page", "sha256"))
    on_screen: dict[str, dict[str, Any]] = {}
    for field in (*layout.sheet.doubtful, *layout.sheet.sure, *layout.sheet.missing):
        evidence: dict[str, Any] = {
            "field": field.name,
            "shown": field.read_text,
            "findings": [r.message for r in field.remarks],
        }
        if field.read_field and field.read_field.box:
            box = field.read_field.box
            edges = [round(edge, 1) for edge in (box.left, box.top, box.right, box.bottom)]
            evidence |= {"page": box.page, "box": edges, "picture": pictures.get(box.page, "")}
        if field.choices and field.name not in settings().masked_fields:
            evidence["choices"] = [choice.value for choice in field.choices]
        on_screen[field.name] = evidence
    return on_screen
