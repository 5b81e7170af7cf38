"""The values that the API returns and takes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.contrib.auth.models import User
from ninja import Schema
from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints

from keywright.api.request_schemas import NO_ZERO
from keywright.cases import casebook
from keywright.database.models import StoredCase
from keywright.findings import Finding
from keywright.model.case import State
from keywright.model.fields import InvoiceLine
from keywright.model.reading import Box
from keywright.model.serialization import line_to_json, write_value
from keywright.model.values.printed_amounts import amounts_meant
from keywright.people.accounts import Rights
from keywright.people.visibility import mask_for
from keywright.privacy.masking import Mask
from keywright.quality import blinding
from keywright.review import claims, review_queue
from keywright.review.decisions import id_of
from keywright.review.line_edits import COLUMNS

BotName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{0,100}$")]
Words = Annotated[str, StringConstraints(max_length=100, pattern=NO_ZERO)]


def _as_printed(value: Any) -> Any:
    """Return the number that a written amount means, or the text itself, which is then refused."""
    return next(iter(amounts_meant(value)), value) if isinstance(value, str) else value


Amount = Annotated[Decimal, BeforeValidator(_as_printed), Field(max_digits=18, decimal_places=2)]


class PrintedPlace(Schema):
    """The place of a print: points from the page's top left corner."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


class CaseField(Schema):
    """One value of a case, its place, its confidence (0-1) and its source."""

    name: str
    value: str
    text: str
    confidence: float
    source: str
    place: PrintedPlace | None


class CaseFinding(Schema):
    """One rule that a case does not meet. A decision accepts it by its ``id``."""

    id: str
    rule: str
    message: str
    fields: list[str]
    kind: str
    acceptable: bool
    second_person: bool


class CaseLine(Schema):
    """One line of an invoice; values not on the document are null. A decision refers to it by ``line``."""

    line: int
    description: str
    quantity: str | None
    unit_price: str | None
    net_amount: str | None
    tax_rate: str | None
    account: str = Field("", description="on which the line is booked; empty for the vendor's usual account")
    cost_centre: str = ""
    place: PrintedPlace | None


class CaseSummary(Schema):
    """A case in a list. A decision sends ``seen`` back, so that it is about the version that was read."""

    number: int
    bot: str
    state: State
    file_name: str
    document: str = Field(description="SHA-256 of the document's bytes")
    received_at: dt.datetime
    seen: str
    sender: str
    amount: str | None
    currency: str
    kind: str
    due_at: dt.datetime | None
    open_at: str | None = Field(description="the person who has claimed the case")


class CaseDetails(CaseSummary):
    """A case with its values and findings."""

    fields: list[CaseField]
    lines: list[CaseLine]
    findings: list[CaseFinding]
    receipt_number: str


class QueueQuery(Schema):
    """The filters of the queue, as on the page. ``after`` is the ``next`` of the page before. ``words`` match the file
    name, the vendor, the document number or the case number; for a person who may not see masked values, only the
    file name and the case number.
    """

    view: Literal["", "late", "mine", "handed", "parked"] = ""
    bot: BotName = ""
    kind: Literal["", "business", "reading", "duplicate", "system", "uncertain"] = ""
    words: Words = ""
    vendor: Words = Field("", description="a part of the vendor's name; capitals, accents and spaces are ignored")
    amount_from: Amount | None = None
    amount_to: Amount | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^([A-Z]{3})?$")] = ""
    due_before: AwareDatetime | None = None
    waiting_days: int | None = Field(
        None, ge=0, le=9999, description="only cases that have waited at least this many days"
    )
    after: Annotated[str, StringConstraints(max_length=300, pattern=r"^[A-Za-z0-9_=-]*$")] = ""
    limit: int = Field(50, ge=1, le=100)


class ReceiptQuery(Schema):
    """Language and form of a receipt."""

    language: Literal["en", "fr"] = "en"
    kind: Literal["html", "pdf"] = "html"


