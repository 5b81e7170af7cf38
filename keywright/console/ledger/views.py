"""The ledger for auditors, IT and supervisors: every act with filters, copies to take away, and verifying the chain."""

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
from keywright.console.shared.shortcuts import fragment, may_read_ledger, rights_here, say, seen_bots, show
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
class Row:
    """One entry as the page shows it."""

    entry: LedgerEntry
    words: str
    told: list[str]


@require_safe
@may_read_ledger
def ledger_page(request: HttpRequest) -> HttpResponse:
    """Show a page of entries, the latest first."""
    filters = LedgerFilters.of(request.GET)
    entries = filters.entries(seen_entries(request)).order_by("-number")
    if filters.before:
        entries = entries.filter(number__lt=int(filters.before))
    shown = list(entries[: A_PAGE + 1])
    rights = sight_of(request)
    blind = blind_among({entry.case_id for entry in shown if entry.case_id}, rights_here(request))
    found = {
        "title": _("Ledger"),
        "rows": [_row(entry, rights, blind=entry.case_id in blind) for entry in shown[:A_PAGE]],
        "filters": filters,
        "events": [(name, words.event_in_words(name)) for name in ledger.EVENTS],
        "newest": filters.query() if filters.before else "",
        "older": filters.query(str(shown[A_PAGE - 1].number)) if len(shown) > A_PAGE else "",
        "most": A_WORKBOOK,
        "step": None,
    }
    return show(request, "ledger", found)


@require_POST
@may_read_ledger
def export(request: HttpRequest) -> HttpResponseBase:
    """Hand out the entries that the filters leave, first to last, as a workbook or as lines of JSON."""
    filters, kind = LedgerFilters.of(request.POST), request.POST.get("kind", "")
    if kind not in ("xlsx", "jsonl"):
        raise Http404(f"There is no export of the kind {kind!r}.")
    chosen = filters.entries(seen_entries(request))
    last = LedgerEntry.objects.order_by("-number").values_list("number", flat=True).first() or 0
    chosen = chosen.filter(number__lte=last)  # what comes in meanwhile, this export's own entry too, is not in it
    if kind == "xlsx" and chosen.order_by()[: A_WORKBOOK + 1].count() > A_WORKBOOK:
        told = _("A workbook holds %(most)d entries. Choose fewer days, or take the lines of JSON.")
        return say(request, _("This is too much for a workbook"), told % {"most": A_WORKBOOK}, status=422)
    _tell(request, "ledger-exported", {"kind": kind, "filters": filters.told, "to": last})
    body = _body_for(sight_of(request), rights_here(request))
    name = f"ledger-{timezone.localtime():%Y-%m-%d}"
    if kind == "xlsx":
        sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return download(request, workbook(in_order(chosen), body), f"{name}.xlsx", sheet)
    return download(request, json_lines(in_order(chosen), body), f"{name}.jsonl", "application/x-ndjson")


@require_POST
@may_read_ledger
def verify(request: HttpRequest) -> HttpResponse:
    """Walk the chain for a second from where the page before came to, and tell; the page asks for the next second."""
    try:
        told = signing.loads(request.POST["step"], salt=_SALT) if request.POST.get("step") else {}
        step = walk(Step(**told), A_STEP)
    except (signing.BadSignature, TypeError):
        return say(
            request, _("This cannot be gone on with"), _("Have the ledger verified from its beginning."), status=422
        )
    found: dict[str, Any] = {"title": _("Ledger"), "step": step, "going_on": signing.dumps(step.to_json(), salt=_SALT)}
    if step.done:
        found |= _outcome(step)
        _tell(request, "ledger-verified", {"entries": step.number, "hash": step.hash, "fault": found["fault"]})
    if request.headers.get("HX-Request"):
        return fragment(request, "ledger_verified", found)
    return show(request, "ledger_verify", found)


@require_safe
@may_read_ledger
def offline(_request: HttpRequest) -> HttpResponse:
    """Hand out the program that verifies an exported ledger without Keywright."""
    response = HttpResponse(Path(standalone_verifier.__file__).read_bytes(), content_type="text/x-python")
    response["Content-Disposition"] = 'attachment; filename="offline_ledger.py"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def seen_entries(request: HttpRequest) -> QuerySet[LedgerEntry]:
    """Return the entries that a person may see: those of no case, and of cases of the bots that the person sees."""
    rows = LedgerEntry.objects.select_related("case").defer("case__findings", "case__settled", "case__payee")
    if not settings().masked_fields:
        rows = rows.defer("case__extraction")
    seen = seen_bots(request)
    return rows if seen is None else rows.filter(Q(case=None) | Q(case__bot__in=seen))


def _row(entry: LedgerEntry, rights: Rights, *, blind: bool) -> Row:
    if blind:
        return Row(entry, words.event_in_words(entry.event), [])
    titles = _titles(entry.case.bot) if entry.case else {}
    mask = _mask(entry, rights)
    told = [mask.text(line) if mask else line for line in words.told(entry, titles)]
    return Row(entry, words.event_in_words(entry.event), told)


def _titles(bot: str) -> dict[str, str]:
    found = all_bots().get(bot)
    return {name: words.title_of(spec) for name, spec in found.reads.specs().items()} if found else {}


def _mask(entry: LedgerEntry, rights: Rights) -> Mask | None:
    """Return what hides the values of an entry that was written before its fields were masked; None if nothing is."""
    return None if rights.personal or entry.case is None else mask_of_json(entry.case.extraction)


def _body_for(rights: Rights, who: Rights) -> Callable[[LedgerEntry], Any]:
    asked = lru_cache(maxsize=4096)(lambda number: is_blind(number, who))

    def body(entry: LedgerEntry) -> Any:
        if reads_blind(who) and entry.case_id and asked(entry.case_id):
            return WITHHELD
        mask = _mask(entry, rights)
        return mask.body(entry.body) if mask else entry.body

    return body


def _outcome(step: Step) -> dict[str, Any]:
    """Return what verifying came to: the chain's own fault, or that of a signed checkpoint."""
    try:
        signed, fault = checkpoints.verify(settings().home)
    except Stop as stop:
        signed, fault = 0, str(stop)
    fits = ngettext("%(n)d entry fits.", "All %(n)d entries fit.", step.number) % {"n": step.number}
    head = f"{step.hash[:16]}…" if step.number else ""
    return {"fault": step.fault or fault, "fits": fits, "signed": signed, "head": head, "at": dt.datetime.now(dt.UTC)}


def _tell(request: HttpRequest, event: str, body: dict[str, Any]) -> None:
    with transaction.atomic():
        ledger.append(event, actor=request.user.get_username(), body=body)
