"""Masks personal data that a setting names: by the name of its field, and wherever its value stands in other words.

A masked value is written ``[masked 1f3a90c2]``. The eight letters are the same for the same value, and only who has the
office's secret key can make them, so that a change can be seen and checked but not guessed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from keywright.bot import all_bots
from keywright.errors import Stop
from keywright.message_text import french_amount
from keywright.messages import Message, Value, in_english
from keywright.model.fields import Extraction, Field
from keywright.model.serialization import extraction_from_json, write_value
from keywright.redaction import SHORTEST, pattern
from keywright.settings.settings import settings

_TOLD_OF_A_VALUE = frozenset({"value", "text", "keyed", "typed", "shown", "old", "new"})
_DATES = ("%Y-%m-%d", "%m-%d-%Y", "%d-%m-%Y", "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%b %d, %Y")


@dataclass(frozen=True, slots=True)
class Mask:
    """What is hidden of one case: the names of fields, and every spelling of their values with its mask."""

    names: frozenset[str]
    key: bytes
    spellings: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.names)

    def value(self, text: str) -> str:
        """Return the mask of a value; of one that is empty there is nothing to hide."""
        if not text:
            return text
        tag = hmac.new(self.key, " ".join(text.casefold().split()).encode(), hashlib.sha256).hexdigest()[:8]
        return f"[masked {tag}]"

    def text(self, text: str) -> str:
        """Return a text with the masks in the place of the values in it; values of three letters are not looked for."""
        for spelling, mask in self.spellings.items():
            if len(spelling) >= SHORTEST:
                text = pattern(spelling).sub(mask, text)
        return text

    def message(self, message: str) -> str:
        """Return a message with its values masked, so that it can still be translated; else as ``text`` does."""
        if not self or not isinstance(message, Message) or self.text(message.template) != message.template:
            return self.text(message)
        masked = Message(message.template, **{name: self._shown(value) for name, value in message.values.items()})
        return masked if self.text(masked) == masked else self.text(message)

    def _shown(self, value: Value) -> Value:
        match value:
            case Message():
                return self.message(value)
            case tuple():
                return tuple(map(self._shown, value))
        written = write_value(value) if isinstance(value, Decimal) else in_english(value)
        masked = self.text(written)
        return value if masked == written else masked

    def body(self, told: Any, *, hide: bool = False) -> Any:
        """Return what is told, as JSON has it: masked by the names of fields, and elsewhere by the values' spelling."""
        match told:
            case str():
                return self._known(told) if hide else self.text(told)
            case dict():
                here = {told.get("name"), told.get("field")} & self.names or hide
                return {
                    name: self.body(value, hide=name in self.names or bool(here and name in _TOLD_OF_A_VALUE))
                    for name, value in told.items()
                }
            case list() | tuple():
                return [self.body(value, hide=hide) for value in told]
        return told

    def _known(self, text: str) -> str:
        """Return the mask under which a value is known already in another spelling, or its own."""
        masked = self.text(text)
        return masked if masked in self.spellings.values() else self.value(text)

    def extraction(self, extraction: Extraction) -> Extraction:
        """Return an extraction as somebody sees it who may not see personal data."""
        fields = {name: self._field(one) for name, one in extraction.fields.items()}
        findings = tuple(replace(one, message=self.message(one.message)) for one in extraction.findings)
        lines = tuple(replace(line, description=self.text(line.description)) for line in extraction.lines)
        return replace(extraction, fields=fields, findings=findings, lines=lines)

    def _field(self, one: Field[Any]) -> Field[Any]:
        if one.name in self.names:
            return replace(one, value=self.value(write_value(one.value)), text=self.value(one.text))
        if isinstance(one.value, str):
            return replace(one, value=self.text(one.value), text=self.text(one.text))
        return one


def mask_of(extraction: Extraction | None, names: Iterable[str] | None = None) -> Mask:
    """Return the mask for a case, from what was read on its document; ``names`` are the setting's if not given."""
    named = frozenset(settings().masked_fields if names is None else names)
    key = hmac.new(settings().secret_key.encode(), b"masks", hashlib.sha256).digest()
    bare = Mask(named, key)
    if not named or extraction is None:
        return bare
    found: dict[str, str] = {}
    for one in extraction.fields.values():
        if one.name in named:
            mask = bare.value(write_value(one.value))
            found |= dict.fromkeys(spellings(one.value, one.text), mask)
    return replace(bare, spellings=dict(sorted(found.items(), key=lambda pair: -len(pair[0]))))


def mask_of_json(extraction: Mapping[str, Any] | None) -> Mask:
    """Return the mask for a case, from its extraction as it is written down."""
    if not settings().masked_fields or not extraction:
        return mask_of(None)
    return mask_of(extraction_from_json(dict(extraction)))


def spellings(value: object, text: str) -> set[str]:
    """Return the ways in which a value may be written: as read, as we write it, and as target systems write such."""
    found = {write_value(value), text.strip()}
    if isinstance(value, dt.date):
        found |= {value.strftime(form) for form in _DATES}
    if isinstance(value, Decimal):
        found |= {f"{value:.2f}", f"{value:,.2f}", in_english(value), french_amount(value)}
    return {one for one in found if one}


def ensure_known(names: Iterable[str]) -> None:
    """Raise Stop if a masked field is none that a bot reads: misspelt, it would be shown to everybody."""
    known = {name for bot in all_bots().values() for name in bot.reads.specs()} | {"bank_accounts"}
    if strange := sorted(set(names) - known):
        raise Stop(
            f"KEYWRIGHT_MASKED_FIELDS names {', '.join(strange)}, which no bot reads. "
            f"There are: {', '.join(sorted(known))}."
        )
