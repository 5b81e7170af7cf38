"""A layout: the fixed print that the documents of one sender share, and how far it is trusted."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Protocol, runtime_checkable

from keywright.model.fields import FieldSpec

NEW_LAYOUT = "new-layout"
"""The rule of the finding that people have not confirmed a layout, or some of its fields, often enough."""


class LayoutState(StrEnum):
    """How far people have confirmed what is read on documents of a layout."""

    UNKNOWN = "unknown"  #: nobody has confirmed a document of it
    LEARNING = "learning"  #: some documents are confirmed, and not yet enough in a row
    TRUSTED = "trusted"  #: enough documents in a row needed no correction


_DECIMAL = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,5}")

LINES = "lines"
"""The name under which corrections of a document's lines are counted; no field has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutFields:
    """The fields of a document type that the profile of a layout learns, by what they are.

    ``owner`` are the constants that show whose document it is. ``constants`` are the same on all documents of a layout;
    ``account`` is the one among them of which a change must always be asked. ``kind`` tells kinds of documents apart.
    ``total`` and ``due`` are the amounts that differ where something is set off. ``adds_up`` says whether amounts, by
    the names of their fields, prove each other. ``habits`` are rules whose finding can be usual in a layout: if people
    accept it on document after document, it is only noted on the next. ``settles`` are rules whose finding a layout
    answers on which every field was read as confirmed, if people have answered it on its documents: for example that no
    heading says what the document is. ``other_titles`` are titles of other kinds of documents than most: where none is
    printed, the kind is as certain as the layout.
    """

    owner: tuple[FieldSpec[str], ...]
    constants: tuple[FieldSpec[str], ...]
    account: FieldSpec[str]
    dates: tuple[FieldSpec[Any], ...]
    amounts: tuple[FieldSpec[Decimal], ...]
    codes: tuple[FieldSpec[str], ...]
    kind: FieldSpec[str]
    total: FieldSpec[Decimal]
    due: FieldSpec[Decimal]
    adds_up: Callable[[Mapping[str, Decimal]], bool]
    habits: frozenset[str] = frozenset()
    settles: frozenset[str] = frozenset()
    other_titles: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all learned fields."""
        return tuple(spec.name for spec in (*self.constants, *self.dates, *self.amounts, *self.codes))


def alike(first: str | None, second: str | None) -> bool:
    """Return whether two written values are the same for a clerk: letters and digits alone count."""
    if first is None or second is None:
        return first is second
    return first == second or _bare(first) == _bare(second)


def _bare(text: str) -> str:
    """Return an amount as it is, and any other text without case, blanks and punctuation."""
    if _DECIMAL.fullmatch(text):
        return str(Decimal(text).quantize(Decimal("0.01")))
    return "".join(letter for letter in text.casefold() if letter.isalnum())


@runtime_checkable
class HasLayouts(Protocol):
    """A document type whose senders each have a layout of their own, which is learned from confirmed documents."""

    layout_fields: ClassVar[LayoutFields]


def layout_fields_of(document_type: type[Any]) -> LayoutFields | None:
    """Return the fields that the layouts of a document type learn, or None if it has no layouts."""
    return document_type.layout_fields if isinstance(document_type, HasLayouts) else None
