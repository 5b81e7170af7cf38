"""The quality sample: reading a drawn case blind, settling differences, and the figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from keywright.bot import AnyBot, all_bots
from keywright.console.shared.labels import options_of, value_in_words
from keywright.console.shared.labels import title_of as field_title
from keywright.console.shared.shortcuts import (
    hidden_here,
    may_decide,
    may_look,
    person_of,
    rights_here,
    show,
    show_message,
    title_of,
)
from keywright.database.models import PagePicture, Sample
from keywright.quality import sampling
from keywright.quality.sampling import AlreadyAnswered, NotForYou, Rate, SampleQuality, Truth
from keywright.review import layout_learning
from keywright.settings.settings import settings
from keywright.typed_values import NotAValue

LOOKED_BACK = dt.timedelta(days=365)
SHOWN = 100
BOTH, NEITHER = "same", "other"


@require_safe
@may_look
def quality(request: HttpRequest) -> HttpResponse:
    """Show how often robot and clerks read wrong, by bot, and the samples for this person."""
    person, since = person_of(request), timezone.now() - LOOKED_BACK
    bots = {name: bot for name, bot in all_bots().items() if name not in hidden_here(request)}
    figures = [(title_of(name, bots), sampling.quality(name, since)) for name in bots]
    page = {
        "bots": [
            (title, _rows(figures_of_bot), figures_of_bot)
            for title, figures_of_bot in figures
            if figures_of_bot.misread.of or figures_of_bot.open_ or figures_of_bot.waiting
        ],
        "share": settings().sample_percent,
        "to_read": sampling.unanswered(person).count() if rights_here(request).decide else 0,
        "to_settle": list(sampling.to_settle(person)[:SHOWN]) if rights_here(request).second else [],
        "wrong": [
            (row, ", ".join(_titles(bots[name], wrong)))
            for name in bots
            for row, wrong in sampling.wrongly_keyed(name, since)[:SHOWN]
        ],
    }
    return show(request, "quality", page)


def _rows(figures: SampleQuality) -> list[tuple[str, Rate, str, str]]:
    """Return a line for each rate: its label, the rate, its share and its interval in per cent."""
    rates = [
        (_("Values the robot read wrong"), figures.misread),
        (_("Cases with a wrong value"), figures.cases),
        (_("Printed values the robot missed"), figures.missed),
        (_("Values clerks read wrong"), figures.clerks_misread),
    ]
    return [(words, rate, _per_cent(rate.share), " – ".join(map(_per_cent, rate.interval))) for words, rate in rates]


def _per_cent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _titles(bot: AnyBot, names: list[str]) -> list[str]:
    specs = bot.reads.specs()
    return [field_title(specs[name]) for name in names if name in specs]


@require_safe
@may_decide
def next_sample(request: HttpRequest) -> HttpResponse:
    """Go to a sample that this person may read."""
    row = sampling.next_for(person_of(request))
    if row is None:
        messages.info(request, _("No samples to read."))
        return redirect("quality")
    return redirect("sample", number=row.pk)


@require_http_methods(["GET", "POST"])
@may_decide
def sample(request: HttpRequest, number: int) -> HttpResponse:
    """Show the pages of a drawn case with empty fields, and save what the person read."""
    row, bot = _seen(request, number)
    if row.answered_at is not None or not sampling.is_open(row):
        messages.info(request, _("This sample no longer needs reading."))
        return redirect("quality")
    if request.method == "GET":
        return _ask(request, row, bot, {}, {})
    typed_values = {name: _clean(request.POST.get(f"field-{name}", "")) for name in row.robot}
    try:
        answered = sampling.answer(number, typed_values, bot.reads.specs(), person=person_of(request))
    except NotAValue as wrong:
        return _ask(request, row, bot, typed_values, wrong.faults)
    except AlreadyAnswered:
        messages.info(request, _("Someone else has read this sample in the meantime. Your entries were not needed."))
        return redirect("quality")
    done = _("Thank you. Your values match the robot's.")
    done = _("Thank you. A supervisor will settle the differences.") if answered.truth is None else done
    messages.success(request, done)
    return redirect("next-sample")


def _seen(request: HttpRequest, number: int) -> tuple[Sample, AnyBot]:
    """Return a visible sample and its bot. Raises Http404 if there is none."""
    rows = Sample.objects.select_related("case", "case__document", "person")
    row = rows.filter(pk=number).exclude(case__bot__in=hidden_here(request)).first()
    bot = all_bots().get(row.case.bot) if row else None
    if row is None or bot is None:
        raise Http404(f"There is no sample {number}.")
    return row, bot


def _clean(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:2000]


def _ask(
    request: HttpRequest, row: Sample, bot: AnyBot, typed_values: Mapping[str, str], faults: Mapping[str, str]
) -> HttpResponse:
    specs = bot.reads.specs()
    fields = [
        {
            "name": name,
            "title": field_title(specs[name]),
            "kind": specs[name].kind.name,
            "options": options_of(specs[name]),
            "text": typed_values.get(name, ""),
            "fault": faults.get(name, ""),
        }
        for name in row.robot
        if name in specs
    ]
    page = {"row": row, "asked": fields, "pages": _pages(row), "bot_title": title_of(bot.name, {bot.name: bot})}
    return show(request, "sample", page, status=422 if faults else 200)


def _pages(row: Sample) -> list[PagePicture]:
    pages = PagePicture.objects.filter(document=row.case.document_id).order_by("page")
    if row.case.first_page and row.case.last_page:
        pages = pages.filter(page__range=(row.case.first_page, row.case.last_page))
    return list(pages)


@require_http_methods(["GET", "POST"])
@may_decide
def truth(request: HttpRequest, number: int) -> HttpResponse:
    """Show the two readings where they differ, without their authors, and save the supervisor's decision."""
    row, bot = _seen(request, number)
    person = person_of(request)
    try:
        sampling.ensure_may_settle(row, person)
    except NotForYou:
        words = _("Only a supervisor who did not read this sample can settle it.")
        return show_message(request, _("Access denied"), words, status=403)
    if row.answered_at is None or row.truth is not None:
        messages.info(request, _("This sample has nothing to settle."))
        return redirect("quality")
    if request.method == "GET":
        return _which(request, row, bot, {})
    try:
        with transaction.atomic():
            settled = sampling.settle(number, _said(request, row), bot.reads.specs(), person=person)
            layout_learning.learn_from_sample(settled, bot, person=person.get_username())
    except NotAValue as wrong:
        return _which(request, row, bot, wrong.faults)
    except AlreadyAnswered:
        messages.info(request, _("This sample has nothing to settle."))
        return redirect("quality")
    messages.success(request, _("Thank you. Sample %(number)d was settled.") % {"number": number})
    return redirect("quality")


