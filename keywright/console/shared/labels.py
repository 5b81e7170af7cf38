"""The texts for states, kinds of exception, sources and ledger entries, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from keywright.console.shared.ledger_text import DETAILS, LAYOUT_STATES
from keywright.database.models import LedgerEntry
from keywright.findings import Finding, Kind
from keywright.ledger.ledger import EVENTS
from keywright.message_text import french_amount, language_of, translated
from keywright.model.case import State
from keywright.model.fields import FieldSpec
from keywright.model.layout import LayoutState
from keywright.people import groups
from keywright.profiles.applying import PROFILE
from keywright.review.decisions import one_line
from keywright.vendors.seller_on_file import VENDOR_FILE

STATES = {
    State.RECEIVED: gettext_noop("received"),
    State.READ: gettext_noop("read"),
    State.CHECKED: gettext_noop("checked"),
    State.KEYING: gettext_noop("being posted"),
    State.KEYED: gettext_noop("posted"),
    State.REFERRED: gettext_noop("needs review"),
    State.REFUSED: gettext_noop("rejected"),
    State.FAILED: gettext_noop("failed, with IT"),
}

KINDS = {
    Kind.BUSINESS: gettext_noop("business rule"),
    Kind.READING: gettext_noop("unclear value"),
    Kind.DUPLICATE: gettext_noop("possible duplicate"),
    Kind.SYSTEM: gettext_noop("target system"),
    Kind.UNCERTAIN: gettext_noop("posting not confirmed"),
}


SOURCES = {
    "einvoice": gettext_noop("e-invoice data"),
    "acroform": gettext_noop("form field"),
    "text-layer": gettext_noop("PDF text"),
    PROFILE: gettext_noop("learned layout"),
    VENDOR_FILE: gettext_noop("vendor master"),
}
SCAN = gettext_noop("scan")
PERSON = "reviewer:"
"""What the source of a value begins with that a person typed."""


GROUPS = {
    groups.CLERK: gettext_noop("clerk"),
    groups.SUPERVISOR: gettext_noop("supervisor"),
    groups.IT: gettext_noop("IT"),
    groups.AUDITOR: gettext_noop("auditor"),
}


def group_in_words(name: str) -> str:
    """Return the label of a group that gives rights; departments keep their names."""
    return _(GROUPS[name]) if name in GROUPS else name


def state_in_words(state: str) -> str:
    """Return the label of a case's state."""
    return _(STATES[State(state)])


def layout_state_in_words(state: str) -> str:
    """Return the label of a layout's state."""
    return _(LAYOUT_STATES[LayoutState(state)])


def kind_in_words(kind: str) -> str:
    """Return the label of a kind of exception."""
    return _(KINDS[Kind(kind)])


def finding_in_words(finding: Finding) -> tuple[str, str]:
    """Return a finding's message in the reader's language, and the language that it is in."""
    return translated(finding.message), language_of(finding.message)


def source_in_words(source: str) -> str:
    """Return where a field's value comes from: a kind of print, or the person who typed it. Engines are not named."""
    if source.startswith(PERSON):
        return source.removeprefix(PERSON)
    return _(SOURCES.get(source, SCAN))


def event_in_words(event: str) -> str:
    """Return the label of a ledger event."""
    return capfirst(_(EVENTS[event]))


def title_of(spec: FieldSpec[Any]) -> str:
    """Return a field's title, translated if there is a translation."""
    return capfirst(_(spec.title))


def options_of(spec: FieldSpec[Any]) -> tuple[tuple[str, str], ...]:
    """Return the only values that a field takes, each with its title in the reader's language; () if it takes any."""
    return tuple((value, _(title)) for value, title in spec.kind.options)


def value_in_words(spec: FieldSpec[Any] | None, value: object) -> str:
    """Return a value as a person reads it: the title of an option, an amount as the reader's language writes it."""
    if isinstance(value, Decimal) and (get_language() or "").startswith("fr"):
        return french_amount(value)
    text = one_line(value)
    return dict(options_of(spec)).get(text, text) if spec else text


def details_of(entry: LedgerEntry, titles: Mapping[str, str]) -> list[str]:
    """Return the details of a ledger entry, a sentence a line; ``titles`` are the field titles by name."""
    details = DETAILS.get(entry.event)
    return [line for line in details(entry.body, titles) if line] if details else []
