"""Programs that use the API: each with a token of a person."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, User
from django.test import Client

from keywright.people import api_tokens

ALL = tuple(api_tokens.SCOPES)


class Program:
    """A program with a token."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.client = Client(headers={"Authorization": f"Bearer {text}"})

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1{path}", query)

    def post(self, path: str, payload: Any) -> Any:
        return self.client.post(f"/api/v1{path}", payload, content_type="application/json")

    def hand_in(self, file: Any, bot: str = "supplier-invoices") -> Any:
        return self.client.post("/api/v1/documents", {"bot": bot, "file": file})


def program(name: str = "maria", *groups: str, scopes: tuple[str, ...] = ALL) -> Program:
    """Return a program with a token of a person who was a clerk when it was made, and is in these groups now."""
    person, _ = User.objects.get_or_create(username=name)
    person.groups.set(Group.objects.filter(name="clerk"))
    token = api_tokens.make("a program", name, scopes, 30, actor="it").text
    person.groups.set(Group.objects.filter(name__in=groups or ("clerk",)))
    return Program(token)
