"""The operations of the API: send a document, read a case, list the queue, decide, fetch a receipt."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import File, Form, NinjaAPI, Query, Status
from ninja.errors import HttpError, ValidationError
from ninja.files import UploadedFile
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from pydantic import Field

from keywright.api import layouts, pagination, problems, schemas
from keywright.api.auth import Bearer, asker_of
from keywright.api.decide import decide_case
from keywright.api.documents import hand_in
from keywright.api.problems import Refused
from keywright.api.receipts import receipt_of
from keywright.api.request_schemas import Word
from keywright.cases import casebook
from keywright.database.models import StoredCase
from keywright.people.accounts import rights_of
from keywright.quality.blinding import is_blind
from keywright.review.review_queue import seen_by

Number = Annotated[int, Field(ge=1, le=2**63 - 1)]


class Interface(NinjaAPI):
    """The API, with problem responses in the description of every operation."""

    def get_openapi_schema(self, **more: Any) -> OpenAPISchema:
        """Return the OpenAPI document."""
        schema = super().get_openapi_schema(**more)
        problems.in_every_answer(schema)
        return schema

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return an id that stays when a module moves: programs are generated from these ids."""
        return f"keywright_api_interface_{operation.view_func.__name__}"


api = Interface(
    title="Keywright",
    version="1",
    description="Send documents, read cases, decide them. The same rules apply as on the pages. See docs/api.md.",
    docs_url=None,
    urls_namespace="api",
)


@api.post(
    "/documents",
    auth=Bearer("documents:write"),
    response={200: schemas.CaseSummary, 201: schemas.CaseSummary},
    summary="Send a document; the same file is the same case",
)
def documents(request: HttpRequest, bot: Form[schemas.BotName], file: File[UploadedFile]) -> Status[Any]:
    """Open a case for a file: 201 for a new one, 200 if this bot already has a case for the same file."""
    asker = asker_of(request)
    row, new = hand_in(asker, bot, file)
    if is_blind(row.pk, asker.rights):
        return Status(200, schemas.without_reading(row))
    return Status(201 if new else 200, schemas.summary(row, asker.rights))


@api.get("/cases/{number}", auth=Bearer("cases:read"), response=schemas.CaseDetails, summary="Read a case")
def case(request: HttpRequest, number: Number) -> dict[str, Any]:
    """Return a case, masked for the token's person."""
    row = case_for(request, number)
    try:
        return schemas.details(row, asker_of(request).rights)
    except casebook.Unreadable as why:
        raise Refused("not-now", str(why)) from why


@api.get("/queue", auth=Bearer("queue:read"), response=schemas.QueuePage, summary="List the queue")
def queue(request: HttpRequest, query: Query[schemas.QueueQuery]) -> dict[str, Any]:
    """Return waiting cases by due date. Cases on hold are left out except in their own view."""
    return pagination.page(asker_of(request), query)


@api.post(
    "/cases/{number}/decision", auth=Bearer("cases:decide"), response=schemas.Decided, summary="Decide a waiting case"
)
def decision(
    request: HttpRequest,
    number: Number,
    word: Annotated[Word, Field(discriminator="decision")],
) -> dict[str, Any]:
    """Take the decision of the token's person, as the review page does."""
    asker = asker_of(request)
    if not asker.rights.decide:
        raise Refused("not-allowed", "The token's person may only view cases.")
    case_for(request, number)
    return decide_case(asker, number, word)


@api.get(
    "/cases/{number}/receipt",
    auth=Bearer("receipts:read"),
    summary="Fetch the receipt of a posted case",
    response={200: None},
    openapi_extra={
        "responses": {
            200: {
                "description": "The receipt as it was filed.",
                "content": {
                    "text/html": {"schema": {"type": "string"}},
                    "application/pdf": {"schema": {"type": "string", "format": "binary"}},
                },
            }
        }
    },
)
def receipt(request: HttpRequest, number: Number, query: Query[schemas.ReceiptQuery]) -> HttpResponse:
    """Return the receipt. The first request for its PDF prints it."""
    case_for(request, number)
    return receipt_of(asker_of(request), number, query.language, query.kind)


@api.get("/layouts", auth=Bearer("layouts:read"), response=layouts.LayoutPage, summary="List the layouts")
def list_layouts(request: HttpRequest, query: Query[layouts.LayoutQuery]) -> dict[str, Any]:
    """Return layouts, the latest change first."""
    return layouts.page(asker_of(request), query)


@api.get("/layouts/{number}", auth=Bearer("layouts:read"), response=layouts.LayoutDetails, summary="Read a layout")
def layout(request: HttpRequest, number: Number) -> dict[str, Any]:
    """Return a layout with its profile, masked for the token's person."""
    return layouts.details(asker_of(request), number)


@api.post(
    "/layouts/{number}/roll-back",
    auth=Bearer("layouts:write"),
    response=layouts.LayoutDetails,
    summary="Roll back a layout",
)
def roll_back(request: HttpRequest, number: Number, word: layouts.RollBack) -> dict[str, Any]:
    """Use the version before the one in use again, as the button on the page does."""
    return layouts.roll_back(asker_of(request), number, word.version)


def case_for(request: HttpRequest, number: int) -> StoredCase:
    """Return a case that the token's person may see. Raises Refused if there is none."""
    person = asker_of(request).person
    row = seen_by(person, StoredCase.objects.filter(pk=number)).select_related("document", "claimed_by").first()
    if row is None or not rights_of(person).look:
        raise Refused("not-there", f"There is no case {number}, or the token's person may not see it.")
    return row


@api.exception_handler(ValidationError)
def not_taken(_request: HttpRequest, wrong: ValidationError) -> HttpResponse:
    """Respond to a request that does not match the schema."""
    faults = {".".join(map(str, error["loc"])): str(error["msg"]) for error in wrong.errors}
    return problems.answer(Refused("not-taken", faults=faults))


@api.exception_handler(HttpError)
def not_understood(_request: HttpRequest, wrong: HttpError) -> HttpResponse:
    """Respond to a body that is not what its type says."""
    return problems.answer(Refused("not-understood", str(wrong)))


@api.exception_handler(Http404)
def not_there(_request: HttpRequest, _none: Http404) -> HttpResponse:
    """Respond to an unknown address."""
    return problems.answer(Refused("not-there"))


@api.exception_handler(Refused)
def refused(_request: HttpRequest, why: Refused) -> HttpResponse:
    """Respond to a refused request."""
    return problems.answer(why)
