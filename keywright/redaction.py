"""The texts that this process must not write down: passwords, and values that a setting masks."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

from keywright.plain_text import plain

SHORTEST = 4
"""The fewest letters of a text that is searched for inside others; shorter ones would be found everywhere."""

MASK = "[masked]"
_REMEMBERED = 2000

_lock = threading.Lock()
_secrets: dict[str, re.Pattern[str]] = {}
_values: dict[str, tuple[re.Pattern[str], str]] = {}
_shown_now: ContextVar[Mapping[str, str]] = ContextVar("shown_now", default=MappingProxyType({}))


def pattern(text: str) -> re.Pattern[str]:
    """Return a pattern that finds a text in any case and with any blanks, and a long number in any grouping.

    A number is long with seven digits or more: ``705-555-0142`` is found in ``(705) 555 0142`` too.
    """
    digits = re.sub(r"\D", "", text)
    if len(digits) >= 7 and not re.search(r"[^\W\d_]", text):
        inside = r"[\W_]{0,3}".join(digits)
    else:
        inside = r"\s+".join(re.escape(word) for word in text.split())
    return re.compile(rf"(?<!\w){inside}(?!\w)", re.IGNORECASE)


def keep_secret(password: str) -> None:
    """Remember a password of this process, so that no log and no ledger entry contains it."""
    if len(password) >= SHORTEST:
        with _lock:
            _secrets[password] = re.compile(re.escape(password))


@contextmanager
def masking(spellings: Mapping[str, str]) -> Iterator[None]:
    """Mask texts, each with its mask, in the pictures made in this block, and from now on in this process's logs."""
    with _lock:
        for text, mask in spellings.items():
            if len(text) >= SHORTEST:
                _values[text] = (pattern(text), mask)
        while len(_values) > _REMEMBERED:
            _values.pop(next(iter(_values)))
    before = _shown_now.set(spellings)
    try:
        yield
    finally:
        _shown_now.reset(before)


def masked_now() -> tuple[str, ...]:
    """Return the texts that a picture made now must not show."""
    return tuple(text for text in _shown_now.get() if text.strip())


def without_secrets(content: Any) -> Any:
    """Return a JSON value with every password of this process masked."""
    if not _secrets:
        return content
    match content:
        case str():
            return _scrubbed(content, [(secret, MASK) for secret in tuple(_secrets.values())])
        case dict():
            return {name: without_secrets(value) for name, value in content.items()}
        case list() | tuple():
            return [without_secrets(value) for value in content]
    return content


def scrubbed(text: str) -> str:
    """Return a text for a log: without the passwords and the masked values that this process knows."""
    with _lock:
        known = [(secret, MASK) for secret in _secrets.values()] + list(_values.values())
    return _scrubbed(text, known)


def _scrubbed(text: str, known: list[tuple[re.Pattern[str], str]]) -> str:
    for known_text, mask in known:
        text = known_text.sub(lambda _, mask=mask: mask, text)  # type: ignore[misc]  # the mask is a plain text
    return text


def guard_logs() -> None:
    """Scrub every log record of this process when it is made, before any handler sees it.

    Characters that could control a terminal are written out here too: not every handler prints through our terminal
    module.
    """
    before = logging.getLogRecordFactory()
    if getattr(before, "scrubs", False):
        return

    def made(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = before(*args, **kwargs)
        _scrub(record)
        return record

    made.scrubs = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(made)


def _scrub(record: logging.LogRecord) -> None:
    try:
        message = record.getMessage()
    except (TypeError, ValueError):  # logging itself will say that the call is wrong
        return
    if (safe := plain(scrubbed(message))) != message:
        record.msg, record.args = safe, ()
    if record.exc_info and not record.exc_text:
        record.exc_text = plain(scrubbed(logging.Formatter().formatException(record.exc_info)))
