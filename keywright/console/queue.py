"""The queue: the cases that wait for a person, longest first, and the way to the next one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from keywright import casebook, review_queue
from keywright.bot import AnyBot
from keywright.console.pages import chosen_bot, may_look, show, title_of
from keywright.console.privacy import mask_for, sight_of
from keywright.console.words import kind_in_words
from keywright.masking import Mask
from keywright.records.models import StoredCase

SHOWN = 100
"""As many waiting cases stand on the page, the longest waiting ones; taking the next reaches all."""

_SENDERS = ("seller_name", "applicant_corporation", "applicant_last_name", "owner_last_name")
_AMOUNTS = ("grand_total", "amount_due", "project_value")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the queue."""

    number: int
    bot: str
    file_name: str
    reason: str
    more: int  #: findings beside the first
    kind: str
    since: dt.datetime
    sender: str
    amount: str
    currency: str


@require_safe
@may_look
def queue(request: HttpRequest) -> HttpResponse:
    """Show what waits, of one bot or of all."""
    bot, bots = chosen_bot(request)
    rows, rights = list(review_queue.waiting(bot)[: SHOWN + 1]), sight_of(request)
    found = {
        "waiting": [_line(row, bots, mask_for(rights, casebook.case_of(row).extraction)) for row in rows[:SHOWN]],
        "more": len(rows) > SHOWN,
        "bots": [(name, title_of(name, bots)) for name in bots],
        "bot": bot,
        "next": f"{reverse('next')}{_query(bot)}",
        "query": _query(bot),
        "anything": bool(rows) or StoredCase.objects.exists(),
    }
    return show(request, "queue", found)


@require_safe
@may_look
def next_case(request: HttpRequest) -> HttpResponse:
    """Go to the case that has waited longest, or to the one after the case that the address names."""
    bot, _bots = chosen_bot(request)
    after = request.GET.get("after", "")
    return to_next(request, bot, int(after) if after.isdecimal() and len(after) < 19 else None)


def to_next(request: HttpRequest, bot: str, after: int | None = None) -> HttpResponse:
    """Return the way to the next waiting case, or to the queue with a word if there is none."""
    waiting = review_queue.waiting(bot)
    left = StoredCase.objects.filter(pk=after).first() if after is not None else None
    row = waiting.filter(_behind(left)).first() if left else None
    row = row or (waiting.exclude(pk=after) if after is not None else waiting).first()
    if row is None:
        messages.info(request, _("No other case waits for a person."))
        return redirect(f"{reverse('queue')}{_query(bot)}")
    return redirect(f"{reverse('review', args=[row.pk])}{_query(bot)}")


def _behind(left: StoredCase) -> Q:
    later = Q(changed_at__gt=left.changed_at) | Q(changed_at=left.changed_at, pk__gt=left.pk)
    return later if left.state == "referred" else Q()


def _query(bot: str) -> str:
    return f"?{urlencode({'bot': bot})}" if bot else ""


def _line(row: StoredCase, bots: Mapping[str, AnyBot], mask: Mask) -> Waiting:
    first: Mapping[str, Any] = row.findings[0] if row.findings else {}
    return Waiting(
        number=row.pk,
        bot=title_of(row.bot, bots),
        file_name=row.document.file_name,
        reason=mask.text(first.get("message", "")),
        more=max(len(row.findings) - 1, 0),
        kind=kind_in_words(first["kind"]) if first else "",
        since=row.changed_at,
        sender=_first_value(row, _SENDERS, mask),
        amount=_first_value(row, _AMOUNTS, mask),
        currency=_first_value(row, ("currency",), mask),
    )


def _first_value(row: StoredCase, names: tuple[str, ...], mask: Mask) -> str:
    fields = mask.body((row.extraction or {}).get("fields", {}))
    return next((str(fields[name]["value"]) for name in names if name in fields), "")
