"""Writes a message in the reader's language: its template translated, its values as that language writes them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keywright.messages import (
    Message,
    Value,
    filled,
    headline_of,
    holes_of,
    in_english,
    opening,
    template_of,
    values_of,
)

ENGLISH = "en"


def translated(message: str) -> str:
    """Return a message in the reader's language; all of it in English if there is no translation of it."""
    return filled(_translation(message), values_of(message), _writer(message))


def translated_headline(message: str) -> str:
    """Return the first sentence of a message in the reader's language, without the full stop."""
    whole = opening(message)
    return filled(headline_of(_translation(whole)), values_of(whole), _writer(whole))


def language_of(message: str) -> str:
    """Return the code of the language in which ``translated`` writes a message: the reader's, or English."""
    template = template_of(message)
    return (get_language() or ENGLISH) if _translation(message) != template else ENGLISH


def _writer(message: str) -> Callable[[Value], str]:
    """Return how the values of a message are written: in English where its words have no translation.

    A template of the version before may have none, and half a sentence in each language is none at all.
    """
    template = template_of(message)
    has_words = any(letter.isalpha() for letter in filled(template, dict.fromkeys(holes_of(template), ""), str))
    return in_english if has_words and _translation(message) == template else _written


def _translation(message: str) -> str:
    template = template_of(message)
    return _(template) if template else ""


def _written(value: Value) -> str:
    match value:
        case Message():
            return translated(value)
        case tuple():
            return ", ".join(map(_written, value))
        case Decimal() if (get_language() or ENGLISH).startswith("fr"):
            return french_amount(value)
    return in_english(value)


def french_amount(amount: Decimal) -> str:
    """Return a number as French writes it: ``1 250,00``, with a blank that does not break between the thousands."""
    return with_french_marks(in_english(amount))


def with_french_marks(amount: str) -> str:
    """Return an amount that is written in English, ``1,250.00``, with the marks of French."""
    return amount.translate({ord(","): "\u00a0", ord("."): ","})
