"""The review page: one referred case, its pages on the left, what a person is asked on the right."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from keywright import casebook
from keywright.bot import AnyBot
from keywright.cases import State
from keywright.console.evidence import pages_of
from keywright.console.pages import chosen_bot, may_look, say, show, title_of
from keywright.console.people import rights_of
from keywright.console.privacy import mask_for
from keywright.console.review_sheet import Answers, Person, doubtful_names, extraction_of, sheet_of
from keywright.console.words import title_of as field_title
from keywright.findings import Finding
from keywright.records.models import StoredCase
from keywright.review_queue import may_look_again
from keywright.settings import settings


@require_safe
@may_look
def review(request: HttpRequest, number: int) -> HttpResponse:
    """Show a referred case to be decided; any other case shows its story."""
    row = get_object_or_404(StoredCase.objects.select_related("document"), pk=number)
    if row.state != State.REFERRED:
        return redirect("case", number=number)
    chosen, bots = chosen_bot(request)
    if row.bot not in bots:
        return no_such_bot(request, row)
    return show_sheet(request, row, bots[row.bot], chosen, Answers(), casebook.case_of(row).findings)


def no_such_bot(request: HttpRequest, row: StoredCase) -> HttpResponse:
    """Say that nobody can decide a case whose bot was taken away."""
    words = _("The bot “%(bot)s” of case %(number)d is not installed here. IT has to bring it back first.")
    return say(request, _("This case cannot be decided"), words % {"bot": row.bot, "number": row.pk}, status=409)


def show_sheet(
    request: HttpRequest,
    row: StoredCase,
    bot: AnyBot,
    chosen: str,
    answers: Answers,
    findings: Collection[Finding],
) -> HttpResponse:
    """Show the review page with what was typed so far; 422 if some of it cannot be taken."""
    case = casebook.case_of(row)
    rights = rights_of(request.user)
    mask = mask_for(rights, case.extraction)
    extraction = mask.extraction(extraction_of(case, bot))
    findings = [replace(one, message=mask.text(one.message)) for one in findings]
    specs = bot.reads.specs()
    doubtful = doubtful_names(extraction, (*case.findings, *findings), settings().refer_below)
    person = Person(request.user.get_username(), rights.second)
    titles = {name: field_title(spec) for name, spec in specs.items()}
    found = {
        "row": row,
        "case": case,
        "bot_title": title_of(row.bot, {row.bot: bot}),
        "chosen": chosen,
        "seen": row.changed_at.isoformat(),
        "sheet": sheet_of(extraction, findings, specs, doubtful, answers, person),
        "answers": answers,
        "pages": pages_of(case.document, extraction.fields.values(), titles, doubtful) if not mask else [],
        "lines": extraction.lines,
        "may_look_again": may_look_again(case),
    }
    refused = bool(answers.faults or answers.unsettled or answers.refusing)
    return show(request, "review", found, status=422 if refused else 200)
