"""A field: one value read from a document, and the evidence for it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Generic, TypeVar, cast

from keywright.findings import Finding
from keywright.model.reading import Box
from keywright.model.values.amounts import amount_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ValueKind(Generic[T]):
    """A kind of value: how it is written, and how it is parsed.

    ``parse`` raises ValueError, with a sentence for the person who typed it, for an invalid text. A kind with
    ``options``, each a value as it is written and its title, takes no other values.
    """

    name: str
    parse: Callable[[str], T]
    write: Callable[[T], str]
    options: tuple[tuple[str, str], ...] = ()


def _text(text: str) -> str:
    value = " ".join(text.split())
    if not value:
        raise ValueError("Type a value; nothing is written here.")
    return value


def _amount(text: str) -> Decimal:
    bare = re.sub(r"[\s\u00a0\u202f$€£]", "", text)
    value = amount_of(bare) if bare[-1:].isdigit() else None
    if value is None:
        raise ValueError(f"{text[:60]!r} is not an amount. Write it like 1250.00, with a dot before the cents.")
    return value


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is not a date. Write it as year-month-day, like 2026-11-02.") from None


def _yes_no(text: str) -> bool:
    try:
        return {"yes": True, "no": False}[text.strip().lower()]
    except KeyError:
        raise ValueError(f"{text!r} is neither yes nor no.") from None


TEXT: ValueKind[str] = ValueKind("text", _text, str)
AMOUNT: ValueKind[Decimal] = ValueKind("amount", _amount, lambda amount: format(amount, "f"))
DATE: ValueKind[dt.date] = ValueKind("date", _date, dt.date.isoformat)
YES_NO: ValueKind[bool] = ValueKind("yes-no", _yes_no, lambda value: "yes" if value else "no")


class FieldSpec(Generic[T]):
    """A field that a document type declares: its name, kind of value and title."""

    name: str

    def __init__(self, kind: ValueKind[T], title: str) -> None:
        self.kind = kind
        self.title = title

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}: {self.kind.name}>"


@dataclass(frozen=True, slots=True)
class Field(Generic[T]):
    """One value, the text it came from, its confidence (0-1), its source, and its box if it is printed.

    ``votes`` has the value that each reader gives the field, by the reader's name, as it is written in JSON; a reader
    that finds no value does not vote.
    """

    name: str
    value: T
    text: str
    confidence: float
    source: str
    box: Box | None = None
    votes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line of an invoice (EN 16931 BG-25); values that the document does not show are None.

    ``account`` and ``cost_centre`` are the office's own, on which the line is booked; "" if they are open.
    """

    description: str = ""
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    net_amount: Decimal | None = None
    tax_rate: Decimal | None = None
    box: Box | None = None
    account: str = ""
    cost_centre: str = ""


@dataclass(frozen=True, slots=True)
class Extraction:
    """The fields of one document, looked up by their spec; its lines; and the findings of the reading.

    ``other_kind`` is the finding that the document does not seem to be of this type at all.
    """

    document_type: str
    fields: Mapping[str, Field[Any]]
    lines: tuple[InvoiceLine, ...] = ()
    findings: tuple[Finding, ...] = ()
    other_kind: Finding | None = None

    def __getitem__(self, spec: FieldSpec[T]) -> Field[T]:
        return cast(Field[T], self.fields[spec.name])

    def __contains__(self, spec: FieldSpec[Any]) -> bool:
        return spec.name in self.fields

    def value(self, spec: FieldSpec[T]) -> T | None:
        """Return the field's value, or None where the document has none."""
        return self[spec].value if spec in self else None

    def optional(self, name: str, kind: type[T]) -> T | None:
        """Return the value of the field of this name, or None where the document has none.

        Raises TypeError if the value is of another type.
        """
        return self.required(name, kind) if name in self.fields else None

    def required(self, name: str, kind: type[T]) -> T:
        """Return the value of the field of this name.

        Raises KeyError if the document has none, TypeError if the value is of another type.
        """
        value = self.fields[name].value
        if not isinstance(value, kind):
            raise TypeError(f"The field {name!r} holds {value!r}, which is not of type {kind.__name__}.")
        return value

    def with_fields(self, *fields: Field[Any]) -> Extraction:
        """Return the extraction with these fields added, or replacing fields of the same name."""
        return replace(self, fields={**self.fields, **{field.name: field for field in fields}})

    def without(self, *names: str) -> Extraction:
        """Return the extraction without the fields of these names."""
        return replace(self, fields={k: v for k, v in self.fields.items() if k not in names})


def specs_of(owner: type) -> dict[str, FieldSpec[Any]]:
    """Return the field specs declared in a class, by name, in the order of declaration."""
    return dict(_declared(owner))


def _declared(owner: type) -> Iterator[tuple[str, FieldSpec[Any]]]:
    for level in reversed(owner.__mro__):
        for name, spec in vars(level).items():
            if isinstance(spec, FieldSpec):
                yield name, spec


def bare(text: str) -> str:
    """Return a text without case, accents, blanks and punctuation, for comparison."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def amount(text: str) -> Decimal:
    """Return an amount of money in whole cents.

    Raises ValueError if the text is not a number.
    """
    value = amount_of(text)
    if value is None:
        raise ValueError(f"{text[:60]!r} is not an amount.")
    return value.quantize(Decimal("0.01"))
