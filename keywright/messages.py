"""A message: an English sentence made from a template and named values, so that it can be translated."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Self

Value = str | int | Decimal | dt.date | tuple["Value", ...]
"""What may stand in a message: text, a number, an amount, a day, another message, or a list of these."""

_SENTENCE_END = re.compile(r"(?<=[.?])\s")
_OPENING = re.compile(r"\{(\w+)\} ")
_HOLE = re.compile(r"\{(\w+)\}")


class Message(str):
    """An English sentence that keeps the template and the values it was made from.

    As a string it is the sentence, and two messages are equal if their sentences are. What is done with the string,
    such as cutting it, gives a plain string again. A template has ``{name}`` where a value goes, and is looked up as
    it stands when the message is translated.
    """

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, Value]

    def __new__(cls, template: str, /, **values: Value) -> Self:
        message = super().__new__(cls, filled(template, values, in_english))
        message.template, message.values = template, values
        return message


def filled(template: str, values: Mapping[str, Value], write: Callable[[Value], str]) -> str:
    """Return a template with its values written into it; a name without a value stays as it is."""
    return _HOLE.sub(lambda hole: write(values[hole[1]]) if hole[1] in values else hole[0], template)


def holes_of(template: str) -> frozenset[str]:
    """Return the names of the values that a template has a place for."""
    return frozenset(_HOLE.findall(template))


def template_of(message: str) -> str:
    """Return the template of a message; a plain string is its own."""
    return message.template if isinstance(message, Message) else message


def values_of(message: str) -> Mapping[str, Value]:
    """Return the values of a message; a plain string has none."""
    return message.values if isinstance(message, Message) else {}


def headline_of(template: str) -> str:
    """Return the first sentence of a template, without the full stop: what a list shows of the message."""
    return _SENTENCE_END.split(template, maxsplit=1)[0].removesuffix(".")


def in_english(value: Value) -> str:
    """Write a value as it stands in an English sentence: amounts like 1,250.00, days like 2026-11-02."""
    match value:
        case tuple():
            return ", ".join(map(in_english, value))
        case Decimal():
            return f"{value:,f}"
    return str(value)


def opening(message: str) -> str:
    """Return the message with which a message begins: "{reason} {detail}" begins with the sentences of its reason."""
    first = _OPENING.match(template_of(message))
    value = values_of(message).get(first[1]) if first else None
    return value if isinstance(value, Message) and value.template.endswith(".") else message
