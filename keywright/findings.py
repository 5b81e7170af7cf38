"""A finding: one rule that a document does not meet, in words a clerk can act on."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a finding is about, as the trade names exceptions."""

    BUSINESS = "business"  #: a rule of the trade is not met
    READING = "reading"  #: a value could not be read, or not surely enough
    DUPLICATE = "duplicate"  #: another case seems to be the same
    SYSTEM = "system"  #: the target system would not take it
    UNCERTAIN = "uncertain"  #: it may or may not have been keyed; a person must look


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that is not met: the rule's id, what is wrong and what to do, and the fields it is about.

    ``acceptable`` is False where a person cannot accept it: a missing number must be filled in. ``second_person`` is
    True where a clerk cannot accept it: a supervisor who did not type the value must. ``not_by`` are the people who
    cannot accept it, because they typed the value. ``picture`` is the hash under which the picture of the screen at
    that time is stored, empty if there is none. ``asks`` is False for a mere note: it is shown to the person who looks,
    and refers no case alone.
    """

    rule: str
    message: str
    fields: tuple[str, ...] = ()
    kind: Kind = Kind.BUSINESS
    acceptable: bool = True
    second_person: bool = False
    asks: bool = True
    not_by: tuple[str, ...] = field(default=(), compare=False)
    picture: str = field(default="", compare=False)

    @property
    def takes_another(self) -> bool:
        """Return True if not all people who decide cases can accept it."""
        return self.second_person or bool(self.not_by)
