"""What the API hands out and takes, and how a case is told in it."""

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
    """Return the number that an amount means, whatever way it is written; what is none is left to be refused."""
    return next(iter(amounts_meant(value)), value) if isinstance(value, str) else value


Amount = Annotated[Decimal, BeforeValidator(_as_printed), Field(max_digits=18, decimal_places=2)]


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


class ToldLine(Schema):
    """One line of an invoice; what the paper does not tell is null. ``line`` is what a decision names it by."""

    line: int
    description: str
    quantity: str | None
    unit_price: str | None
    net_amount: str | None
    tax_rate: str | None
    place: Place | None


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
    lines: list[ToldLine]
    findings: list[ToldFinding]
    receipt_number: str


class QueueAsked(Schema):
    """Which part of the queue is asked for, by the filters that the page has: ``after`` is the ``next`` of the part
    before. ``words`` stand in the file's name, the vendor's, or are the number of the document or the case; of who may
    not see what the office masks, in the file's name, or are the case's number."""

    view: Literal["", "late", "mine", "handed", "parked"] = ""
    bot: BotName = ""
    kind: Literal["", "business", "reading", "duplicate", "system", "uncertain"] = ""
    words: Words = ""
    vendor: Words = Field("", description="a part of the vendor's name; capitals, accents and blanks do not matter")
    amount_from: Amount | None = None
    amount_to: Amount | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^([A-Z]{3})?$")] = ""
    due_before: AwareDatetime | None = None
    waiting_days: int | None = Field(None, ge=0, le=9999, description="those that wait for at least so many days")
    after: Annotated[str, StringConstraints(max_length=300, pattern=r"^[A-Za-z0-9_=-]*$")] = ""
    limit: int = Field(50, ge=1, le=100)


class ReceiptAsked(Schema):
    """In which language and form a receipt is asked for."""

    language: Literal["en", "fr"] = "en"
    kind: Literal["html", "pdf"] = "html"


class Page(Schema):
    """A part of the queue; ``total`` is how many there are in all parts, ``next`` what ``after`` is to be for the part
    behind this one."""

    cases: list[Summary]
    total: int
    next: str | None


class Decided(Schema):
    """What became of a decision; ``waits_for`` is what a second person has yet to accept."""

    number: int
    state: State
    waits_for: list[ToldFinding]
    second_person: str = Field("", description="why somebody else must accept it before it is keyed, if so")
    mailed: bool = Field(False, description="the letter to the sender went out by e-mail")


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
    if blinding.is_blind(row.pk, rights):
        return {**without_reading(row), "fields": [], "lines": [], "findings": [], "receipt_number": ""}
    case = casebook.case_of(row)
    mask = mask_for(rights, case.extraction)
    read = mask.extraction(case.extraction) if case.extraction else None
    return {
        **_summary(row, mask),
        "fields": [_field(one) for one in read.fields.values()] if read else [],
        "lines": [_line(place, one) for place, one in enumerate(read.lines)] if read else [],
        "findings": [finding(one, mask) for one in case.findings],
        "receipt_number": row.receipt_number,
    }


def without_reading(row: StoredCase) -> dict[str, Any]:
    """Return a case as it is told to somebody who may be asked to read it blind: nothing that was read on it."""
    return _summary(blinding.without_reading(row), mask_for(Rights(personal=True), None))


def seen_by(person: User, number: int) -> bool:
    """Return True if there is a case of this number, and a person may see it."""
    return review_queue.seen_by(person, StoredCase.objects.filter(pk=number)).exists()


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
    value = write_value(one.value)
    return {
        "name": one.name,
        "value": value,
        "text": one.text,
        "confidence": one.confidence,
        "source": one.source,
        "place": _place(one.box),
    }


def _line(place: int, one: InvoiceLine) -> dict[str, Any]:
    written = line_to_json(one)
    return {"line": place, **{name: written[name] for name in COLUMNS}, "place": _place(one.box)}


def _place(box: Box | None) -> dict[str, Any] | None:
    return {name: getattr(box, name) for name in ("page", "left", "top", "right", "bottom")} if box else None
