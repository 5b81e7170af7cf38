"""Middleware that gives pages made by libraries, such as allauth, our headers and page head."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from keywright.console.shared.shortcuts import ONLY_OURS, waiting_count
from keywright.people.accounts import rights_of


class OnlyOurs:
    """Sets the security policy where a view has not, and gives templates the values of the page head."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set the headers that the view has not set."""
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", ONLY_OURS)
        response.setdefault("Cache-Control", "private, no-cache")
        return response

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        """Add the values of the page head to a template's context."""
        rights = rights_of(request.user)
        shared = {"rights": rights, "waiting_count": waiting_count(request) if rights.look else ""}
        response.context_data = {**shared, **(response.context_data or {})}
        return response
