"""What a program sends to decide a case: each of the words that the review page has a button for."""

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
    """A decision on the case as it was seen."""

    model_config = ConfigDict(extra="forbid")

    seen: AwareDatetime = Field(description="the case's own `seen`, as it was asked for")


class SentLine(Schema):
    """One line of an invoice as the person has it: each cell as one would type it, null for an empty one.

    ``line`` is that of the case whose place on the page it keeps, null for a new one.
    """

    model_config = ConfigDict(extra="forbid")

    line: Annotated[int, Field(ge=0, lt=100_000)] | None = None
    description: Cell = None
    quantity: Cell = None
    unit_price: Cell = None
    net_amount: Cell = None
    tax_rate: Cell = None


class Accept(_Word):
    """Accept a case: ``fields`` has the values that the person changed or confirms, empty ones are taken away;
    ``findings`` the ids of findings that the person accepts; ``lines`` all lines there are from now on, if any changed.
    """

    decision: Literal["accept"]
    fields: dict[FieldName, Typed] = {}
    findings: list[FindingId] = Field([], max_length=200)
    lines: list[SentLine] | None = Field(None, max_length=line_edits.MOST)


class Refuse(_Word):
    """Refuse a case: ``code`` says why, and ``reason`` in words; ``duplicate`` names the case that stays."""

    decision: Literal["refuse"]
    code: Reason = Reason.OTHER
    reason: Typed = Field("", description="needed with the code `other`")
    duplicate_of: Number | None = Field(None, description="needed with the code `duplicate`")


class SendBack(_Word):
    """Send a document back to its sender. A subject, message or address that is not sent is as the page drafts it."""

    decision: Literal["send-back"]
    to: Annotated[str, StringConstraints(max_length=200, pattern=NO_ZERO)] | None = None
    subject: Annotated[str, StringConstraints(max_length=200, pattern=NO_ZERO)] | None = None
    message: Annotated[str, StringConstraints(max_length=close.LONGEST_LETTER, pattern=NO_ZERO)] | None = None
    language: Literal["en", "fr"] = "en"


class There(_Word):
    """Say under which number the record of an uncertain keying is in the system; a robot compares it."""

    decision: Literal["there"]
    number: Annotated[str, StringConstraints(min_length=1, max_length=keying_attempts.LONGEST_NUMBER, pattern=NO_ZERO)]


class Again(_Word):
    """Say that the record of an uncertain keying is not there, so that it is entered once more; have a robot look for
    it again, and only look; or have the document read afresh."""

    decision: Literal["not-there", "look-again", "read-again"]


Word = Accept | Refuse | SendBack | There | Again
