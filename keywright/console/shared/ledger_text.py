"""The details of ledger entries as sentences in the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from keywright.ledger.ledger import EVENTS
from keywright.message_text import translated
from keywright.model.layout import LayoutState
from keywright.model.serialization import message_from_json

Body = Mapping[str, Any]
Titles = Mapping[str, str]
Describe = Callable[[Body, Titles], list[str]]

LAYOUT_STATES = {
    LayoutState.UNKNOWN: gettext_noop("new"),
    LayoutState.LEARNING: gettext_noop("learning"),
    LayoutState.TRUSTED: gettext_noop("trusted"),
}


def _referred(body: Body, _titles: Titles) -> list[str]:
    return [translated(message_from_json(dict(finding))) for finding in body.get("findings", ())]


def _checked(body: Body, _titles: Titles) -> list[str]:
    return [translated(message_from_json(dict(remark))) for remark in body.get("remarks", ())] or [
        str(message) for message in body.get("told", ())
    ]


def _accepted(body: Body, _titles: Titles) -> list[str]:
    return [translated(message_from_json(dict(body)))] if body.get("message") else []


def _corrected(body: Body, titles: Titles) -> list[str]:
    title = titles.get(body["field"], body["field"])
    empty = _("(empty)")
    old, new = body["old"] or empty, body["new"] or empty
    if old == new:
        return [_("%(field)s: %(value)s confirmed") % {"field": title, "value": new}]
    return [_("%(field)s: changed from %(old)s to %(new)s") % {"field": title, "old": old, "new": new}]


def _read(body: Body, _titles: Titles) -> list[str]:
    count = len(body.get("extraction", {}).get("fields", {}))
    return [ngettext("%(count)d field was read", "%(count)d fields were read", count) % {"count": count}]


def _handed(body: Body, _titles: Titles) -> list[str]:
    to = [_("to %(who)s") % {"who": body["to"]}] if body.get("to") else []
    return [*to, *([str(body["why"])] if body.get("why") else [])]


def _parked(body: Body, _titles: Titles) -> list[str]:
    until = [_("until %(day)s") % {"day": _day(str(body["until"]))}] if body.get("until") else []
    return [*until, *([str(body["why"])] if body.get("why") else [])]


def _split(body: Body, _titles: Titles) -> list[str]:
    pages = ", ".join(f"{first}-{last}" if first != last else str(first) for first, last in body.get("pages", ()))
    cases = ", ".join(str(number) for number in body.get("cases", ()))
    lines = [_("pages %(pages)s") % {"pages": pages}]
    return [*lines, *([_("new cases: %(cases)s") % {"cases": cases}] if cases else [])]


def _refused(body: Body, _titles: Titles) -> list[str]:
    """Return the reason for a rejection in the reader's language, and the person's own words."""
    words = {
        "not-an-invoice": _("Wrong kind of document."),
        "not-ours": _("Not addressed to us."),
        "duplicate": _("Duplicate of case %(number)s.") % {"number": body.get("duplicate_of", "")},
        "illegible": _("Illegible."),
        "sent-back": _("Returned to sender."),
    }
    if body.get("code") not in words:
        return [str(body.get("reason", ""))]
    return [words[str(body["code"])], str(body.get("words", ""))]


def _away(body: Body, _titles: Titles) -> list[str]:
    values = {name: str(body.get(name, "")) for name in ("person", "deputy")}
    values |= {name: _day(str(body.get(name, ""))) for name in ("since", "until")}
    return [_("%(person)s, from %(since)s to %(until)s; substitute: %(deputy)s") % values]


def _verified(body: Body, _titles: Titles) -> list[str]:
    if body.get("fault"):
        return [str(body["fault"])]
    n = int(body.get("entries", 0))
    return [ngettext("%(n)d entry verified.", "All %(n)d entries verified.", n) % {"n": n}]


def _undone(body: Body, _titles: Titles) -> list[str]:
    return [_(EVENTS[body["decision"]])] if body.get("decision") in EVENTS else []


def _groups(body: Body, _titles: Titles) -> list[str]:
    """Return whose groups changed, or which department's bots, and the names before and after."""
    whose, empty = str(body.get("person") or body.get("group") or ""), _("(empty)")
    old, new = (", ".join(map(str, body.get(name) or ())) or empty for name in ("old", "new"))
    return [_("%(field)s: changed from %(old)s to %(new)s") % {"field": whose, "old": old, "new": new}] if whose else []


def _recipients(body: Body, _titles: Titles) -> list[str]:
    return [_("to %(who)s") % {"who": ", ".join(map(str, body["to"]))}] if body.get("to") else []


