"""The API against its own description: no request that is made of it, right or wrong, ends in an error of ours."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from keywright.database.models import LedgerEntry, StoredCase
from keywright.review.line_edits import COLUMNS
from tests.keywright.api.programs import program
from tests.keywright.console.desk import referred
from tests.keywright.console.door import setting

# That a bot is there, or a decision would hold, no description can say: what fits the shapes may still be refused. And
# each request here has a token in force; tokens are refused in test_tokens.
pytestmark = pytest.mark.django_db(transaction=True)
OPERATIONS = [
    ("POST", "/api/v1/documents"),
    ("GET", "/api/v1/cases/{number}"),
    ("GET", "/api/v1/queue"),
    ("POST", "/api/v1/cases/{number}/decision"),
    ("GET", "/api/v1/cases/{number}/receipt"),
    ("GET", "/api/v1/layouts"),
    ("GET", "/api/v1/layouts/{number}"),
    ("POST", "/api/v1/layouts/{number}/roll-back"),
]


def test_the_description_is_there_for_everybody_and_names_every_operation(client: Client) -> None:
    payload = client.get("/api/v1/openapi.json").json()
    operations = [(method.upper(), path) for path, methods in payload["paths"].items() for method in methods]
    assert sorted(operations) == sorted(OPERATIONS)
    assert all(
        "application/problem+json" in operation["responses"]["429"]["content"]
        for methods in payload["paths"].values()
        for operation in methods.values()
    )


def waits_again(number: int, body: Any) -> None:
    """Let a case wait that an earlier request has decided, and have a decision be about the case as it is."""
    StoredCase.objects.filter(pk=number).update(state="referred")
    if isinstance(body, dict) and "seen" in body:
        body["seen"] = StoredCase.objects.get(pk=number).changed_at.isoformat()


def test_the_description_names_every_decision_every_cell_of_a_line_and_every_filter(client: Client) -> None:
    payload = client.get("/api/v1/openapi.json").json()
    body = payload["paths"]["/api/v1/cases/{number}/decision"]["post"]["requestBody"]["content"]["application/json"]
    words = body["schema"]["discriminator"]["mapping"]
    assert sorted(words) == ["accept", "look-again", "not-there", "read-again", "refuse", "send-back", "there"]
    shapes = payload["components"]["schemas"]
    assert set(shapes["SentLine"]["properties"]) == {"line", *COLUMNS}
    filters = {parameter["name"] for parameter in payload["paths"]["/api/v1/queue"]["get"]["parameters"]}
    assert filters >= {"view", "bot", "kind", "words", "vendor", "amount_from", "amount_to", "due_before", "after"}


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda operation: str(operation))
def test_no_request_makes_the_api_fail_or_answer_otherwise_than_it_says(method: str, path: str) -> None:
    number = int(referred().id)
    headers = {"Authorization": f"Bearer {program().text}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())

    @given(case=schema[path][method].as_strategy())
    @settings(
        max_examples=40 if path.endswith("decision") else 15,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def hold(case: Any) -> None:
        if "number" in (case.path_parameters or {}) and len(str(case.path_parameters["number"])) % 2:
            case.path_parameters["number"] = number
            waits_again(number, case.body)
        response = case.call(headers=headers)
        assert response.status_code < 500, response.text
        case.validate_response(response, excluded_checks=[positive_data_acceptance, ignored_auth])

    with setting(API_REQUESTS_A_MINUTE="10000"):
        hold()
    if path.endswith("decision"):
        taken = LedgerEntry.objects.filter(event="token-used").values_list("body__act", flat=True)
        assert len(set(taken)) >= 2, "what is made up is to come as far as the case"


def test_the_ids_of_operations_do_not_follow_the_modules_they_are_in(client: Client) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]

    ids = {operation["operationId"] for methods in paths.values() for operation in methods.values()}

    assert "keywright_api_interface_queue" in ids
    assert all(name.startswith("keywright_api_interface_") for name in ids)
