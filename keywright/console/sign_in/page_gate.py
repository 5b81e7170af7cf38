"""Middleware that may send a person elsewhere before a page is shown."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase


class PageGate(ABC):
    """Hands every request on; Django asks ``process_view`` once it knows which page is asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on."""
        return self.get_response(request)

    @abstractmethod
    def process_view(
        self, request: HttpRequest, _view: Callable[..., Any], _args: Any, _more: Any
    ) -> HttpResponseBase | None:
        """Return the page to show instead of the one that is asked for, or None to show that one."""
