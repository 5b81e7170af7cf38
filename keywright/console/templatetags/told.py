"""How many cases a person was told of that still wait: reminders and what was escalated."""

from __future__ import annotations

from django import template
from django.contrib.auth.models import User

from keywright import notices

register = template.Library()


@register.simple_tag
def told_count(person: object) -> int:
    """Return how many cases a person was told of that still wait."""
    return notices.count_told_to(person) if isinstance(person, User) else 0
