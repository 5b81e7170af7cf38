"""A review page as a browser has it: what stands in its inputs, and posting it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.test import Client
from lxml import html

from keywright.model.case import Case


def parsed(page: bytes) -> Any:
    """Return a page as a tree of its elements."""
    return html.fromstring(page)


def form_of(client: Client, case: Case) -> dict[str, Any]:
    """Return what the review page of a case would send if nothing were touched."""
    response = client.get(f"/cases/{case.id}/review/")
    assert response.status_code == 200, response.status_code
    sent: dict[str, Any] = {}
    for name, value in parsed(response.content).get_element_by_id("asking").form_values():
        sent[name] = [*sent[name], value] if isinstance(sent.get(name), list) else value
        if name == "line" and not isinstance(sent[name], list):
            sent[name] = [value]
    return sent


def decide(client: Client, case: Case, decision: str, form: Mapping[str, Any], **changes: Any) -> Any:
    """Press a button of the review page."""
    return client.post(f"/cases/{case.id}/decide/", {**form, **changes, "decision": decision})


def accept_boxes(page: bytes) -> list[str]:
    """Return the names under which findings can be accepted, as they stand on a page."""
    return [str(finding_id) for finding_id in parsed(page).xpath("//input[@name='accept']/@value")]


def text_of(page: bytes) -> str:
    """Return the words of a page with single blanks."""
    return " ".join(" ".join(parsed(page).itertext()).split())
