"""The page of one case: its document, values, audit trail and posted record."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keywright.bot import AnyBot, all_bots
from keywright.cases import casebook
from keywright.cases.waiting import waiting_for
from keywright.console.shared import labels as words
from keywright.console.shared.crops import PageCrop, crops_of
from keywright.console.shared.page_overlays import pages_of
from keywright.console.shared.shortcuts import may_look, may_mend, seen_case, show, title_of
from keywright.console.shared.visibility import reads_blind, sight_of
from keywright.database.models import Keying, LedgerEntry, StoredCase
from keywright.findings import Finding
from keywright.model.case import IllegalMove, State
from keywright.model.fields import Extraction, Field, FieldSpec
from keywright.people.visibility import mask_for
from keywright.privacy.masking import Mask
from keywright.quality.blinding import without_reading
from keywright.receipts import store
from keywright.receipts.html import record_title
from keywright.review import claims, comments

_LINE = re.compile(r"lines\[(\d+)\]")
MOST_ENTRIES = 500
"""The audit trail of a case shows at most so many entries, the latest."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One ledger entry in words."""

    entry: LedgerEntry
    words: str
    details: list[str]
    screens: list[str]  #: hashes of the pictures of what a target system showed then


@dataclass(frozen=True, slots=True)
class Value:
    """One field of a case as the page shows it."""

    title: str
    text: str
    source: str
    confidence: int  #: per cent
    crop: PageCrop | None


@require_safe
@may_look
def case(request: HttpRequest, number: int) -> HttpResponse:
    """Show everything known about a case."""
    row = seen_case(request, number)
    bots, blind = all_bots(), reads_blind(request, number)
    shown_case = casebook.case_of(row)
    if blind:
        row, shown_case = without_reading(row), replace(shown_case, extraction=None, findings=())
    titles = _titles(bots.get(row.bot))
    rights = sight_of(request)
    mask = mask_for(rights, shown_case.extraction)
    extraction = mask.extraction(shown_case.extraction or Extraction("", {}))
    paper = extraction.fields.values() if rights.personal else None
    pages = [] if paper is None else pages_of(shown_case.document, paper, titles, (), shown_case.pages)
    crops = crops_of(extraction.fields.values(), pages)
    acts = _acts(row.pk, titles, mask)
    acts = [replace(act, details=[], screens=[]) for act in acts] if blind else acts
    waiting = None if blind else waiting_for(shown_case)
    page = {
        "row": row,
        "case": shown_case,
        "state": words.state_in_words(row.state),
        "bot_title": title_of(row.bot, bots),
        "holder": claims.holder_of(row) if row.state == State.REFERRED else None,
        "waiting": waiting,
        "last_fault": mask.text(waiting.fault) if waiting else "",
        "findings": [_finding(finding, mask) for finding in shown_case.findings],
        "values": [_value(field, _specs(bots.get(row.bot)), crops) for field in extraction.fields.values()],
        "lines": extraction.lines,
        "pages": pages,
        "may_see_paper": paper is not None,
        "acts": acts,
        "people": _people(acts),
        "comments": [(comment, mask.text(comment.text)) for comment in comments.of(row.pk)],
        "keyings": [
            (keying, mask.text(keying.identity), _titled(mask.body(keying.receipt), titles), mask.text(keying.answer))
            for keying in _keyings(row, blind)
        ],
        "written": [] if blind else sorted(store.kept(row.pk)),
        "blind": blind,
        "layout": None if blind else _layout(row),
    }
    return show(request, "case", page)


@require_POST
@may_mend
def send_again(request: HttpRequest, number: int) -> HttpResponse:
    """Restart a failed case, from its checks if it was read, so that no correction is lost."""
    row = seen_case(request, number)
    failed, person = casebook.case_of(row), request.user.get_username()
    to = State.READ if failed.extraction else State.RECEIVED
    afresh: dict[str, Any] = (
        {} if failed.extraction else {"extraction": None, "findings": [], "settled": [], "payee": None}
    )
    try:
        if failed.state is not State.FAILED:
            raise IllegalMove(f"Case {number} has not failed: it is {failed.state}.")
        casebook.move(failed, to, "case-reopened", actor=person, attempts=0, not_before=timezone.now(), **afresh)
        messages.success(request, _("Case %(number)d was restarted.") % {"number": number})
    except IllegalMove:
        messages.warning(request, what_became_of(number))
    return redirect("case", number=number)


