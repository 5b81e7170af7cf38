"""Reads the texts of the queue's further filters: a vendor's name, an amount, a day or a number of days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from keywright.cases.summary import LARGEST
from keywright.model.fields import bare
from keywright.model.values.printed_amounts import amounts_meant
from keywright.typed_values import typed_amount, typed_date

LONGEST = 100
"""The most characters of a vendor's name or a search that are used."""
OLDEST = 9999
"""The most days of waiting that a filter takes."""
TYPED = ("vendor", "amount_from", "amount_to", "due_until", "days")
"""The filters with a typed text, by their names in the address."""


def typed(query: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values of the filters in an address, and for each invalid one a sentence in the reader's language.

    Values are a ``str``, a ``Decimal``, a ``date`` or an ``int`` (days); empty filters are in neither.
    """
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for name, parse in _READ.items():
        if text := one_line(query.get(name, "")):
            try:
                values[name] = parse(text)
            except ValueError as why:
                faults[name] = str(why)
    if "amount_from" in values and "amount_to" in values and values["amount_to"] < values["amount_from"]:
        del values["amount_to"]
        faults["amount_to"] = _("This is less than the “from” amount.")
    return values, faults


def one_line(text: str) -> str:
    """Return a typed search text in one line."""
    return " ".join(text.replace("\x00", "").split())[:LONGEST]


def _vendor(text: str) -> str:
    if not bare(text):
        raise ValueError(_("Type letters or digits of the vendor's name."))
    return text


def _amount(text: str) -> Any:
    """Return an amount in whole cents; three digits after a comma are thousands here."""
    meanings = amounts_meant(text)
    if len(meanings) > 1 and "," not in text:
        return typed_amount(text)
    value = meanings[0] if meanings else LARGEST
    if abs(value) >= LARGEST or round(value, 2) != value:
        raise ValueError(_("Write an amount like 1250.00."))
    return value


def _days(text: str) -> int:
    if not (text.isdecimal() and text.isascii() and len(text) < 10 and int(text) <= OLDEST):
        raise ValueError(_("Write a number of days, like 3."))
    return int(text)


_READ: dict[str, Callable[[str], Any]] = {
    "vendor": _vendor,
    "amount_from": _amount,
    "amount_to": _amount,
    "due_until": typed_date,
    "days": _days,
}
