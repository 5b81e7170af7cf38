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
    """The fields of a document type that lists, searches, limits and letters use.

    Where several fields are named, the first that is filled in counts. Fields that a document type does not have are
    empty.

    ``sender``, ``number``, ``amount`` and ``currency`` are for lists and searches; the amount in its currency is
    compared with the limits above which a second person must approve. ``e_mail`` are addresses for letters.
    """

    sender: tuple[FieldSpec[str], ...] = ()
    number: tuple[FieldSpec[str], ...] = ()
    amount: tuple[FieldSpec[Any], ...] = ()
    currency: tuple[FieldSpec[str], ...] = ()
    e_mail: tuple[FieldSpec[str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The words for a document type, in English; the console's list of texts has the translations.

    ``in_letters`` is the document's name in a letter to the sender, with ``%(number)s`` for its number; if it is empty,
    the letter names the file. ``refused_as`` is the reason to refuse a document of another kind. ``quotable`` are the
    rules whose messages are written for the sender, so that a letter can quote them.
    """

    in_letters: str = ""
    refused_as: str = "Wrong kind of document"
    quotable: frozenset[str] = frozenset()


class DocumentType(Protocol):
    """A kind of document: how it is recognised, and what is read from it."""

    name: ClassVar[str]
    has_ticks: ClassVar[bool]  #: it has tick boxes, which must be searched for on digital pages
    has_lines: ClassVar[bool]  #: it has a table of lines, which a person may fill in where none was read
    key_fields: ClassVar[KeyFields]
    wording: ClassVar[Wording]

    @classmethod
    def specs(cls) -> Mapping[str, FieldSpec[Any]]:
        """Return the fields of this kind of document by name, in reading order."""
        ...

    @classmethod
    def recognise(cls, reading: Reading, /) -> Finding | None:
        """Return None if the document is of this kind, or the finding that says why it is not."""
        ...

    @classmethod
    def extract(cls, reading: Reading, /) -> Extraction:
        """Read every field that is on the document; leave out missing ones."""
        ...
