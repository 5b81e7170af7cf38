"""What a person had typed about a case before it changed: shown beside it as it is now, to be taken over or not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keywright.bot import AnyBot, all_bots
from keywright.cases import casebook
from keywright.console.review.form_data import Answers, as_read, from_draft
from keywright.console.shared.shortcuts import may_decide, person_of, seen_case
from keywright.database.models import StoredCase
from keywright.model.case import State
from keywright.model.fields import Extraction
from keywright.review import decisions, drafts
from keywright.review.decisions import one_line
from keywright.review.drafts import LeftOver


@dataclass(frozen=True, slots=True)
class Offer:
    """What was typed before the case changed and stands there no more: fields by their titles, lines, a number."""

    at: dt.datetime | None
    fields: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]
    number: str

    def __bool__(self) -> bool:
        return bool(self.fields or self.lines or self.number)


def offer(
    kept: Mapping[str, Any] | None, seen: str, extraction: Extraction, titles: Mapping[str, str], answers: Answers
) -> Offer:
    """Return what is left over of a draft and is not what stands on the page anyway."""
    left = drafts.left_over(kept, seen)
    read = {name: one_line(one.value) for name, one in extraction.fields.items()}
    now = {**read, **answers.typed}
    fields = [(titles[one], text) for one, text in left.typed.items() if one in titles and text != now.get(one, "")]
    at = dt.datetime.fromisoformat(left.at) if left.at else None
    number = left.number if left.number != answers.number else ""
    return Offer(at, tuple(fields), tuple(_line(one) for one in _lines(left, extraction, answers)), number)


def _lines(left: LeftOver, extraction: Extraction, answers: Answers) -> drafts.Lines:
    now = as_read(extraction)["read_lines"] if answers.lines is None else None
    typed = None if answers.lines is None else [[one.place, dict(one.typed)] for one in answers.lines]
    return [] if left.lines is None or left.lines in (now, typed) else left.lines


def _line(told: list[Any]) -> str:
    return " · ".join(filter(None, told[1].values()))


@require_POST
@may_decide
def left_typed(request: HttpRequest, number: int) -> HttpResponse:
    """Take over what was typed before a case changed, or leave it."""
    row, person = seen_case(request, number), person_of(request)
    bot, kept, seen = all_bots().get(row.bot), drafts.of(number, person), row.changed_at.isoformat()
    left = drafts.left_over(kept, seen)
    if bot is None or row.state != State.REFERRED or request.POST.get("seen", "") != seen or not left:
        messages.info(request, _("Nothing that you typed before is left over here."))
        return redirect("review", number=number)
    take = request.POST.get("left") == "take-over"
    drafts.settle_left_over(number, person, _draft(row, bot, kept, left if take else LeftOver()))
    return redirect("review", number=number)


def _draft(row: StoredCase, bot: AnyBot, kept: Mapping[str, Any] | None, taken: LeftOver) -> dict[str, Any]:
    """Return the draft of a case as it is now, with what is taken over put into it."""
    seen, case = row.changed_at.isoformat(), casebook.case_of(row)
    read = as_read(decisions.extraction_of(case, bot))
    now = dict(kept) if kept and from_draft(kept, seen).restored else {"seen": seen, "typed": {}, **read}
    names = bot.reads.specs()
    now |= {"typed": {**now["typed"], **{one: text for one, text in taken.typed.items() if one in names}}}
    now |= {"lines": now.get("lines") if taken.lines is None else taken.lines}
    now |= {"number": taken.number or now.get("number", "")}
    return {name: told for name, told in now.items() if name not in ("before", "at")}
