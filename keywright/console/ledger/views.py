"""The ledger pages for auditors, IT and supervisors: entries with filters, exports, and verification."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.core import signing
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from keywright.bot import all_bots
from keywright.console.ledger.exports import download, json_lines, workbook
from keywright.console.ledger.filters import LedgerFilters, in_order
from keywright.console.shared import labels as words
from keywright.console.shared.shortcuts import fragment, may_read_ledger, rights_here, seen_bots, show, show_message
from keywright.console.shared.visibility import sight_of
from keywright.database.models import LedgerEntry
from keywright.errors import Stop
from keywright.ledger import checkpoints, ledger, standalone_verifier
from keywright.ledger.incremental_verify import Step, walk
from keywright.people.accounts import Rights
from keywright.privacy.masking import Mask, mask_of_json
from keywright.quality.blinding import WITHHELD, blind_among, is_blind, reads_blind
from keywright.settings.settings import settings

A_PAGE = 50
A_WORKBOOK = 100_000
"""As many entries a workbook holds at most: it is made while somebody waits."""
A_STEP = 1.0
"""For so many seconds the chain is walked before the page tells how far it is."""
_SALT = "keywright.ledger-walk"


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One entry as the page shows it."""

    entry: LedgerEntry
    words: str
    details: list[str]


@require_safe
@may_read_ledger
def ledger_page(request: HttpRequest) -> HttpResponse:
    """Show a page of entries, the latest first."""
    filters = LedgerFilters.of(request.GET)
    entries = filters.entries(seen_entries(request)).order_by("-number")
    if filters.before:
        entries = entries.filter(number__lt=int(filters.before))
    page_entries = list(entries[: A_PAGE + 1])
    rights = sight_of(request)
    blind = blind_among({entry.case_id for entry in page_entries if entry.case_id}, rights_here(request))
    page = {
        "title": _("Ledger"),
        "rows": [_row(entry, rights, blind=entry.case_id in blind) for entry in page_entries[:A_PAGE]],
        "filters": filters,
        "events": [(name, words.event_in_words(name)) for name in ledger.EVENTS],
        "newest": filters.query() if filters.before else "",
        "older": filters.query(str(page_entries[A_PAGE - 1].number)) if len(page_entries) > A_PAGE else "",
        "most": A_WORKBOOK,
        "step": None,
    }
    return show(request, "ledger", page)


@require_POST
@may_read_ledger
def export(request: HttpRequest) -> HttpResponseBase:
    """Return the filtered entries, oldest first, as a workbook or JSON lines."""
    filters, kind = LedgerFilters.of(request.POST), request.POST.get("kind", "")
    if kind not in ("xlsx", "jsonl"):
        raise Http404(f"There is no export of the kind {kind!r}.")
    chosen = filters.entries(seen_entries(request))
    last = LedgerEntry.objects.order_by("-number").values_list("number", flat=True).first() or 0
    chosen = chosen.filter(number__lte=last)  # what comes in meanwhile, this export's own entry too, is not in it
    if kind == "xlsx" and chosen.order_by()[: A_WORKBOOK + 1].count() > A_WORKBOOK:
        message = _("A workbook can hold %(most)d entries. Choose fewer days, or export as JSON.")
        return show_message(request, _("Too many entries for a workbook"), message % {"most": A_WORKBOOK}, status=422)
    _tell(request, "ledger-exported", {"kind": kind, "filters": filters.chosen, "to": last})
    body = _body_for(sight_of(request), rights_here(request))
    name = f"ledger-{timezone.localtime():%Y-%m-%d}"
    if kind == "xlsx":
        sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return download(request, workbook(in_order(chosen), body), f"{name}.xlsx", sheet)
    return download(request, json_lines(in_order(chosen), body), f"{name}.jsonl", "application/x-ndjson")


@require_POST
@may_read_ledger
def verify(request: HttpRequest) -> HttpResponse:
    """Verify the chain for one second from where the last request stopped; the page then requests the next second."""
    try:
        progress = signing.loads(request.POST["step"], salt=_SALT) if request.POST.get("step") else {}
        step = walk(Step(**progress), A_STEP)
    except (signing.BadSignature, TypeError):
        return show_message(request, _("Verification cannot continue"), _("Start the verification again."), status=422)
    page: dict[str, Any] = {"title": _("Ledger"), "step": step, "going_on": signing.dumps(step.to_json(), salt=_SALT)}
    if step.done:
        page |= _outcome(step)
        _tell(request, "ledger-verified", {"entries": step.number, "hash": step.hash, "fault": page["fault"]})
    if request.headers.get("HX-Request"):
        return fragment(request, "ledger_verified", page)
    return show(request, "ledger_verify", page)


@require_safe
@may_read_ledger
def offline(_request: HttpRequest) -> HttpResponse:
    """Return the program that verifies an exported ledger without Keywright."""
    response = HttpResponse(Path(standalone_verifier.__file__).read_bytes(), content_type="text/x-python")
    response["Content-Disposition"] = 'attachment; filename="offline_ledger.py"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def seen_entries(request: HttpRequest) -> QuerySet[LedgerEntry]:
    """Return the entries that a person may see: those without a case, and those of cases of visible bots."""
    rows = LedgerEntry.objects.select_related("case").defer("case__findings", "case__settled", "case__payee")
    if not settings().masked_fields:
        rows = rows.defer("case__extraction")
    bot_names = seen_bots(request)
    return rows if bot_names is None else rows.filter(Q(case=None) | Q(case__bot__in=bot_names))


def _row(entry: LedgerEntry, rights: Rights, *, blind: bool) -> LedgerRow:
    if blind:
        return LedgerRow(entry, words.event_in_words(entry.event), [])
    titles = _titles(entry.case.bot) if entry.case else {}
    mask = _mask(entry, rights)
    details = [mask.text(line) if mask else line for line in words.details_of(entry, titles)]
    return LedgerRow(entry, words.event_in_words(entry.event), details)


def _titles(bot: str) -> dict[str, str]:
    known_bot = all_bots().get(bot)
    return {name: words.title_of(spec) for name, spec in known_bot.reads.specs().items()} if known_bot else {}


def _mask(entry: LedgerEntry, rights: Rights) -> Mask | None:
    """Return the mask for an entry written before its fields were masked, or None if nothing is hidden."""
    return None if rights.personal or entry.case is None else mask_of_json(entry.case.extraction)


def _body_for(rights: Rights, who: Rights) -> Callable[[LedgerEntry], Any]:
    is_blind_case = lru_cache(maxsize=4096)(lambda number: is_blind(number, who))

    def body(entry: LedgerEntry) -> Any:
        if reads_blind(who) and entry.case_id and is_blind_case(entry.case_id):
            return WITHHELD
        mask = _mask(entry, rights)
        return mask.body(entry.body) if mask else entry.body

    return body


def _outcome(step: Step) -> dict[str, Any]:
    """Return the result of the verification: a fault of the chain or of a signed checkpoint."""
    try:
        signed, fault = checkpoints.verify(settings().home)
    except Stop as stop:
        signed, fault = 0, str(stop)
    fits = ngettext("%(n)d entry verified.", "All %(n)d entries verified.", step.number) % {"n": step.number}
    head = f"{step.hash[:16]}…" if step.number else ""
    return {"fault": step.fault or fault, "fits": fits, "signed": signed, "head": head, "at": dt.datetime.now(dt.UTC)}


def _tell(request: HttpRequest, event: str, body: dict[str, Any]) -> None:
    with transaction.atomic():
        ledger.append(event, actor=request.user.get_username(), body=body)
