"""How many cases a person was told of that still wait: reminders and what was escalated."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib.auth.models import User

from keywright.console.shared.shortcuts import hidden_here
from keywright.review import notifications

register = template.Library()


@register.simple_tag(takes_context=True)
def told_count(context: dict[str, Any], person: object) -> int:
    """Return how many cases a person was told of that still wait."""
    return notifications.count_notices_for(person, hidden_here(context["request"])) if isinstance(person, User) else 0
