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

    ``message`` is the English sentence. Where it holds values it is a ``keywright.messages.Message``, so that a page
    can write it in another language. Its first sentence says in a few words what is wrong.

    ``acceptable`` is False where a person's word is not enough: a missing number must be filled in.
    ``second_person`` is True where a clerk's word is not enough: a supervisor who did not type the value must accept.
    ``not_by`` are those whose word does not count: they typed what is to be accepted.
    ``picture`` is the hash under which the picture of the screen is kept that was seen then, empty if there is none.
    ``asks`` is False where nothing is to be decided: it is told to whoever looks, and refers no case by itself.
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
        """Return True if not everybody's word counts who may decide cases."""
        return self.second_person or bool(self.not_by)