def what_became_of(number: int) -> str:
    """Return who acted on a case last, for a person whose decision came too late."""
    late = _("Your decision was not saved: case %(number)d had already changed.") % {"number": number}
    return f"{late} {last_act(number)}".strip()


def last_act(number: int) -> str:
    """Return a sentence about the last entry of a case: when, who and what; "" if the ledger has none."""
    of_layouts = ("layout-confirmed", "layout-learned", "layout-state")  # they follow from the decision
    entries = LedgerEntry.objects.filter(case_id=number).exclude(event__in=of_layouts)
    entry = entries.order_by("-number").first()
    if entry is None:
        return ""
    at = f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M}"
    return f"{at}, {entry.actor}: {words.event_in_words(entry.event)}."


def _layout(row: StoredCase) -> tuple[int, str] | None:
    """Return the number of the layout of a case's document, and its state in words; None if it has none."""
    return (row.layout.pk, words.layout_state_in_words(row.layout.state)) if row.layout else None


def _titles(bot: AnyBot | None) -> dict[str, str]:
    return {name: words.title_of(spec) for name, spec in _specs(bot).items()}


def _specs(bot: AnyBot | None) -> Mapping[str, FieldSpec[Any]]:
    return bot.reads.specs() if bot else {}


def _value(field: Field[Any], specs: Mapping[str, FieldSpec[Any]], crops: Mapping[str, PageCrop]) -> Value:
    spec, confidence = specs.get(field.name), int(field.confidence * 100)
    title, text = words.title_of(spec) if spec else field.name, words.value_in_words(spec, field.value)
    return Value(title, text, words.source_in_words(field.source), confidence, crops.get(field.name))


def _keyings(row: StoredCase, blind: bool) -> Iterable[Keying]:
    return () if blind else Keying.objects.filter(case=row).order_by("pk")


def _titled(receipt: Mapping[str, Any] | None, titles: Mapping[str, str]) -> dict[str, Any]:
    """Return a receipt whose values have readable titles beside their names; {} for none."""
    if not receipt:
        return {}
    values = [{**value, "title": _record_title(value["name"], titles)} for value in receipt.get("values", ())]
    return {**receipt, "values": values}


def _record_title(name: str, titles: Mapping[str, str]) -> str:
    line, _dot, last = name.rpartition(".")
    title = titles.get(last) or record_title(last)
    number = _LINE.fullmatch(line)
    return f"{_('Line %(number)d') % {'number': int(number[1])}} · {title}" if number else title


def _people(acts: Iterable[AuditEntry]) -> list[tuple[str, int]]:
    """Return the people who acted on the case, in the order of their first entry, with their number of entries."""
    return list(Counter(act.entry.actor for act in acts if not act.entry.actor.startswith("robot")).items())


def _finding(finding: Finding, mask: Mask) -> tuple[str, str, str]:
    """Return the kind of a finding, its message in the reader's language, and that language."""
    message, language = words.finding_in_words(replace(finding, message=mask.message(finding.message)))
    return words.kind_in_words(finding.kind), mask.text(message), language


def _screens(entry: LedgerEntry) -> list[str]:
    findings = entry.body.get("findings", ()) if entry.event == "case-referred" else ()
    return [finding["picture"] for finding in findings if finding.get("picture")]


def _acts(number: int, titles: Mapping[str, str], mask: Mask) -> list[AuditEntry]:
    latest = LedgerEntry.objects.filter(case_id=number).order_by("-number")[:MOST_ENTRIES]
    acts = (
        AuditEntry(entry, words.event_in_words(entry.event), words.details_of(entry, titles), _screens(entry))
        for entry in reversed(latest)
    )
    return [replace(act, details=[mask.text(line) for line in act.details]) for act in acts]
