"""What the review page asks while a person types: what the checks say to it now; and it keeps what is typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keywright.bot import AnyBot
from keywright.cases import casebook
from keywright.cases.summary import kind_asked
from keywright.console.review.exception_views import answered_by_button
from keywright.console.review.form_data import Answers, answers_of, as_read, to_draft
from keywright.console.review.views import laid_out, lines_shown, second_needed
from keywright.console.shared.shortcuts import chosen_bot, may_decide, person_of, seen_case, show
from keywright.database.models import StoredCase
from keywright.findings import Finding
from keywright.model.case import Case, State
from keywright.review import decisions, drafts, line_edits, review_queue
from keywright.review.decisions import needs_a_tick, one_line
from keywright.typed_values import NotAValue, habits_of


@require_POST
@may_decide
def check(request: HttpRequest, number: int) -> HttpResponse:
    """Keep what is typed, and return the parts of the page that say what stands; nothing is decided by it."""
    row = seen_case(request, number)
    _chosen, bots = chosen_bot(request)
    seen = request.POST.get("seen", "")
    if row.state != State.REFERRED or row.bot not in bots or row.changed_at.isoformat() != seen:
        keep_late(request, row, bots)
        return JsonResponse({"said": _("This case is no longer as you saw it. Load the page again.")}, status=409)
    bot = bots[row.bot]
    answers = answers_of(request.POST, bot)
    keep(request, row, bot, answers)
    return _checked(request, row, bot, answers)


def keep(request: HttpRequest, row: StoredCase, bot: AnyBot, answers: Answers, *, decided: bool = False) -> None:
    """Keep what was typed about a case as it stands, or stood when it was ``decided``."""
    read = as_read(decisions.extraction_of(casebook.case_of(row), bot))
    typed = {**to_draft(answers, row.changed_at.isoformat()), **read}
    drafts.save(row.pk, person_of(request), {**typed, "decided": True} if decided else typed)


def keep_late(request: HttpRequest, row: StoredCase, bots: Mapping[str, AnyBot]) -> None:
    """Keep what was typed about a case that had changed meanwhile: it is offered when the case is opened again."""
    if row.bot not in bots or row.state == State.KEYED:
        return
    answers = answers_of(request.POST, bots[row.bot])
    if answers.typed or answers.number:
        typed = to_draft(answers, request.POST.get("seen", "")[:40])
        drafts.save_late(row.pk, person_of(request), typed, row.changed_at.isoformat())


def _checked(request: HttpRequest, row: StoredCase, bot: AnyBot, answers: Answers) -> HttpResponse:
    case, person = casebook.case_of(row), request.user.get_username()
    before = decisions.extraction_of(case, bot)
    answers = _with_faults(case, bot, answers, person)
    taken = {name: text for name, text in answers.typed.items() if name not in answers.faults}
    besides = replace(answers.besides, lines=None if answers.line_faults else answers.lines)
    corrected = decisions.corrected_by(case, bot, taken, besides, person=person)
    found = decisions.open_findings(case, bot, before, corrected, ())
    laid = laid_out(request, row, bot, answers, tuple(dict.fromkeys((*_unanswered(case, answers), *found))))
    second = second_needed(request, laid, bot, corrected)
    shown = {
        "second": second,
        "sheet": laid.sheet,
        "case": case,
        "grid": lines_shown(laid.extraction, bot, answers),
        "answers": answers,
        "answered_by_button": answered_by_button(kind_asked(case.findings), case),
    }
    return show(request, "checked", shown)


def _with_faults(case: Case, bot: AnyBot, answers: Answers, person: str) -> Answers:
    """Return the answers with what of them cannot be taken."""
    before = decisions.extraction_of(case, bot)
    try:
        word = decisions.typed_changes(case, before, answers.typed)
        review_queue.correct(before, word, bot.reads.specs(), person)
    except NotAValue as wrong:
        answers = replace(answers, faults=wrong.faults)
    try:
        line_edits.lines_of(answers.lines or (), before.lines, habits_of(before))
    except line_edits.NotLines as wrong:
        answers = replace(answers, line_faults=wrong.faults)
    return answers


def _unanswered(case: Case, answers: Answers) -> Iterable[Finding]:
    """Yield the doubts of reading about fields that the person has neither changed nor confirmed yet."""
    if case.extraction is None:
        return
    read = {name: one_line(field.value) for name, field in case.extraction.fields.items()}
    for finding in case.findings:
        asks = finding.asks and finding.acceptable and not needs_a_tick(finding, case.extraction)
        if asks and not all(_answered(name, read, answers) for name in finding.fields):
            yield finding


def _answered(name: str, read: Mapping[str, str], answers: Answers) -> bool:
    return name in answers.confirmed or answers.typed.get(name, "") != read.get(name, "")