def _confirmed(body: Body, titles: Titles) -> list[str]:
    names = [titles.get(name, name) for name in map(str, body.get("corrected", ()))]
    words = _("corrected: %(fields)s") % {"fields": ", ".join(names)} if names else _("nothing corrected")
    return [_layout(body), words]


def _learned(body: Body, _titles: Titles) -> list[str]:
    gained, lost = (len({str(spot) for spot in body.get(name, ())}) for name in ("gained", "lost"))
    found = ngettext("%(n)d value read right that was not", "%(n)d values read right that were not", gained)
    missed = ngettext("%(n)d right value would be lost", "%(n)d right values would be lost", lost)
    known = [words % {"n": n} for words, n in ((found, gained), (missed, lost)) if n]
    return [" · ".join((_layout(body), _("version %(number)s") % {"number": body.get("version", "")}, *known))]


def _layout_state(body: Body, _titles: Titles) -> list[str]:
    if not {"from", "to"} <= body.keys():
        return [_layout(body)]
    old, new = (_(LAYOUT_STATES[LayoutState(str(body[name]))]) for name in ("from", "to"))
    return [_("%(field)s: changed from %(old)s to %(new)s") % {"field": _layout(body), "old": old, "new": new}]


def _layout_version(body: Body, _titles: Titles) -> list[str]:
    return [f"{_layout(body)} · {_('version %(number)s') % {'number': body.get('version', '')}}"]


def _layout_only(body: Body, _titles: Titles) -> list[str]:
    return [_layout(body)]


def _layout(body: Body) -> str:
    return _("layout %(number)s") % {"number": body.get("layout", "")}


def _day(written: str) -> str:
    try:
        return f"{timezone.localtime(dt.datetime.fromisoformat(written)):%Y-%m-%d}"
    except ValueError:
        return written


def _one(*names: str) -> Describe:
    return lambda body, _titles: [" · ".join(str(body[name]) for name in names if body.get(name))]


DETAILS: dict[str, Describe] = {
    "case-opened": _one("file", "origin"),
    "document-repeated": _one("file", "origin"),
    "case-read": _read,
    "case-checked": _checked,
    "case-referred": _referred,
    "field-corrected": _corrected,
    "finding-accepted": _accepted,
    "case-refused": _refused,
    "case-sent-back": _one("to", "subject"),
    "case-split": _split,
    "case-closed-by-word": _one("system", "number"),
    "absence-set": _away,
    "absence-ended": _away,
    "message-sent": _one("to"),
    "case-handed-over": _handed,
    "case-escalated": _handed,
    "case-parked": _parked,
    "comment-added": _one("text"),
    "decision-undone": _undone,
    "record-named": _one("number"),
    "keying-intended": _one("system", "identity"),
    "intent-withdrawn": _one("system", "identity"),
    "look-again-asked": _referred,
    "looked-by-itself": _one("seen"),
    "record-adopted": _one("system", "identity"),
    "case-keyed": _one("system", "number"),
    "case-put-back": _one("error"),
    "case-failed": _one("error"),
    "bot-stopped": _one("words"),
    "vendor-added": _one("number", "name"),
    "vendor-changed": _one("number"),
    "vendor-account-confirmed": _one("vendor"),
    "vendor-account-withdrawn": _one("vendor"),
    "person-added": _one("person"),
    "person-barred": _one("person"),
    "person-readmitted": _one("person"),
    "person-confirmed": _one("person"),
    "password-given": _one("person"),
    "second-factor-added": _one("person", "factor"),
    "second-factor-removed": _one("person", "factor"),
    "sessions-ended": _one("person"),
    "lockout-lifted": _one("person"),
    "groups-changed": _groups,
    "department-set": _groups,
    "reminder-given": _recipients,
    "overdue-escalated": _recipients,
    "token-made": _one("name", "person"),
    "token-revoked": _one("name", "person"),
    "token-used": _one("name", "act"),
    "signed-in": _one("from"),
    "sign-in-refused": _one("from"),
    "layout-confirmed": _confirmed,
    "layout-unconfirmed": _layout_only,
    "layout-learned": _learned,
    "layout-state": _layout_state,
    "layout-asked-again": _layout_only,
    "layout-version-taken": _layout_version,
    "layout-rolled-back": _layout_version,
    "layout-imported": _layout_only,
    "layout-exported": _layout_version,
    "ledger-exported": _one("kind"),
    "ledger-verified": _verified,
}
"""How the details of each event are written; other events have none."""
