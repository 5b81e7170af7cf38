"""The office's own words for states, kinds of finding and acts, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from keywright.cases import State
from keywright.fields import FieldSpec
from keywright.findings import Kind
from keywright.ledger import EVENTS
from keywright.records.models import LedgerEntry

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


def event_in_words(event: str) -> str:
    """Return what an entry of the ledger tells."""
    return capfirst(_(EVENTS[event]))


def title_of(spec: FieldSpec[Any]) -> str:
    """Return a field's title; titles that no translation knows stay as they are."""
    return capfirst(_(spec.title))


def told(entry: LedgerEntry, titles: Mapping[str, str]) -> list[str]:
    """Return what an entry tells beside its kind, a sentence a line; ``titles`` has the fields' titles by name."""
    tell = _TOLD.get(entry.event)
    return tell(entry.body, titles) if tell else []


Body = Mapping[str, Any]
Titles = Mapping[str, str]


def _referred(body: Body, _titles: Titles) -> list[str]:
    return [str(finding["message"]) for finding in body.get("findings", ())]


def _checked(body: Body, _titles: Titles) -> list[str]:
    return [str(message) for message in body.get("told", ())]


def _corrected(body: Body, titles: Titles) -> list[str]:
    title = titles.get(body["field"], body["field"])
    empty = _("nothing")
    old, new = body["old"] or empty, body["new"] or empty
    if old == new:
        return [_("%(field)s: %(value)s is confirmed") % {"field": title, "value": new}]
    return [_("%(field)s: %(old)s becomes %(new)s") % {"field": title, "old": old, "new": new}]


def _read(body: Body, _titles: Titles) -> list[str]:
    count = len(body.get("extraction", {}).get("fields", {}))
    return [ngettext("%(count)d field was read", "%(count)d fields were read", count) % {"count": count}]


def _one(*names: str) -> Callable[[Body, Titles], list[str]]:
    return lambda body, _titles: [" · ".join(str(body[name]) for name in names if body.get(name))]


_TOLD: dict[str, Callable[[Body, Titles], list[str]]] = {
    "case-opened": _one("file", "origin"),
    "document-repeated": _one("file", "origin"),
    "case-read": _read,
    "case-checked": _checked,
    "case-referred": _referred,
    "field-corrected": _corrected,
    "finding-accepted": _one("message"),
    "case-refused": _one("reason"),
    "keying-intended": _one("system", "identity"),
    "intent-withdrawn": _one("system", "identity"),
    "look-again-asked": _referred,
    "record-adopted": _one("system", "identity"),
    "case-keyed": _one("system", "number"),
    "case-put-back": _one("error"),
    "case-failed": _one("error"),
}
