"""What the API says when it does not do what was asked: problem details as RFC 9457 has them."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, JsonResponse
from ninja import Schema
from pydantic import Field

MEDIA_TYPE = "application/problem+json"
KINDS = {
    "not-understood": (400, "What was sent cannot be understood."),
    "no-token": (401, "A token in force is needed: Authorization: Bearer …"),
    "not-allowed": (403, "The token, or its person, may not do this."),
    "not-there": (404, "There is no such thing, or the person may not see it."),
    "not-as-seen": (409, "The case is not, or no longer, as it was seen. Ask for it again."),
    "taken": (409, "Somebody else has the case open."),
    "too-large": (413, "The file is larger than this office takes."),
    "not-taken": (422, "Something of what was sent cannot be taken; faults tells what."),
    "still-stands": (422, "The decision would only bring the case back; findings tells what stands."),
    "too-often": (429, "This token asks too often. Wait as long as Retry-After says."),
    "not-now": (503, "This cannot be done now. Try again later."),
}
"""Every kind of problem: its HTTP status, and what it means."""


class Fault(Schema):
    """One thing that cannot be taken: where it stands, and what is wrong with it."""

    where: str
    what: str


class Problem(Schema):
    """Why something was not done (RFC 9457)."""

    type: str = Field(description="urn:keywright:problem:KIND, where KIND is one of " + ", ".join(KINDS))
    title: str
    status: int
    detail: str
    faults: list[Fault] = []
    findings: list[dict[str, Any]] = []


class Refused(Exception):
    """The API does not do what was asked: ``kind`` is one of ``KINDS``, ``detail`` says what to do."""

    def __init__(
        self,
        kind: str,
        detail: str = "",
        *,
        faults: Mapping[str, str] | None = None,
        findings: list[dict[str, Any]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail or KINDS[kind][1])
        self.kind, self.detail = kind, detail or KINDS[kind][1]
        self.faults, self.findings, self.headers = dict(faults or {}), findings or [], dict(headers or {})


def answer(refused: Refused) -> HttpResponse:
    """Return a problem as it is sent."""
    status = KINDS[refused.kind][0]
    told = {
        "type": f"urn:keywright:problem:{refused.kind}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": refused.detail,
        "faults": [{"where": where, "what": what} for where, what in refused.faults.items()],
        "findings": refused.findings,
    }
    headers = {"Cache-Control": "no-store", **refused.headers}
    return JsonResponse(told, status=status, content_type=MEDIA_TYPE, headers=headers)


def in_every_answer(schema: dict[str, Any]) -> None:
    """Write into an OpenAPI document that any operation may answer with a problem."""
    told = {"$ref": "#/components/schemas/Problem"}
    meant: dict[int, list[str]] = {}
    for status, words in KINDS.values():
        meant.setdefault(status, []).append(words)
    for operations in schema["paths"].values():
        for operation in operations.values():
            for status, sentences in meant.items():
                operation["responses"][str(status)] = {
                    "description": " ".join(sentences),
                    "content": {MEDIA_TYPE: {"schema": told}},
                }
    schemas = schema["components"]["schemas"]
    for name, model in Problem.model_json_schema(ref_template="#/components/schemas/{model}").pop("$defs", {}).items():
        schemas[name] = model
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    problem.pop("$defs", None)
    schemas["Problem"] = problem
