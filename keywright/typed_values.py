"""Reads what a person types into a field, in any printed notation, English or French; ambiguous values are refused."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from keywright.model.fields import AMOUNT, DATE, Extraction, Field, ValueKind
from keywright.model.serialization import write_value
from keywright.model.tax_breakdown import BREAKDOWN
from keywright.model.values.printed_amounts import amounts_meant, decimal_sign
from keywright.model.values.written_dates import dates_of, day_stands_first

T = TypeVar("T")

SHOWN = 60
"""The most characters of a typed text that an error message shows."""

_TWO_FIGURES_FIRST = re.compile(r"(\d\d)\s?[-/. ]\s?(\d\d)\s?[-/. ]\s?(\d\d)", re.ASCII)


class NotAValue(Exception):
    """The texts of some fields are invalid; ``faults`` has a sentence for each field's name."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {fault}" for name, fault in faults.items()))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Habits:
    """A document's notation: its decimal sign, "" if it shows none, and whether the day comes first in dates."""

    decimal: str = ""
    day_first: bool | None = None


UNKNOWN = Habits()
"""The notation of a document that shows none."""


def habits_of(extraction: Extraction) -> Habits:
    """Return a document's notation of numbers and dates, from what is printed on it.

    A date shows the order of day and month only if it cannot mean another day.
    """
    fields = [field for field in extraction.fields.values() if _is_print(field)]
    amounts = [field.text for field in fields if isinstance(field.value, Decimal)]
    dates = [field.text for field in fields if isinstance(field.value, dt.date)]
    orders = {first for text in dates if (first := day_stands_first(text)) is not None}
    return Habits(decimal_sign(amounts), orders.pop() if len(orders) == 1 else None)


def _is_print(field: Field[Any]) -> bool:
    """Return True if a field's text is printed: typed texts, and XML, show no notation."""
    return field.box is not None and not field.source.startswith("reviewer:") and field.source != "einvoice"


def typed_value(kind: ValueKind[T], text: str, habits: Habits = UNKNOWN) -> T:
    """Return the value that a person typed.

    Raises ValueError, with a sentence in the reader's language, for an invalid or an ambiguous text.
    """
    value: Any
    if kind is AMOUNT:
        value = typed_amount(text, habits.decimal)
    elif kind is DATE:
        value = typed_date(text, habits.day_first)
    else:
        try:
            value = kind.parse(text)
        except ValueError:
            raise ValueError(_no_such(kind, text)) from None
    return value  # type: ignore[no-any-return]  # of the requested kind


def confirmed_or_typed(field: Field[Any] | None, kind: ValueKind[Any], text: str, habits: Habits) -> Any:
    """Return the current value of a field if the text equals it, otherwise the typed value.

    Raises the errors of ``typed_value``.
    """
    if field is not None and " ".join(text.split()) == " ".join(write_value(field.value).split()):
        return field.value
    return typed_value(kind, text, habits)


def typed_amount(text: str, decimal: str = "") -> Decimal:
    """Return the typed amount; ``decimal`` is the document's decimal sign. Raises ValueError."""
    meanings = amounts_meant(text, decimal)
    if not meanings:
        words = _("“%(text)s” is not an amount. Write it like 1250.00, or as it is printed.")
        raise ValueError(words % {"text": text[:SHOWN]})
    if len(meanings) > 1:
        thousands, decimals = meanings
        words = _("“%(text)s” could be %(thousands)s or %(decimals)s. Write %(thousands)s.00 or %(decimals)s0.")
        raise ValueError(words % {"text": text[:SHOWN], "thousands": thousands, "decimals": decimals})
    return meanings[0]


def typed_date(text: str, day_first: bool | None = None) -> dt.date:
    """Return the typed day; ``day_first`` is the order in the document's dates. Raises ValueError."""
    meanings = days_meant(text, day_first)
    if not meanings:
        words = _("“%(text)s” is not a date. Write it like 2026-11-02, or as it is printed.")
        raise ValueError(words % {"text": text[:SHOWN]})
    if len(meanings) > 1:
        days = [date_format(day, "DATE_FORMAT") for day in meanings[:2]]
        words = _("“%(text)s” could be %(one)s or %(other)s. Write %(first)s or %(second)s.")
        first, second = (day.isoformat() for day in meanings[:2])
        values = {"text": text[:SHOWN], "one": days[0], "other": days[1], "first": first, "second": second}
        raise ValueError(words % values)
    return meanings[0]


def days_meant(text: str, day_first: bool | None = None) -> tuple[dt.date, ...]:
    """Return the days that a typed date can mean; a year of two digits can be the first or the last number."""
    if len(text) > SHOWN:
        return ()
    meanings = dates_of(text)
    figures = _TWO_FIGURES_FIRST.fullmatch(text.strip())
    if figures and day_first is None:
        meanings = (*meanings, *dates_of(f"20{figures[1]}-{figures[2]}-{figures[3]}"))
    if day_first is not None and len(meanings) == 2:
        return (meanings[1 if day_first else 0],)
    return tuple(dict.fromkeys(meanings))


def _no_such(kind: ValueKind[Any], text: str) -> str:
    if kind is BREAKDOWN:
        words = _("“%(text)s” is not a tax share. Write it like 13 %% of 100.00 = 13.00.")
        return words % {"text": text[:SHOWN]}
    if not text.strip():
        return _("Type a value.")
    return _("“%(text)s” is not valid here.") % {"text": text[:SHOWN]}
