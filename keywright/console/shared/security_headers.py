"""Gives the pages that others make, such as allauth's, the head of ours: nothing on them may come from elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from keywright.console.shared.shortcuts import ONLY_OURS, waiting_count
from keywright.people.accounts import rights_of


class OnlyOurs:
    """Sets the policy where a page has set none, and tells templates what the head of every page shows."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set what a page did not set itself."""
        response = self.answer(request)
        response.setdefault("Content-Security-Policy", ONLY_OURS)
        response.setdefault("Cache-Control", "private, no-cache")
        return response

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        """Tell a template what the head of every page shows."""
        rights = rights_of(request.user)
        shared = {"rights": rights, "waiting_count": waiting_count(request) if rights.look else ""}
        response.context_data = {**shared, **(response.context_data or {})}
        return response
