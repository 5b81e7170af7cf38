"""The decisions that a program can send, one for each button of the review page."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

from keywright.cases import keying_attempts
from keywright.review import close, line_edits
from keywright.review.close import Reason

NO_ZERO = r"^[^\x00]*$"
Typed = Annotated[str, StringConstraints(max_length=2000, pattern=NO_ZERO)]
Cell = Typed | None
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,100}$")]
FindingId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
Number = Annotated[int, Field(ge=1, le=2**63 - 1)]


class _Word(Schema):
    """A decision about the case in the version that the program read."""

    model_config = ConfigDict(extra="forbid")

    seen: AwareDatetime = Field(description="the `seen` value of the case as it was read")


class SentLine(Schema):
    """One line of an invoice as a person would type it; null for an empty cell.

    ``line`` is the number of the case's line whose place on the page it keeps, null for a new one. An account or cost
    centre that is not sent stays as it is.
    """

    model_config = ConfigDict(extra="forbid")

    line: Annotated[int, Field(ge=0, lt=100_000)] | None = None
    description: Cell = None
    quantity: Cell = None
    unit_price: Cell = None
    net_amount: Cell = None
    tax_rate: Cell = None
    account: Cell = None
    cost_centre: Cell = None


class Accept(_Word):
    """Accept a case. ``fields`` are the values that the person changed or confirms (empty text removes a value),
    ``findings`` the ids of accepted findings, ``lines`` all lines of the invoice if any changed.
    """

    decision: Literal["accept"]
    fields: dict[FieldName, Typed] = {}
    findings: list[FindingId] = Field([], max_length=200)
    lines: list[SentLine] | None = Field(None, max_length=line_edits.MOST)


class Refuse(_Word):
    """Reject a case. ``code`` is the reason, ``reason`` the person's words, ``duplicate_of`` the case to keep."""

    decision: Literal["refuse"]
    code: Reason = Reason.OTHER
    reason: Typed = Field("", description="needed with the code `other`")
    duplicate_of: Number | None = Field(None, description="needed with the code `duplicate`")


class SendBack(_Word):
    """Return a document to its sender. Parts of the letter that are not sent are taken from the page's draft."""

    decision: Literal["send-back"]
    to: Annotated[str, StringConstraints(max_length=200, pattern=NO_ZERO)] | None = None
    subject: Annotated[str, StringConstraints(max_length=200, pattern=NO_ZERO)] | None = None
    message: Annotated[str, StringConstraints(max_length=close.LONGEST_LETTER, pattern=NO_ZERO)] | None = None
    language: Literal["en", "fr"] = "en"


class There(_Word):
    """Give the record's number of a posting that is not confirmed; the robot compares the record."""

    decision: Literal["there"]
    number: Annotated[str, StringConstraints(min_length=1, max_length=keying_attempts.LONGEST_NUMBER, pattern=NO_ZERO)]


class Again(_Word):
    """Say that the record is not in the system, so that it is posted once more; or have the robot search for it again
    without posting; or have the document read again."""

    decision: Literal["not-there", "look-again", "read-again"]


Word = Accept | Refuse | SendBack | There | Again
