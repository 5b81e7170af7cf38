"""The API against its own description: no request that is made of it, right or wrong, ends in an error of ours."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

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
]


def test_the_description_is_there_for_everybody_and_names_every_operation(client: Client) -> None:
    told = client.get("/api/v1/openapi.json").json()
    found = [(method.upper(), path) for path, methods in told["paths"].items() for method in methods]
    assert sorted(found) == sorted(OPERATIONS)
    assert all(
        "application/problem+json" in one["responses"]["429"]["content"]
        for methods in told["paths"].values()
        for one in methods.values()
    )


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda one: str(one))
def test_no_request_makes_the_api_fail_or_answer_otherwise_than_it_says(method: str, path: str) -> None:
    number = int(referred().id)
    headers = {"Authorization": f"Bearer {program().text}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())

    @given(case=schema[path][method].as_strategy())
    @settings(
        max_examples=15,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def hold(case: Any) -> None:
        if "number" in (case.path_parameters or {}) and len(str(case.path_parameters["number"])) % 2:
            case.path_parameters["number"] = number
        answer = case.call(headers=headers)
        assert answer.status_code < 500, answer.text
        case.validate_response(answer, excluded_checks=[positive_data_acceptance, ignored_auth])

    with setting(API_REQUESTS_A_MINUTE="10000"):
        hold()
