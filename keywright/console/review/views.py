"""The review page: one referred case, its pages on the left, what a person is asked on the right."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from keywright.bot import AnyBot
from keywright.cases import approvals, casebook
from keywright.cases.summary import kind_asked
from keywright.console.review.exception_views import question, shown_for
from keywright.console.review.form_data import Answers, from_draft
from keywright.console.review.previous_decisions import decided_before
from keywright.console.review.sheet import Help, Person, Sheet, sheet_of
from keywright.console.review.stale_drafts import Offer, offer
from keywright.console.shared.labels import kind_in_words
from keywright.console.shared.labels import title_of as field_title
from keywright.console.shared.page_overlays import pages_of
from keywright.console.shared.shortcuts import (
    chosen_bot,
    may_look,
    person_of,
    rights_here,
    say,
    seen_case,
    show,
    title_of,
)
from keywright.database.models import StoredCase
from keywright.findings import Finding
from keywright.model import alternatives
from keywright.model.case import Case, State
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

SCRIPTS = [f"console/{name}.js" for name in ("review", "page", "draft", "vendors", "lines")]


@require_safe
@may_look
def review(request: HttpRequest, number: int) -> HttpResponse:
    """Claim a referred case and show it to be decided; any other case shows its story."""
    row = seen_case(request, number)
    if row.state != State.REFERRED:
        return redirect("case", number=number)
    chosen, bots = chosen_bot(request)
    if row.bot not in bots:
        return no_such_bot(request, row)
    kept = drafts.of(number, person_of(request)) or {}
    answers = from_draft(kept, row.changed_at.isoformat())
    taken, told = _claimed(request, row), casebook.case_of(row).findings
    return show_sheet(request, row, bots[row.bot], chosen, answers, told, taken, kept)


def _claimed(request: HttpRequest, row: StoredCase) -> Taken | None:
    """Claim the case for who may decide it; return who has it open if somebody else has."""
    if request.method != "GET" or not rights_here(request).decide:
        return None
    try:
        claims.claim(row.pk, person_of(request))
    except Taken as taken:
        return taken
    return None


def no_such_bot(request: HttpRequest, row: StoredCase) -> HttpResponse:
    """Say that nobody can decide a case whose bot was taken away."""
    words = _("The bot “%(bot)s” of case %(number)d is not installed here. IT has to bring it back first.")
    return say(request, _("This case cannot be decided"), words % {"bot": row.bot, "number": row.pk}, status=409)


@dataclass(frozen=True, slots=True)
class Laid:
    """A case laid out for one person: its sheet, and what the page shows with it."""

    case: Case
    rights: Rights
    mask: Mask
    extraction: Extraction
    titles: dict[str, str]
    doubtful: set[str]
    seen: alternatives.Seen | None
    sheet: Sheet


def laid_out(
    request: HttpRequest, row: StoredCase, bot: AnyBot, answers: Answers, findings: Collection[Finding]
) -> Laid:
    """Lay a case out for the person who asks."""
    case, rights = casebook.case_of(row), rights_here(request)
    mask = mask_for(rights, case.extraction)
    extraction = mask.extraction(extraction_of(case, bot))
    told = [replace(one, message=mask.message(one.message)) for one in findings]
    specs = bot.reads.specs()
    doubtful = doubtful_names(extraction, (*case.findings, *told), settings().refer_below)
    paper = alternatives.Paper(case.document, bot.reads, case.pages)
    seen = None if mask else alternatives.kept(settings().words, paper, case.extraction)
    aid = Help(seen.choices if seen else {}, bot.seller.name.name if bot.seller else "")
    person = Person(request.user.get_username(), rights.second)
    sheet = sheet_of(extraction, told, specs, doubtful, answers, person, aid)
    titles = {name: field_title(spec) for name, spec in specs.items()}
    return Laid(case, rights, mask, extraction, titles, doubtful, seen, sheet)


def show_sheet(
    request: HttpRequest,
    row: StoredCase,
    bot: AnyBot,
    chosen: str,
    answers: Answers,
    findings: Collection[Finding],
    taken: Taken | None = None,
    kept: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Show the review page with what was typed so far; 422 if some of it cannot be taken, 409 if another has it.

    ``kept`` is the person's draft, which is looked up if it is not given.
    """
    laid = laid_out(request, row, bot, answers, findings)
    case, kind, rights = laid.case, kind_asked(findings), laid.rights
    paper = None if laid.mask else laid.extraction.fields.values()
    pages = [] if paper is None else pages_of(case.document, paper, laid.titles, laid.doubtful, case.pages)
    found: dict[str, Any] = {
        "row": row,
        "case": case,
        "bot_title": title_of(row.bot, {row.bot: bot}),
        "chosen": chosen,
        "seen": row.changed_at.isoformat(),
        "sheet": laid.sheet,
        "answers": answers,
        "pages": pages,
        "grid": lines_shown(laid.extraction, bot, answers),
        "may_look_again": may_look_again(case),
        "kind": kind,
        "kind_words": kind_in_words(kind) if kind else "",
        "question": question(kind),
        "taken": taken,
        "may_act": rights.decide and taken is None,
        "scripts": SCRIPTS,
        "must_read": laid.seen is None and not laid.mask and alternatives.rereads(bot.reads) is not None,
        "second": second_needed(request, laid, bot) if rights.decide else "",
        "befores": decided_before(row.pk, laid.titles, laid.mask),
        "left": _left(request, row, laid, answers, kept) if rights.decide else None,
        **shown_for(kind, case, bot, {} if laid.mask else laid.titles, rights),
    }
    refused = bool(answers.faults or answers.line_faults or answers.number_fault or answers.unsettled)
    return show(request, "review", found, status=409 if taken and request.method == "POST" else 422 if refused else 200)


def second_needed(request: HttpRequest, laid: Laid, bot: AnyBot, corrected: Extraction | None = None) -> str:
    """Return why somebody else must approve what this person is about to make of a case, or ""."""
    person, second = person_of(request), laid.rights.second
    told = approvals.needs_second(laid.case, bot, person, corrected, second=second)
    if not told and any(one.takes_another for one in laid.case.findings):
        told = "" if account_confirmation.is_own(person.get_username()) else permissions.not_confirmed()
    return laid.mask.text(told)


def _left(request: HttpRequest, row: StoredCase, laid: Laid, answers: Answers, kept: Mapping[str, Any] | None) -> Offer:
    """Return what this person had typed before the case changed."""
    kept = drafts.of(row.pk, person_of(request)) if kept is None else kept
    return offer(kept, row.changed_at.isoformat(), laid.extraction, laid.titles, answers)


def lines_shown(extraction: Extraction, bot: AnyBot, answers: Answers) -> list[TypedLine] | None:
    """Return the rows of the grid of lines; None for documents that have no lines."""
    if not extraction.lines and not bot.seller:
        return None
    rows = as_typed(extraction.lines) if answers.lines is None else answers.lines
    return list(rows)
