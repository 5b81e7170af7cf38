"""What is known about a sample document beforehand: what it says, and what should become of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

INVOICES = "supplier-invoices"
PERMITS = "permit-applications"


@dataclass(frozen=True, slots=True)
class SampleDocument:
    """One sample document.

    `truth` holds the printed values by canonical field name (dates ISO 8601, amounts with a dot), without fields that
    are not printed. It is empty if the document is unreadable or not of the bot's type.
    """

    file: str
    bot: str
    title: str
    outcome: Literal["keyed", "referred", "duplicate"]
    truth: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[Mapping[str, str], ...] = ()
    reason: str = ""
    duplicate_of: str = ""
    password: str = ""
