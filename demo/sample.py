"""What is known about a sample document beforehand: what it says, and what should become of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

INVOICES = "supplier-invoices"
PERMITS = "permit-applications"


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample document.

    `truth` holds what is printed on it by canonical field name (dates ISO 8601, amounts with a dot); a field that is
    not printed is not in it. It is empty where nobody could read the document, or where it is not of the bot's kind.
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
