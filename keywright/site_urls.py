"""All addresses: the pages of the console, and the API."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from keywright.api import problems
from keywright.api.routes import api
from keywright.console.site.urls import urlpatterns as pages


def nowhere(_request: HttpRequest, **_more: str) -> HttpResponse:
    """Answer programs in the API's format if there is no operation at an address."""
    return problems.answer(problems.Refused("not-there"))


urlpatterns = [path("api/v1/", api.urls), path("api/<path:anything>", nowhere), *pages]
