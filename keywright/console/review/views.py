"""The review page: a referred case with its pages on the left and the fields to review on the right."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from keywright import word_store
from keywright.bot import AnyBot
from keywright.cases import approvals, casebook
from keywright.cases.summary import kind_asked
from keywright.console.queue.views import skip_address
from keywright.console.review.exception_views import heading, shown_for
from keywright.console.review.form_data import Submission, from_draft
from keywright.console.review.line_coding import grid_rows
from keywright.console.review.order_table import order_table
from keywright.console.review.previous_decisions import previous_decisions
from keywright.console.review.sheet import FieldHelp, Reviewer, ReviewSheet, review_sheet
from keywright.console.review.stale_drafts import EarlierEntries, earlier_entries
from keywright.console.shared.labels import kind_in_words
from keywright.console.shared.labels import title_of as field_title
from keywright.console.shared.page_overlays import pages_of
from keywright.console.shared.shortcuts import (
    chosen_bot,
    may_look,
    person_of,
    rights_here,
    seen_case,
    show,
    show_message,
    title_of,
)
from keywright.database.models import StoredCase
from keywright.findings import Finding
from keywright.model import alternatives
from keywright.model.case import Case, State
from keywright.model.checks import payee_of
from keywright.model.fields import Extraction
from keywright.people import account_confirmation, permissions
from keywright.people.accounts import Rights
from keywright.people.visibility import mask_for
from keywright.privacy.masking import Mask
from keywright.review import claims, drafts
from keywright.review.claims import Taken
from keywright.review.decisions import doubtful_names, extraction_of
from keywright.review.line_edits import TypedLine, as_typed
from keywright.review.review_queue import may_look_again
from keywright.settings.settings import settings
from keywright.vendors import master

SCRIPTS = [f"console/{name}.js" for name in ("review", "page", "draft", "vendors", "lines")]


@require_safe
@may_look
def review(request: HttpRequest, number: int) -> HttpResponse:
    """Claim a referred case and show it for a decision; any other case redirects to its own page."""
    row = seen_case(request, number)
    if row.state != State.REFERRED:
        return redirect("case", number=number)
    chosen, bots = chosen_bot(request)
    if row.bot not in bots:
        return no_such_bot(request, row)
    draft = drafts.of(number, person_of(request)) or {}
    submission = from_draft(draft, row.changed_at.isoformat())
    taken, findings = _claimed(request, row), casebook.case_of(row).findings
    return show_sheet(request, row, bots[row.bot], chosen, submission, findings, taken, draft)


def _claimed(request: HttpRequest, row: StoredCase) -> Taken | None:
    """Claim the case for a person who may decide it; return the existing claim if someone else has one."""
    if request.method != "GET" or not rights_here(request).decide:
        return None
    try:
        claims.claim(row.pk, person_of(request))
    except Taken as taken:
        return taken
    return None


def no_such_bot(request: HttpRequest, row: StoredCase) -> HttpResponse:
    """Return the page for a case whose bot is not installed."""
    words = _("The bot “%(bot)s” of case %(number)d is not installed. Ask IT to install it again.")
    return show_message(
        request, _("This case cannot be processed"), words % {"bot": row.bot, "number": row.pk}, status=409
    )


@dataclass(frozen=True, slots=True)
class ReviewLayout:
    """A case laid out for one person: its sheet, and the values shown with it."""

    case: Case
    rights: Rights
    mask: Mask
    extraction: Extraction
    titles: dict[str, str]
    doubtful: set[str]
    words: alternatives.Seen | None
    sheet: ReviewSheet


def lay_out(
    request: HttpRequest, row: StoredCase, bot: AnyBot, submission: Submission, findings: Collection[Finding]
) -> ReviewLayout:
    """Lay out a case for the person of the request."""
    case, rights = casebook.case_of(row), rights_here(request)
    mask = mask_for(rights, case.extraction)
    extraction = mask.extraction(extraction_of(case, bot))
    masked_findings = [replace(finding, message=mask.message(finding.message)) for finding in findings]
    specs = bot.reads.specs()
    doubtful = doubtful_names(extraction, (*case.findings, *masked_findings), settings().refer_below)
    paper = alternatives.Paper(case.document, bot.reads, case.pages)
    words = None if mask else word_store.kept(settings().words, paper, case.extraction)
    choices = {} if mask else alternatives.with_votes(words.choices if words else {}, extraction)
    aid = FieldHelp(choices, bot.seller.name.name if bot.seller else "")
    person = Reviewer(request.user.get_username(), rights.second)
    sheet = review_sheet(extraction, masked_findings, specs, doubtful, submission, person, aid)
    titles = {name: field_title(spec) for name, spec in specs.items()}
    return ReviewLayout(case, rights, mask, extraction, titles, doubtful, words, sheet)


def show_sheet(
    request: HttpRequest,
    row: StoredCase,
    bot: AnyBot,
    chosen: str,
    submission: Submission,
    findings: Collection[Finding],
    taken: Taken | None = None,
    draft: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Show the review page with the entries so far; 422 if some are invalid, 409 if another person has the case.

    ``draft`` is the person's draft; it is loaded if it is not given.
    """
    layout = lay_out(request, row, bot, submission, findings)
    case, kind, rights = layout.case, kind_asked(findings), layout.rights
    paper = None if layout.mask else layout.extraction.fields.values()
    payee = payee_of(master.find(bot.seller.of(layout.extraction))) if bot.seller else None
    pages = [] if paper is None else pages_of(case.document, paper, layout.titles, layout.doubtful, case.pages)
    page: dict[str, Any] = {
        "row": row,
        "case": case,
        "bot_title": title_of(row.bot, {row.bot: bot}),
        "chosen": chosen,
        "skip": skip_address(request, row.pk, chosen),
        "seen": row.changed_at.isoformat(),
        "sheet": layout.sheet,
        "submission": submission,
        "pages": pages,
        "order": None if layout.mask else order_table(case, bot, layout.extraction),
        "grid": grid_rows(lines_shown(layout.extraction, bot, submission), layout.extraction.lines, payee),
        "usual_account": payee.expense_account if payee else "",
        "may_look_again": may_look_again(case),
        "kind": kind,
        "kind_words": kind_in_words(kind) if kind else "",
        "heading": heading(kind, findings, layout.mask),
        "taken": taken,
        "may_act": rights.decide and taken is None,
        "scripts": SCRIPTS,
        "must_read": layout.words is None and not layout.mask and alternatives.rereads(bot.reads) is not None,
        "second": second_needed(request, layout, bot) if rights.decide else "",
        "earlier_decisions": previous_decisions(row.pk, layout.titles, layout.mask),
        "left": _left(request, row, layout, submission, draft) if rights.decide else None,
        **shown_for(kind, case, bot, {} if layout.mask else layout.titles, rights),
    }
    refused = bool(submission.faults or submission.line_faults or submission.number_fault or submission.unsettled)
    return show(request, "review", page, status=409 if taken and request.method == "POST" else 422 if refused else 200)


def second_needed(request: HttpRequest, layout: ReviewLayout, bot: AnyBot, corrected: Extraction | None = None) -> str:
    """Return why a second person must approve the case with this person's entries, or ""."""
    person, second = person_of(request), layout.rights.second
    reason = approvals.needs_second(layout.case, bot, person, corrected, second=second)
    if not reason and any(finding.takes_another for finding in layout.case.findings):
        reason = "" if account_confirmation.is_own(person.get_username()) else permissions.not_confirmed()
    return layout.mask.text(reason)


def _left(
    request: HttpRequest, row: StoredCase, layout: ReviewLayout, submission: Submission, draft: Mapping[str, Any] | None
) -> EarlierEntries:
    """Return this person's entries from before the case changed."""
    draft = drafts.of(row.pk, person_of(request)) if draft is None else draft
    return earlier_entries(draft, row.changed_at.isoformat(), layout.extraction, layout.titles, submission)


def lines_shown(extraction: Extraction, bot: AnyBot, submission: Submission) -> list[TypedLine] | None:
    """Return the rows of the line grid, or None for documents without lines."""
    if not extraction.lines and not bot.reads.has_lines:
        return None
    rows = as_typed(extraction.lines) if submission.lines is None else submission.lines
    return list(rows)
