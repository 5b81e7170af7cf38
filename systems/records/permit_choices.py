"""The choices of a building-permit application, and that a desk has a text for each of them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

Choice = TypeVar("Choice", bound=StrEnum)


class Purpose(StrEnum):
    """What is applied for, in the words of the provincial form."""

    NEW_CONSTRUCTION = "new construction"
    ADDITION = "addition"
    ALTERATION = "alteration/repair"
    DEMOLITION = "demolition"
    CONDITIONAL = "conditional"


class ApplicantIs(StrEnum):
    """Who applies."""

    OWNER = "owner"
    AGENT = "authorized agent of owner"


def for_each(choices: type[Choice], texts: Mapping[Choice, str]) -> Mapping[str, str]:
    """Return a desk's texts by choice. Raises TypeError if one has no text: its cases could never be keyed."""
    missing = [choice.value for choice in choices if choice not in texts]
    if missing:
        raise TypeError(f"The desk has no text for {choices.__name__} {', '.join(map(repr, missing))}.")
    return {choice.value: text for choice, text in texts.items()}
