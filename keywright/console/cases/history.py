"""The story of a case: its document, its values, every act on it in order, and the record it became."""

from __future__ import annotations

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
from keywright.console.shared.crops import Crop, crops_of
from keywright.console.shared.page_overlays import pages_of
from keywright.console.shared.shortcuts import may_look, may_mend, seen_case, show, title_of
from keywright.console.shared.visibility import reads_blind, sight_of
from keywright.database.models import Keying, LedgerEntry, StoredCase
from keywright.findings import Finding
from keywright.model.case import IllegalMove, State
from keywright.model.fields import Extraction, Field
from keywright.people.visibility import mask_for
from keywright.privacy.masking import Mask
from keywright.quality.blinding import without_reading
from keywright.receipts import store
from keywright.review import claims, comments
from keywright.review.decisions import one_line

ACTS = 500
"""As many acts are shown of one case, the latest ones."""


@dataclass(frozen=True, slots=True)
class Act:
    """One entry of the ledger in words."""

    entry: LedgerEntry
    words: str
    told: list[str]
    screens: list[str]  #: hashes of the pictures of what a target system showed then


@dataclass(frozen=True, slots=True)
class Value:
    """One field of a closed case as it is shown."""

    title: str
    text: str
    field: Field[Any]
    certainty: int  #: per cent
    crop: Crop | None


@require_safe
@may_look
def case(request: HttpRequest, number: int) -> HttpResponse:
    """Show all that is known of a case."""
    row = seen_case(request, number)
    bots, blind = all_bots(), reads_blind(request, number)
    told = casebook.case_of(row)
    if blind:
        row, told = without_reading(row), replace(told, extraction=None, findings=())
    titles = _titles(bots.get(row.bot))
    rights = sight_of(request)
    mask = mask_for(rights, told.extraction)
    extraction = mask.extraction(told.extraction or Extraction("", {}))
    paper = extraction.fields.values() if rights.personal else None
    pages = [] if paper is None else pages_of(told.document, paper, titles, (), told.pages)
    crops = crops_of(extraction.fields.values(), pages)
    acts = _acts(row.pk, titles, mask)
    acts = [replace(act, told=[], screens=[]) for act in acts] if blind else acts
    waiting = None if blind else waiting_for(told)
    found = {
        "row": row,
        "case": told,
        "state": words.state_in_words(row.state),
        "bot_title": title_of(row.bot, bots),
        "holder": claims.holder_of(row) if row.state == State.REFERRED else None,
        "waiting": waiting,
        "last_fault": mask.text(waiting.fault) if waiting else "",
        "findings": [_finding(finding, mask) for finding in told.findings],
        "values": [_value(field, titles, crops) for field in extraction.fields.values()],
        "lines": extraction.lines,
        "pages": pages,
        "may_see_paper": paper is not None,
        "acts": acts,
        "people": _people(acts),
        "comments": [(one, mask.text(one.text)) for one in comments.of(row.pk)],
        "keyings": [
            (one, mask.text(one.identity), mask.body(one.receipt), mask.text(one.answer))
            for one in _keyings(row, blind)
        ],
        "written": [] if blind else sorted(store.kept(row.pk)),
        "blind": blind,
    }
    return show(request, "case", found)


@require_POST
@may_mend
def send_again(request: HttpRequest, number: int) -> HttpResponse:
    """Send a failed case on its way again: from its checks if it was read, so that no person's word is lost."""
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
        messages.success(request, _("Case %(number)d is on its way again.") % {"number": number})
    except IllegalMove:
        messages.warning(request, what_became_of(number))
    return redirect("case", number=number)


def what_became_of(number: int) -> str:
    """Return in words who acted on a case last, for a person whose decision came too late."""
    late = _("Your decision was not taken: case %(number)d had moved on.") % {"number": number}
    return f"{late} {last_act(number)}".strip()


def last_act(number: int) -> str:
    """Return a sentence about the last act on a case: when, who and what; "" if the ledger has none."""
    entry = LedgerEntry.objects.filter(case_id=number).order_by("-number").first()
    if entry is None:
        return ""
    at = f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M}"
    return f"{at}, {entry.actor}: {words.event_in_words(entry.event)}."


def _titles(bot: AnyBot | None) -> dict[str, str]:
    return {name: words.title_of(spec) for name, spec in bot.reads.specs().items()} if bot else {}


def _value(field: Field[Any], titles: Mapping[str, str], crops: Mapping[str, Crop]) -> Value:
    title, certainty = titles.get(field.name, field.name), int(field.confidence * 100)
    return Value(title, one_line(field.value), field, certainty, crops.get(field.name))


def _keyings(row: StoredCase, blind: bool) -> Iterable[Keying]:
    return () if blind else Keying.objects.filter(case=row).order_by("pk")


def _people(acts: Iterable[Act]) -> list[tuple[str, int]]:
    """Return who acted on the case, in the order of their first act, each with how many acts."""
    return list(Counter(act.entry.actor for act in acts if not act.entry.actor.startswith("robot")).items())


def _finding(finding: Finding, mask: Mask) -> tuple[str, str, str]:
    """Return the kind of a finding, its message in the reader's language, and that language."""
    message, language = words.finding_in_words(replace(finding, message=mask.message(finding.message)))
    return words.kind_in_words(finding.kind), mask.text(message), language


def _screens(entry: LedgerEntry) -> list[str]:
    findings = entry.body.get("findings", ()) if entry.event == "case-referred" else ()
    return [finding["picture"] for finding in findings if finding.get("picture")]


def _acts(number: int, titles: Mapping[str, str], mask: Mask) -> list[Act]:
    latest = LedgerEntry.objects.filter(case_id=number).order_by("-number")[:ACTS]
    acts = (
        Act(one, words.event_in_words(one.event), words.told(one, titles), _screens(one)) for one in reversed(latest)
    )
    return [replace(act, told=[mask.text(line) for line in act.told]) for act in acts]
