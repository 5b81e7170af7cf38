"""Checks a person's entries while they type, and saves them as a draft."""

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
from keywright.console.review.form_data import Submission, as_read, submission_of, to_draft
from keywright.console.review.views import lay_out, lines_shown, second_needed
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
    """Save the entries and return the parts of the page with the current messages. This decides nothing."""
    row = seen_case(request, number)
    _chosen, bots = chosen_bot(request)
    version = request.POST.get("seen", "")
    if row.state != State.REFERRED or row.bot not in bots or row.changed_at.isoformat() != version:
        save_late_draft(request, row, bots)
        return JsonResponse({"said": _("This case has changed. Reload the page.")}, status=409)
    bot = bots[row.bot]
    submission = submission_of(request.POST, bot)
    save_draft(request, row, bot, submission)
    return _checked(request, row, bot, submission)


def save_draft(
    request: HttpRequest, row: StoredCase, bot: AnyBot, submission: Submission, *, decided: bool = False
) -> None:
    """Save the entries about a case, as it is now or as it was when it was ``decided``."""
    as_it_was = as_read(decisions.extraction_of(casebook.case_of(row), bot))
    draft = {**to_draft(submission, row.changed_at.isoformat()), **as_it_was}
    drafts.save(row.pk, person_of(request), {**draft, "decided": True} if decided else draft)


def save_late_draft(request: HttpRequest, row: StoredCase, bots: Mapping[str, AnyBot]) -> None:
    """Save the entries about a case that has changed, to be offered when it is opened again."""
    if row.bot not in bots or row.state == State.KEYED:
        return
    submission = submission_of(request.POST, bots[row.bot])
    if submission.texts or submission.number:
        draft = to_draft(submission, request.POST.get("seen", "")[:40])
        drafts.save_late(row.pk, person_of(request), draft, row.changed_at.isoformat())


def _checked(request: HttpRequest, row: StoredCase, bot: AnyBot, submission: Submission) -> HttpResponse:
    case, person = casebook.case_of(row), request.user.get_username()
    before = decisions.extraction_of(case, bot)
    submission = _with_faults(case, bot, submission, person)
    taken = {name: text for name, text in submission.texts.items() if name not in submission.faults}
    besides = replace(submission.besides, lines=None if submission.line_faults else submission.lines)
    corrected = decisions.corrected_by(case, bot, taken, besides, person=person)
    findings = decisions.open_findings(case, bot, before, corrected, ())
    layout = lay_out(request, row, bot, submission, tuple(dict.fromkeys((*_unanswered(case, submission), *findings))))
    second = second_needed(request, layout, bot, corrected)
    page = {
        "second": second,
        "sheet": layout.sheet,
        "case": case,
        "grid": lines_shown(layout.extraction, bot, submission),
        "submission": submission,
        "answered_by_button": answered_by_button(kind_asked(case.findings), case),
    }
    return show(request, "live_check", page)


def _with_faults(case: Case, bot: AnyBot, submission: Submission, person: str) -> Submission:
    """Return the entries with their faults."""
    before = decisions.extraction_of(case, bot)
    try:
        word = decisions.typed_changes(case, before, submission.texts)
        review_queue.correct(before, word, bot.reads.specs(), person)
    except NotAValue as wrong:
        submission = replace(submission, faults=wrong.faults)
    try:
        line_edits.lines_of(submission.lines or (), before.lines, habits_of(before))
    except line_edits.NotLines as wrong:
        submission = replace(submission, line_faults=wrong.faults)
    return submission


def _unanswered(case: Case, submission: Submission) -> Iterable[Finding]:
    """Yield the reading findings about fields that the person has neither changed nor confirmed yet."""
    if case.extraction is None:
        return
    read_texts = {name: one_line(field.value) for name, field in case.extraction.fields.items()}
    for finding in case.findings:
        asks = finding.asks and finding.acceptable and not needs_a_tick(finding, case.extraction)
        if asks and not all(_answered(name, read_texts, submission) for name in finding.fields):
            yield finding


def _answered(name: str, read_texts: Mapping[str, str], submission: Submission) -> bool:
    return name in submission.confirmed or submission.texts.get(name, "") != read_texts.get(name, "")
