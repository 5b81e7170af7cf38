"""Masks personal data that a setting names: in its field, and in every text that contains its value.

A masked value is written ``[masked 1f3a90c2]``. The eight characters are the same for the same value, and making them
needs the office's secret key, so that a change can be seen and checked but not guessed.
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
from keywright.message_text import with_french_marks
from keywright.messages import Message, Value, in_english
from keywright.model.fields import Extraction, Field
from keywright.model.serialization import extraction_from_json, write_value
from keywright.redaction import SHORTEST, pattern
from keywright.settings.settings import settings

_VOTES = ("votes", "rules", "learned", "profile")
_VALUE_KEYS = frozenset({"value", "text", "keyed", "typed", "shown", "old", "new", *_VOTES})
_DATES = ("%Y-%m-%d", "%m-%d-%Y", "%d-%m-%Y", "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%b %d, %Y")
_OPENING = "[masked "


@dataclass(frozen=True, slots=True)
class Mask:
    """The hidden values of one case: the names of fields, and every spelling of their values with its mask."""

    names: frozenset[str]
    key: bytes
    spellings: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.names)

    def value(self, text: str) -> str:
        """Return the mask of a value; an empty value has nothing to hide."""
        if not text:
            return text
        tag = hmac.new(self.key, " ".join(text.casefold().split()).encode(), hashlib.sha256).hexdigest()[:8]
        return f"{_OPENING}{tag}]"

    def text(self, text: str) -> str:
        """Return a text with masks instead of the values in it; values of up to three letters are not searched for."""
        for spelling, mask in self.spellings.items():
            if len(spelling) >= SHORTEST:
                text = pattern(spelling).sub(mask, text)
        return text

    def message(self, message: str) -> str:
        """Return a message with masked values that can still be translated; if that is impossible, its masked text."""
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

    def body(self, content: Any, *, hide: bool = False) -> Any:
        """Return a JSON value masked by the names of fields, and elsewhere by the spellings of the values."""
        match content:
            case str():
                return self._known(content) if hide else self.text(content)
            case dict():
                here = {content.get("name"), content.get("field")} & self.names or hide
                return {
                    name: self.body(value, hide=name in self.names or bool(here and name in _VALUE_KEYS))
                    for name, value in content.items()
                }
            case list() | tuple():
                return [self.body(value, hide=hide) for value in content]
        return content

    def _known(self, text: str) -> str:
        """Return the mask of another spelling of the same value, or the value's own mask."""
        masked = self.text(text)
        return masked if masked in self.spellings.values() else self.value(text)

    def extraction(self, extraction: Extraction) -> Extraction:
        """Return an extraction as seen by people who may not see personal data."""
        fields = {name: self._field(extracted) for name, extracted in extraction.fields.items()}
        findings = tuple(replace(finding, message=self.message(finding.message)) for finding in extraction.findings)
        lines = tuple(replace(line, description=self.text(line.description)) for line in extraction.lines)
        return replace(extraction, fields=fields, findings=findings, lines=lines)

    def _field(self, extracted: Field[Any]) -> Field[Any]:
        if extracted.name in self.names:
            votes = {reader: self._known(vote) for reader, vote in extracted.votes.items()}
            value, text = self.value(write_value(extracted.value)), self.value(extracted.text)
            return replace(extracted, value=value, text=text, votes=votes)
        if isinstance(extracted.value, str):
            votes = {reader: self.text(vote) for reader, vote in extracted.votes.items()}
            return replace(extracted, value=self.text(extracted.value), text=self.text(extracted.text), votes=votes)
        return extracted


def holds_mask(text: str) -> bool:
    """Return whether a masked value stands in a text."""
    return _OPENING in text


def mask_of(extraction: Extraction | None, names: Iterable[str] | None = None) -> Mask:
    """Return the mask for a case, from its extraction; ``names`` are the setting's if not given."""
    masked_names = frozenset(settings().masked_fields if names is None else names)
    key = hmac.new(settings().secret_key.encode(), b"masks", hashlib.sha256).digest()
    bare = Mask(masked_names, key)
    if not masked_names or extraction is None:
        return bare
    masks: dict[str, str] = {}
    for extracted in extraction.fields.values():
        if extracted.name in masked_names:
            masks |= {vote: bare.value(vote) for vote in extracted.votes.values() if vote}  # findings name them, too
            mask = bare.value(write_value(extracted.value))
            masks |= dict.fromkeys(spellings(extracted.value, extracted.text), mask)
    return replace(bare, spellings=dict(sorted(masks.items(), key=lambda pair: -len(pair[0]))))


def mask_of_json(extraction: Mapping[str, Any] | None) -> Mask:
    """Return the mask for a case, from its extraction as JSON."""
    if not settings().masked_fields or not extraction:
        return mask_of(None)
    return mask_of(extraction_from_json(dict(extraction)))


def spellings(value: object, text: str) -> set[str]:
    """Return the spellings that a value can have: as read, as we write it, and as target systems write it."""
    writings = {write_value(value), text.strip()}
    if isinstance(value, dt.date):
        writings |= {value.strftime(form) for form in _DATES}
    if isinstance(value, Decimal):
        english = (in_english(value), f"{value:,.2f}")
        writings |= {f"{value:.2f}", *english, *map(with_french_marks, english)}
    return {writing for writing in writings if writing}


def ensure_known(names: Iterable[str]) -> None:
    """Raise Stop if a masked field is not read by any bot: a misspelt one would be shown to all."""
    known = {name for bot in all_bots().values() for name in bot.reads.specs()} | {"bank_accounts"}
    if strange := sorted(set(names) - known):
        raise Stop(
            f"KEYWRIGHT_MASKED_FIELDS names {', '.join(strange)}, which no bot reads. "
            f"There are: {', '.join(sorted(known))}."
        )
