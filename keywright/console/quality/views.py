"""The quality sample in the console: reading a drawn case blind, saying who was right, and the figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from keywright.bot import AnyBot, all_bots
from keywright.console.shared.labels import title_of as field_title
from keywright.console.shared.shortcuts import (
    hidden_here,
    may_decide,
    may_look,
    person_of,
    rights_here,
    say,
    show,
    title_of,
)
from keywright.database.models import PagePicture, Sample
from keywright.quality import sampling
from keywright.quality.sampling import AlreadyAnswered, NotForYou, Rate, SampleQuality, Truth
from keywright.settings.settings import settings
from keywright.typed_values import NotAValue

LOOKED_BACK = dt.timedelta(days=365)
SHOWN = 100
BOTH, NEITHER = "same", "other"


@require_safe
@may_look
def quality(request: HttpRequest) -> HttpResponse:
    """Show how often robot and clerks were wrong, by bot, and what of the sample waits for this person."""
    person, since = person_of(request), timezone.now() - LOOKED_BACK
    bots = {name: bot for name, bot in all_bots().items() if name not in hidden_here(request)}
    figures = [(title_of(name, bots), sampling.quality(name, since)) for name in bots]
    found = {
        "bots": [(title, _rows(one), one) for title, one in figures if one.misread.of or one.open_ or one.waiting],
        "share": settings().sample_percent,
        "to_read": sampling.unanswered(person).count() if rights_here(request).decide else 0,
        "to_settle": list(sampling.to_settle(person)[:SHOWN]) if rights_here(request).second else [],
        "wrong": [
            (row, ", ".join(_titles(bots[name], wrong)))
            for name in bots
            for row, wrong in sampling.wrongly_keyed(name, since)[:SHOWN]
        ],
    }
    return show(request, "quality", found)


def _rows(one: SampleQuality) -> list[tuple[str, Rate, str, str]]:
    """Return a line for each rate: what it is about, the rate, its share and its interval in per cent."""
    told = [
        (_("values that the robot read wrongly"), one.misread),
        (_("cases with such a value"), one.cases),
        (_("fields that the robot left empty though something is printed"), one.missed),
        (_("fields that clerks read wrongly"), one.clerks_misread),
    ]
    return [(words, rate, _per_cent(rate.share), " – ".join(map(_per_cent, rate.interval))) for words, rate in told]


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
        messages.info(request, _("No case of the sample waits to be read."))
        return redirect("quality")
    return redirect("sample", number=row.pk)


@require_http_methods(["GET", "POST"])
@may_decide
def sample(request: HttpRequest, number: int) -> HttpResponse:
    """Show the pages of a drawn case beside empty fields, and take what the person reads there."""
    row, bot = _seen(request, number)
    if row.answered_at is not None or not sampling.is_open(row):
        messages.info(request, _("This one needs no reading any more."))
        return redirect("quality")
    if request.method == "GET":
        return _ask(request, row, bot, {}, {})
    typed = {name: _clean(request.POST.get(f"field-{name}", "")) for name in row.robot}
    try:
        answered = sampling.answer(number, typed, bot.reads.specs(), person=person_of(request))
    except NotAValue as wrong:
        return _ask(request, row, bot, typed, wrong.faults)
    except AlreadyAnswered:
        messages.info(request, _("Somebody else read this one meanwhile; what you typed is not needed."))
        return redirect("quality")
    done = _("Thank you. You and the robot read the same.")
    done = _("Thank you. A supervisor will say who was right.") if answered.truth is None else done
    messages.success(request, done)
    return redirect("next-sample")


def _seen(request: HttpRequest, number: int) -> tuple[Sample, AnyBot]:
    """Return a sample that the person may see, and its bot. Raises Http404 if there is none."""
    rows = Sample.objects.select_related("case", "case__document", "person")
    row = rows.filter(pk=number).exclude(case__bot__in=hidden_here(request)).first()
    bot = all_bots().get(row.case.bot) if row else None
    if row is None or bot is None:
        raise Http404(f"There is no sample {number}.")
    return row, bot


def _clean(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:2000]


def _ask(
    request: HttpRequest, row: Sample, bot: AnyBot, typed: Mapping[str, str], faults: Mapping[str, str]
) -> HttpResponse:
    specs = bot.reads.specs()
    asked = [
        {
            "name": name,
            "title": field_title(specs[name]),
            "kind": specs[name].kind.name,
            "text": typed.get(name, ""),
            "fault": faults.get(name, ""),
        }
        for name in row.robot
        if name in specs
    ]
    found = {"row": row, "asked": asked, "pages": _pages(row), "bot_title": title_of(bot.name, {bot.name: bot})}
    return show(request, "sample", found, status=422 if faults else 200)


def _pages(row: Sample) -> list[PagePicture]:
    pages = PagePicture.objects.filter(document=row.case.document_id).order_by("page")
    if row.case.first_page and row.case.last_page:
        pages = pages.filter(page__range=(row.case.first_page, row.case.last_page))
    return list(pages)


@require_http_methods(["GET", "POST"])
@may_decide
def truth(request: HttpRequest, number: int) -> HttpResponse:
    """Show both readings where they differ, not whose is which, and take a supervisor's word for what is printed."""
    row, bot = _seen(request, number)
    person = person_of(request)
    try:
        sampling.ensure_may_settle(row, person)
    except NotForYou:
        words = _("A supervisor who did not read this one says who was right.")
        return say(request, _("You may not do this"), words, status=403)
    if row.answered_at is None or row.truth is not None:
        messages.info(request, _("There is nothing to be said about this one."))
        return redirect("quality")
    if request.method == "GET":
        return _which(request, row, bot, {})
    try:
        sampling.settle(number, _said(request, row), bot.reads.specs(), person=person)
    except NotAValue as wrong:
        return _which(request, row, bot, wrong.faults)
    except AlreadyAnswered:
        messages.info(request, _("There is nothing to be said about this one."))
        return redirect("quality")
    messages.success(request, _("Thank you. Sample %(number)d is settled.") % {"number": number})
    return redirect("quality")


def _said(request: HttpRequest, row: Sample) -> dict[str, Truth]:
    """Return what a supervisor chose for each field: one of the readings, both, or what the supervisor typed."""
    found = {}
    for name in sampling.differences(row):
        choice, readings = request.POST.get(f"truth-{name}", ""), _readings(row, name)
        if choice == BOTH:
            found[name] = Truth(same=True)
        elif choice == NEITHER:
            found[name] = Truth(_clean(request.POST.get(f"other-{name}", "")))
        elif choice in ("0", "1"):
            found[name] = Truth(readings[int(choice)])
    return found


def _readings(row: Sample, name: str) -> list[str]:
    """Return the two readings of a field in the order of the alphabet, which tells nothing of whose they are."""
    return sorted([row.robot[name] or "", (row.answer or {}).get(name) or ""])


def _which(request: HttpRequest, row: Sample, bot: AnyBot, faults: Mapping[str, str]) -> HttpResponse:
    specs: Mapping[str, Any] = bot.reads.specs()
    asked = [
        {
            "name": name,
            "title": field_title(specs[name]),
            "readings": list(enumerate(_readings(row, name))),
            "chosen": request.POST.get(f"truth-{name}", ""),
            "other": request.POST.get(f"other-{name}", ""),
            "fault": faults.get(name, ""),
        }
        for name in sampling.differences(row)
        if name in specs
    ]
    found = {"row": row, "asked": asked, "pages": _pages(row), "bot_title": title_of(bot.name, {bot.name: bot})}
    return show(request, "sample_truth", found, status=422 if faults else 200)
