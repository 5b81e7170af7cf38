"""The appearance of the pages, large text and light or dark, kept in cookies of the browser."""

from __future__ import annotations

from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

CHOICES = {"print": ("normal", "large"), "ground": ("auto", "light", "dark")}
"""What can be chosen, each kept in a cookie of its name; the first is so without a cookie."""
A_YEAR = 365 * 24 * 60 * 60  # seconds


@require_POST
def set_appearance(request: HttpRequest) -> HttpResponse:
    """Save the appearance and go back to the page."""
    back = request.POST.get("next", "")
    is_own_page = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = redirect(back if is_own_page else "queue")
    for name, choices in CHOICES.items():
        if (chosen := request.POST.get(name, "")) in choices:
            secure = django_settings.SESSION_COOKIE_SECURE
            response.set_cookie(name, chosen, max_age=A_YEAR, samesite="Lax", httponly=True, secure=secure)
    return response