class QueuePage(Schema):
    """One page of the queue; ``total`` counts all pages, ``next`` is the ``after`` of the page that follows."""

    cases: list[CaseSummary]
    total: int
    next: str | None


class Decided(Schema):
    """The outcome of a decision; ``waits_for`` are the findings that a second person must accept."""

    number: int
    state: State
    waits_for: list[CaseFinding]
    second_person: str = Field("", description="why a second person must approve it, if so")
    mailed: bool = Field(False, description="the letter to the sender was sent by e-mail")


def summary(row: StoredCase, rights: Rights) -> dict[str, Any]:
    """Return a case's summary for a person with these rights."""
    if rights.personal:
        return _summary(row, mask_for(rights, None))
    try:
        return _summary(row, mask_for(rights, casebook.case_of(row).extraction))
    except casebook.Unreadable:  # nobody knows what would have to be masked
        return {**_summary(row, mask_for(rights, None)), "sender": "", "amount": None}


def details(row: StoredCase, rights: Rights) -> dict[str, Any]:
    """Return a case with the values that these rights allow. Raises casebook.Unreadable."""
    if blinding.is_blind(row.pk, rights):
        return {**without_reading(row), "fields": [], "lines": [], "findings": [], "receipt_number": ""}
    case = casebook.case_of(row)
    mask = mask_for(rights, case.extraction)
    extraction = mask.extraction(case.extraction) if case.extraction else None
    return {
        **_summary(row, mask),
        "fields": [_field(field) for field in extraction.fields.values()] if extraction else [],
        "lines": [_line(place, line) for place, line in enumerate(extraction.lines)] if extraction else [],
        "findings": [finding(found_finding, mask) for found_finding in case.findings],
        "receipt_number": row.receipt_number,
    }


def without_reading(row: StoredCase) -> dict[str, Any]:
    """Return a case's summary without values, for a person who may be asked to read it blind."""
    return _summary(blinding.without_reading(row), mask_for(Rights(personal=True), None))


def seen_by(person: User, number: int) -> bool:
    """Return True if a case exists and the person may see it."""
    return review_queue.seen_by(person, StoredCase.objects.filter(pk=number)).exists()


def finding(shown_finding: Finding, mask: Mask) -> dict[str, Any]:
    """Return a finding as the API sends it."""
    return {
        "id": id_of(shown_finding),
        "rule": shown_finding.rule,
        "message": mask.text(shown_finding.message),
        "fields": list(shown_finding.fields),
        "kind": shown_finding.kind.value,
        "acceptable": shown_finding.acceptable,
        "second_person": shown_finding.second_person,
    }


def _summary(row: StoredCase, mask: Mask) -> dict[str, Any]:
    holder = claims.holder_of(row)
    amount = None if row.amount is None else mask.text(str(row.amount))
    return {
        "number": row.pk,
        "bot": row.bot,
        "state": row.state,
        "file_name": row.document.file_name,
        "document": row.document_id,
        "received_at": row.received_at,
        "seen": row.changed_at.isoformat(),
        "sender": mask.text(row.sender),
        "amount": amount,
        "currency": row.currency,
        "kind": row.kind,
        "due_at": row.due_at,
        "open_at": holder.get_username() if holder else None,
    }


def _field(field: Any) -> dict[str, Any]:
    value = write_value(field.value)
    return {
        "name": field.name,
        "value": value,
        "text": field.text,
        "confidence": field.confidence,
        "source": field.source,
        "place": _place(field.box),
    }


def _line(place: int, line: InvoiceLine) -> dict[str, Any]:
    written = line_to_json(line)
    return {"line": place, **{name: written.get(name, "") for name in COLUMNS}, "place": _place(line.box)}


def _place(box: Box | None) -> dict[str, Any] | None:
    return {name: getattr(box, name) for name in ("page", "left", "top", "right", "bottom")} if box else None
