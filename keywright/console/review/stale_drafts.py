"""A person's entries from before a case changed, offered to be restored or discarded."""

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
from keywright.console.review.form_data import Submission, as_read, from_draft
from keywright.console.shared.shortcuts import may_decide, person_of, seen_case
from keywright.database.models import StoredCase
from keywright.model.case import State
from keywright.model.fields import Extraction
from keywright.review import decisions, drafts
from keywright.review.decisions import one_line
from keywright.review.drafts import LeftOver


@dataclass(frozen=True, slots=True)
class EarlierEntries:
    """The entries from before the case changed that differ from the page: fields by title, lines, a number."""

    at: dt.datetime | None
    fields: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]
    number: str

    def __bool__(self) -> bool:
        return bool(self.fields or self.lines or self.number)


def earlier_entries(
    draft: Mapping[str, Any] | None,
    version: str,
    extraction: Extraction,
    titles: Mapping[str, str],
    submission: Submission,
) -> EarlierEntries:
    """Return the entries of an old draft that differ from what the page shows."""
    entries = drafts.left_over(draft, version)
    read_texts = {name: one_line(field.value) for name, field in extraction.fields.items()}
    current = {**read_texts, **submission.texts}
    fields = [
        (titles[name], text) for name, text in entries.typed.items() if name in titles and text != current.get(name, "")
    ]
    at = dt.datetime.fromisoformat(entries.at) if entries.at else None
    number = entries.number if entries.number != submission.number else ""
    return EarlierEntries(
        at, tuple(fields), tuple(_line(line) for line in _lines(entries, extraction, submission)), number
    )


def _lines(entries: LeftOver, extraction: Extraction, submission: Submission) -> drafts.Lines:
    current = as_read(extraction)["read_lines"] if submission.lines is None else None
    current_lines = None if submission.lines is None else [[line.place, dict(line.typed)] for line in submission.lines]
    return [] if entries.lines is None or entries.lines in (current, current_lines) else entries.lines


def _line(line: list[Any]) -> str:
    return " · ".join(filter(None, line[1].values()))


@require_POST
@may_decide
def settle_earlier_entries(request: HttpRequest, number: int) -> HttpResponse:
    """Restore or discard the entries from before a case changed."""
    row, person = seen_case(request, number), person_of(request)
    bot, draft, version = all_bots().get(row.bot), drafts.of(number, person), row.changed_at.isoformat()
    entries = drafts.left_over(draft, version)
    if bot is None or row.state != State.REFERRED or request.POST.get("seen", "") != version or not entries:
        messages.info(request, _("There are no earlier entries to restore."))
        return redirect("review", number=number)
    take = request.POST.get("left") == "take-over"
    drafts.settle_left_over(number, person, _draft(row, bot, draft, entries if take else LeftOver()))
    return redirect("review", number=number)


def _draft(row: StoredCase, bot: AnyBot, draft: Mapping[str, Any] | None, taken: LeftOver) -> dict[str, Any]:
    """Return the draft of the case as it is now, with the restored entries."""
    version, case = row.changed_at.isoformat(), casebook.case_of(row)
    as_it_was = as_read(decisions.extraction_of(case, bot))
    merged = (
        dict(draft) if draft and from_draft(draft, version).restored else {"seen": version, "typed": {}, **as_it_was}
    )
    names = bot.reads.specs()
    merged |= {"typed": {**merged["typed"], **{name: text for name, text in taken.typed.items() if name in names}}}
    merged |= {"lines": merged.get("lines") if taken.lines is None else taken.lines}
    merged |= {"number": taken.number or merged.get("number", "")}
    return {name: value for name, value in merged.items() if name not in ("before", "at")}
