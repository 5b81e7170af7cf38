"""The page of what a person has been told of: cases that are overdue, and cases that are due soon."""

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
def told(request: HttpRequest) -> HttpResponse:
    """Show what the person was reminded of, or was escalated to the person, and still waits."""
    assert isinstance(request.user, User), "who may look is signed in"
    bots, mine = all_bots(), notifications.notices_for(request.user)
    lines = [
        {
            "number": one.case_id,
            "overdue": one.kind == notifications.ESCALATION,
            "asked": one.kind == notifications.ASKED,
            "bot": title_of(one.case.bot, bots),
            "kind": kind_in_words(one.case.kind) if one.case.kind else "",
            "due": one.case.due_at,
            "at": one.at,
        }
        for one in mine[:SHOWN]
    ]
    return show(request, "notices", {"lines": lines, "more": len(mine) > SHOWN})
