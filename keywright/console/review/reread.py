"""Reads a document again for the review page: the words of a page, other possible values, one place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keywright import word_store
from keywright.bot import AnyBot, all_bots
from keywright.cases import casebook
from keywright.cases.worker import Office
from keywright.console.review.form_data import Submission, box_of, written_box
from keywright.console.review.views import lay_out
from keywright.console.shared.shortcuts import may_decide, may_look, seen_case, show
from keywright.console.shared.visibility import may_see_paper, no_paper, not_before_the_sample, reads_blind
from keywright.database.models import StoredCase
from keywright.errors import Refer, Stop
from keywright.model import alternatives
from keywright.model.alternatives import Paper, Seen
from keywright.model.case import State
from keywright.model.fields import AMOUNT, FieldSpec
from keywright.model.reading import Box, Line, Page, Reading
from keywright.model.reading import box_of as around
from keywright.model.values.printed_amounts import beyond_doubt
from keywright.review.line_edits import CELLS
from keywright.settings.settings import settings


@require_safe
@may_look
def words(request: HttpRequest, number: int, page: int) -> HttpResponse:
    """Return the words of one page, each with left, top, right and bottom in points."""
    row = seen_case(request, number)
    if not may_see_paper(request):
        return no_paper(request)
    if reads_blind(request, number):
        return not_before_the_sample(request)
    words_of_case = _seen(row, all_bots().get(row.bot))
    wanted_page = words_of_case.page(page) if words_of_case else None
    return _told({"words": _written(wanted_page) if wanted_page else []})


@require_safe
@may_decide
def choices(request: HttpRequest, number: int) -> HttpResponse:
    """Read a document whose words are not stored, and return the parts of the page with other possible values."""
    row, bot = seen_case(request, number), None
    if row.state == State.REFERRED:
        bot = all_bots().get(row.bot)
    if bot is None or _seen(row, bot) is None:
        return HttpResponse(status=204)
    layout = lay_out(request, row, bot, Submission(), casebook.case_of(row).findings)
    return show(request, "choices", {"sheet": layout.sheet})


@require_POST
@may_decide
def place(request: HttpRequest, number: int) -> HttpResponse:
    """Read one place of a page for a field, or for a column of the lines (``cell``).

    The response has the value, the alternatives, and the place of the print.
    """
    row = seen_case(request, number)
    bot, box = all_bots().get(row.bot), box_of(request.POST.get("box", ""))
    if reads_blind(request, number):
        return not_before_the_sample(request)
    spec = _asked_for(request, bot) if bot else None
    if bot is None or box is None or spec is None:
        return JsonResponse({"said": _("This part of the page cannot be read.")}, status=400)
    reader, words_of_case = alternatives.rereads(bot.reads), _seen(row, bot)
    page = words_of_case.page(box.page) if words_of_case else None
    if reader is None or words_of_case is None or page is None:
        return JsonResponse({"said": _("This page cannot be read again. Type what you see.")}, status=422)
    try:
        lines_there = reader.look_at(Office.of(settings()).document(casebook.case_of(row)), page, box)
    except (Refer, Stop):
        return JsonResponse({"said": _("This page cannot be read again. Type what you see.")}, status=422)
    values = [
        value
        for lines in lines_there
        for value in reader.values_in(spec, lines, Reading(words_of_case.pages))
        if value.strip()
    ]
    if not values:
        return JsonResponse({"said": _("No suitable value found there.")}, status=422)
    value, *alternatives_read = dict.fromkeys(map(beyond_doubt, values) if spec.kind is AMOUNT else values)
    return _told({"value": value, "choices": alternatives_read[:4], "box": written_box(_around(lines_there[0]))})


def _asked_for(request: HttpRequest, bot: AnyBot) -> FieldSpec[Any] | None:
    """Return the field or line column to read, or None if it is unknown."""
    if column := request.POST.get("cell", ""):
        return CELLS.get(column)
    return bot.reads.specs().get(request.POST.get("field", ""))


def _around(lines: Sequence[Line]) -> Box:
    return around(word for line in lines for word in line)


def _seen(row: StoredCase, bot: AnyBot | None) -> Seen | None:
    """Return the stored words of a case's document, or None if it cannot be read."""
    if bot is None:
        return None
    case = casebook.case_of(row)
    paper = Paper(case.document, bot.reads, case.pages)
    try:
        return word_store.seen_on(settings().words, paper, Office.of(settings()).document(case), case.extraction)
    except (Refer, Stop):
        return None


def _written(page: Page) -> list[list[str | float]]:
    return [
        [word.text, *(round(edge, 1) for edge in (word.box.left, word.box.top, word.box.right, word.box.bottom))]
        for word in page.words()
    ]


def _told(what: dict[str, object]) -> JsonResponse:
    response = JsonResponse(what)
    response["Cache-Control"] = "private, no-cache"
    return response
