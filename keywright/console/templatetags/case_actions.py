"""The actions, comments and undo that the pages of a case offer."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib.auth.models import User

from keywright.console.cases.actions import undo_notice
from keywright.console.shared.shortcuts import rights_here
from keywright.console.shared.visibility import sight_of
from keywright.database.models import StoredCase
from keywright.model.case import State
from keywright.people.visibility import mask_for
from keywright.review import close, comments, undo

register = template.Library()


@register.inclusion_tag("console/case_actions.html", takes_context=True)
def case_actions(context: dict[str, Any], row: StoredCase, place: str = "case") -> dict[str, Any]:
    """Show this person's actions on a case and its comments; ``place`` is ``review`` or ``case``.

    Must not be used inside a form.
    """
    request, person = context["request"], context["request"].user
    rights = rights_here(request)
    last = undo.undoable(row, person, of_others=rights.second) if isinstance(person, User) and rights.decide else None
    mask = mask_for(sight_of(request), None)
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "row": row,
        "place": place,
        "waits": row.state == State.REFERRED and rights.decide,
        "may_comment": rights.decide or rights.mend,
        "comments": [(comment, mask.text(comment.text)) for comment in comments.of(row.pk)]
        if place == "review"
        else [],
        "last": last,
        "undo_notice": undo_notice(row) if last else "",
        "letter": rights.decide and row.state == State.REFUSED and close.sent_back(row.pk) is not None,
    }
