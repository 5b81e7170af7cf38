"""Problem details (RFC 9457) for requests that the API refuses."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, JsonResponse
from ninja import Schema
from pydantic import Field

MEDIA_TYPE = "application/problem+json"
KINDS = {
    "not-understood": (400, "The request cannot be parsed."),
    "no-token": (401, "A valid token is required: Authorization: Bearer …"),
    "not-allowed": (403, "The token or its person does not have the right to do this."),
    "not-there": (404, "It does not exist, or the person may not see it."),
    "not-as-seen": (409, "The case has changed since it was read. Read it again."),
    "taken": (409, "Another person has claimed the case."),
    "too-large": (413, "The file is larger than this office accepts."),
    "not-taken": (422, "Some values are invalid; see faults."),
    "still-stands": (422, "The case would be referred again; see findings."),
    "too-often": (429, "Too many requests with this token. Wait as long as Retry-After says."),
    "not-now": (503, "This cannot be done now. Try again later."),
}
"""Every kind of problem: its HTTP status, and what it means."""


class ProblemFault(Schema):
    """One invalid value: its place and what is wrong with it."""

    where: str
    what: str


class Problem(Schema):
    """Why something was not done (RFC 9457)."""

    type: str = Field(description="urn:keywright:problem:KIND, where KIND is one of " + ", ".join(KINDS))
    title: str
    status: int
    detail: str
    faults: list[ProblemFault] = []
    findings: list[dict[str, Any]] = []


class Refused(Exception):
    """The API refuses the request: ``kind`` is one of ``KINDS``, ``detail`` says what to do."""

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
    """Return the response for a refused request."""
    status = KINDS[refused.kind][0]
    problem = {
        "type": f"urn:keywright:problem:{refused.kind}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": refused.detail,
        "faults": [{"where": where, "what": what} for where, what in refused.faults.items()],
        "findings": refused.findings,
    }
    headers = {"Cache-Control": "no-store", **refused.headers}
    return JsonResponse(problem, status=status, content_type=MEDIA_TYPE, headers=headers)


def in_every_answer(schema: dict[str, Any]) -> None:
    """Add the problem responses of every operation to an OpenAPI document."""
    reference = {"$ref": "#/components/schemas/Problem"}
    meant: dict[int, list[str]] = {}
    for status, words in KINDS.values():
        meant.setdefault(status, []).append(words)
    for operations in schema["paths"].values():
        for operation in operations.values():
            for status, sentences in meant.items():
                operation["responses"][str(status)] = {
                    "description": " ".join(sentences),
                    "content": {MEDIA_TYPE: {"schema": reference}},
                }
    schemas = schema["components"]["schemas"]
    for name, model in Problem.model_json_schema(ref_template="#/components/schemas/{model}").pop("$defs", {}).items():
        schemas[name] = model
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    problem.pop("$defs", None)
    schemas["Problem"] = problem
