"""The number of a person's notifications."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib.auth.models import User

from keywright.console.shared.shortcuts import hidden_here
from keywright.review import notifications

register = template.Library()


@register.simple_tag(takes_context=True)
def notification_count(context: dict[str, Any], person: object) -> int:
    """Return the number of a person's notifications about cases that are still waiting."""
    return notifications.count_notices_for(person, hidden_here(context["request"])) if isinstance(person, User) else 0
