"""A document type: how it is recognised, what is read from it, and what it declares about itself for the office."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from keywright.findings import Finding
from keywright.model.fields import Extraction, FieldSpec
from keywright.model.reading import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFields:
    """The fields of a document type by which its cases are listed, found, limited and answered.

    Where several fields are named, the first that is filled in counts. What a document type does not have stays empty.

    ``sender``, ``number``, ``amount`` and ``currency`` are shown in lists and found by a search; an amount and its
    currency are held against the limits above which a second person must approve. ``e_mail`` are addresses to which a
    letter may go.
    """

    sender: tuple[FieldSpec[str], ...] = ()
    number: tuple[FieldSpec[str], ...] = ()
    amount: tuple[FieldSpec[Any], ...] = ()
    currency: tuple[FieldSpec[str], ...] = ()
    e_mail: tuple[FieldSpec[str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The words for a document type, in English; the console's list of texts has the translations.

    ``in_letters`` is what a letter to the sender calls the document, with ``%(number)s`` for its number; where it is
    empty, the letter names the file. ``refused_as`` is the reason to refuse a document of another kind.
    ``quotable`` are the rules whose messages are written for the sender, so that a letter may quote them.
    """

    in_letters: str = ""
    refused_as: str = "It is another kind of document"
    quotable: frozenset[str] = frozenset()


class DocumentType(Protocol):
    """A kind of paper: how it is told from others, and what is read from it."""

    name: ClassVar[str]
    has_ticks: ClassVar[bool]  #: boxes are ticked on it, which must be looked for on digital pages
    key_fields: ClassVar[KeyFields]
    wording: ClassVar[Wording]

    @classmethod
    def specs(cls) -> Mapping[str, FieldSpec[Any]]:
        """Return the fields of this kind of paper by name, in the order a person reads them."""
        ...

    @classmethod
    def recognise(cls, reading: Reading, /) -> Finding | None:
        """Return None if the document is of this kind, or the finding that says why it is not."""
        ...

    @classmethod
    def extract(cls, reading: Reading, /) -> Extraction:
        """Read every field that is on the document; leave out what is not."""
        ...
