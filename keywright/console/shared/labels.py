"""The office's own words for states, kinds of finding and acts, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from keywright.console.shared.ledger_text import TOLD
from keywright.database.models import LedgerEntry
from keywright.findings import Finding, Kind
from keywright.ledger.ledger import EVENTS
from keywright.message_text import language_of, translated
from keywright.model.case import State
from keywright.model.fields import FieldSpec

STATES = {
    State.RECEIVED: gettext_noop("received"),
    State.READ: gettext_noop("read"),
    State.CHECKED: gettext_noop("checked"),
    State.KEYING: gettext_noop("being keyed"),
    State.KEYED: gettext_noop("keyed"),
    State.REFERRED: gettext_noop("referred to a person"),
    State.REFUSED: gettext_noop("refused"),
    State.FAILED: gettext_noop("failed, IT has it"),
}

KINDS = {
    Kind.BUSINESS: gettext_noop("business rule"),
    Kind.READING: gettext_noop("reading doubt"),
    Kind.DUPLICATE: gettext_noop("possible duplicate"),
    Kind.SYSTEM: gettext_noop("target system"),
    Kind.UNCERTAIN: gettext_noop("uncertain keying"),
}


def state_in_words(state: str) -> str:
    """Return how far a case has come."""
    return _(STATES[State(state)])


def kind_in_words(kind: str) -> str:
    """Return what a finding is about."""
    return _(KINDS[Kind(kind)])


def finding_in_words(finding: Finding) -> tuple[str, str]:
    """Return a finding's message in the reader's language, and the language that it is in."""
    return translated(finding.message), language_of(finding.message)


def event_in_words(event: str) -> str:
    """Return what an entry of the ledger tells."""
    return capfirst(_(EVENTS[event]))


def title_of(spec: FieldSpec[Any]) -> str:
    """Return a field's title; titles that no translation knows stay as they are."""
    return capfirst(_(spec.title))


def told(entry: LedgerEntry, titles: Mapping[str, str]) -> list[str]:
    """Return what an entry tells beside its kind, a sentence a line; ``titles`` has the fields' titles by name."""
    tell = TOLD.get(entry.event)
    return [line for line in tell(entry.body, titles) if line] if tell else []