def _said(request: HttpRequest, row: Sample) -> dict[str, Truth]:
    """Return the supervisor's choice for each field: one of the readings, both, or a typed value."""
    chosen = {}
    for name in sampling.differences(row):
        choice, readings = request.POST.get(f"truth-{name}", ""), _readings(row, name)
        if choice == BOTH:
            chosen[name] = Truth(same=True)
        elif choice == NEITHER:
            chosen[name] = Truth(_clean(request.POST.get(f"other-{name}", "")))
        elif choice in ("0", "1"):
            chosen[name] = Truth(readings[int(choice)])
    return chosen


def _readings(row: Sample, name: str) -> list[str]:
    """Return the two readings of a field in alphabetical order, so that the order does not reveal the authors."""
    return sorted([row.robot[name] or "", (row.answer or {}).get(name) or ""])


def _which(request: HttpRequest, row: Sample, bot: AnyBot, faults: Mapping[str, str]) -> HttpResponse:
    specs: Mapping[str, Any] = bot.reads.specs()
    fields = [
        {
            "name": name,
            "title": field_title(specs[name]),
            "readings": [(place, value_in_words(specs[name], text)) for place, text in enumerate(_readings(row, name))],
            "chosen": request.POST.get(f"truth-{name}", ""),
            "other": request.POST.get(f"other-{name}", ""),
            "fault": faults.get(name, ""),
        }
        for name in sampling.differences(row)
        if name in specs
    ]
    page = {"row": row, "asked": fields, "pages": _pages(row), "bot_title": title_of(bot.name, {bot.name: bot})}
    return show(request, "sample_truth", page, status=422 if faults else 200)
