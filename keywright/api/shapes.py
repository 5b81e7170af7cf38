"""What the API hands out and takes, and how a case is told in it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

from keywright import casebook, claims
from keywright.cases import State
from keywright.console.people import Rights
from keywright.console.privacy import mask_for
from keywright.deciding import id_of
from keywright.findings import Finding
from keywright.masking import Mask
from keywright.notation import write_value
from keywright.records.models import StoredCase

NO_ZERO = r"^[^\x00]*$"
Typed = Annotated[str, StringConstraints(max_length=2000, pattern=NO_ZERO)]
BotName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{0,100}$")]
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,100}$")]
FindingId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]


class Place(Schema):
    """Where something is printed: points from the page's top left corner."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


class ToldField(Schema):
    """One value of a case, where it was read, how surely (0-1) and by whom."""

    name: str
    value: str
    text: str
    confidence: float
    source: str
    place: Place | None


class ToldFinding(Schema):
    """One rule that a case does not meet. ``id`` is what a decision accepts it by."""

    id: str
    rule: str
    message: str
    fields: list[str]
    kind: str
    acceptable: bool
    second_person: bool


class Summary(Schema):
    """A case as a list tells it. ``seen`` is what a decision is to send, so that it is about what was seen."""

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
    open_at: str | None = Field(description="who has the case open now")


class ToldCase(Summary):
    """A case with its values and what was found about it."""

    fields: list[ToldField]
    findings: list[ToldFinding]
    receipt_number: str


class QueueAsked(Schema):
    """Which part of the queue is asked for: ``after`` is the ``next`` of the part before."""

    bot: BotName = ""
    kind: Literal["", "business", "reading", "duplicate", "system", "uncertain"] = ""
    after: Annotated[str, StringConstraints(max_length=300, pattern=r"^[A-Za-z0-9_=-]*$")] = ""
    limit: int = Field(50, ge=1, le=100)


class ReceiptAsked(Schema):
    """In which language and form a receipt is asked for."""

    language: Literal["en", "fr"] = "en"
    kind: Literal["html", "pdf"] = "html"


class Page(Schema):
    """A part of the queue; ``next`` is what ``after`` is to be for the part behind it."""

    cases: list[Summary]
    next: str | None


class Accept(Schema):
    """Accept a case: ``fields`` has the values that the person changed or confirms, empty ones are taken away;
    ``findings`` the ids of findings that the person accepts."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["accept"]
    seen: AwareDatetime
    fields: dict[FieldName, Typed] = {}
    findings: list[FindingId] = Field([], max_length=200)


class Refuse(Schema):
    """Refuse a case, and say why."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["refuse"]
    seen: AwareDatetime
    reason: Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=NO_ZERO)]


class Again(Schema):
    """Have a robot look for the record again, and only look; or have the document read afresh."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["look-again", "read-again"]
    seen: AwareDatetime


class Decided(Schema):
    """What became of a decision; ``waits_for`` is what a second person has yet to accept."""

    number: int
    state: State
    waits_for: list[ToldFinding]


def summary(row: StoredCase, rights: Rights) -> dict[str, Any]:
    """Return a case as a list tells it to somebody with these rights."""
    if rights.personal:
        return _summary(row, mask_for(rights, None))
    try:
        return _summary(row, mask_for(rights, casebook.case_of(row).extraction))
    except casebook.Unreadable:  # nobody knows what would have to be masked
        return {**_summary(row, mask_for(rights, None)), "sender": "", "amount": None}


def told(row: StoredCase, rights: Rights) -> dict[str, Any]:
    """Return a case with its values, as somebody with these rights may see them. Raises casebook.Unreadable."""
    case = casebook.case_of(row)
    mask = mask_for(rights, case.extraction)
    read = mask.extraction(case.extraction).fields.values() if case.extraction else ()
    return {
        **_summary(row, mask),
        "fields": [_field(one) for one in read],
        "findings": [finding(one, mask) for one in case.findings],
        "receipt_number": row.receipt_number,
    }


def finding(one: Finding, mask: Mask) -> dict[str, Any]:
    """Return a finding as it is told."""
    return {
        "id": id_of(one),
        "rule": one.rule,
        "message": mask.text(one.message),
        "fields": list(one.fields),
        "kind": one.kind.value,
        "acceptable": one.acceptable,
        "second_person": one.second_person,
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


def _field(one: Any) -> dict[str, Any]:
    box = one.box
    place = {name: getattr(box, name) for name in ("page", "left", "top", "right", "bottom")} if box else None
    value = write_value(one.value)
    return {
        "name": one.name,
        "value": value,
        "text": one.text,
        "confidence": one.confidence,
        "source": one.source,
        "place": place,
    }
