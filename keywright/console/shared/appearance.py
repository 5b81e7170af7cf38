"""How the pages look to somebody: in large print, light or dark; the browser remembers it, signed in or not."""

from __future__ import annotations

from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

LOOKS = {"print": ("normal", "large"), "ground": ("auto", "light", "dark")}
"""What can be chosen, each kept in a cookie of its name; the first is so without a cookie."""
A_YEAR = 365 * 24 * 60 * 60  # seconds


@require_POST
def looks(request: HttpRequest) -> HttpResponse:
    """Keep how the pages are to look, and go back to where the person was."""
    back = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = redirect(back if ours else "queue")
    for name, choices in LOOKS.items():
        if (chosen := request.POST.get(name, "")) in choices:
            secure = django_settings.SESSION_COOKIE_SECURE
            response.set_cookie(name, chosen, max_age=A_YEAR, samesite="Lax", httponly=True, secure=secure)
    return response
