"""The notifications page: cases that are overdue, escalated or due soon."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from keywright.bot import all_bots
from keywright.console.shared.labels import kind_in_words
from keywright.console.shared.shortcuts import may_look, show, title_of
from keywright.review import notifications

SHOWN = 200


@require_safe
@may_look
def notifications_page(request: HttpRequest) -> HttpResponse:
    """Show the person's notifications about cases that are still waiting."""
    assert isinstance(request.user, User), "who may look is signed in"
    bots, mine = all_bots(), notifications.notices_for(request.user)
    lines = [
        {
            "number": notice.case_id,
            "overdue": notice.kind == notifications.ESCALATION,
            "asked": notice.kind == notifications.ASKED,
            "bot": title_of(notice.case.bot, bots),
            "kind": kind_in_words(notice.case.kind) if notice.case.kind else "",
            "due": notice.case.due_at,
            "at": notice.at,
        }
        for notice in mine[:SHOWN]
    ]
    return show(request, "notifications", {"lines": lines, "more": len(mine) > SHOWN})
