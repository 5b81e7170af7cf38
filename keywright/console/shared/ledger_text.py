"""What each entry of the ledger tells beside its event, a sentence a line, in the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from keywright.message_text import translated
from keywright.model.serialization import message_from_json

Body = Mapping[str, Any]
Titles = Mapping[str, str]
Teller = Callable[[Body, Titles], list[str]]


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
    empty = _("nothing")
    old, new = body["old"] or empty, body["new"] or empty
    if old == new:
        return [_("%(field)s: %(value)s is confirmed") % {"field": title, "value": new}]
    return [_("%(field)s: %(old)s becomes %(new)s") % {"field": title, "old": old, "new": new}]


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
    cases = ", ".join(str(one) for one in body.get("cases", ()))
    told = [_("pages %(pages)s") % {"pages": pages}]
    return [*told, *([_("new cases: %(cases)s") % {"cases": cases}] if cases else [])]


def _refused(body: Body, _titles: Titles) -> list[str]:
    """Tell a reason from the list in the reader's language, and what the person wrote beside it."""
    words = {
        "not-an-invoice": _("Not the kind of document that is keyed here."),
        "not-ours": _("Not ours."),
        "duplicate": _("Duplicate of case %(number)s.") % {"number": body.get("duplicate_of", "")},
        "illegible": _("Illegible."),
        "sent-back": _("Sent back to its sender."),
    }
    if body.get("code") not in words:
        return [str(body.get("reason", ""))]
    return [words[str(body["code"])], str(body.get("words", ""))]


def _away(body: Body, _titles: Titles) -> list[str]:
    told = {name: str(body.get(name, "")) for name in ("person", "deputy")}
    told |= {name: _day(str(body.get(name, ""))) for name in ("since", "until")}
    return [_("%(person)s, from %(since)s to %(until)s; %(deputy)s does the work") % told]


def _verified(body: Body, _titles: Titles) -> list[str]:
    if body.get("fault"):
        return [str(body["fault"])]
    n = int(body.get("entries", 0))
    return [ngettext("%(n)d entry fits.", "All %(n)d entries fit.", n) % {"n": n}]


def _day(written: str) -> str:
    try:
        return f"{timezone.localtime(dt.datetime.fromisoformat(written)):%Y-%m-%d}"
    except ValueError:
        return written


def _one(*names: str) -> Teller:
    return lambda body, _titles: [" · ".join(str(body[name]) for name in names if body.get(name))]


TOLD: dict[str, Teller] = {
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
    "decision-undone": _one("decision"),
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
    "signed-in": _one("from"),
    "sign-in-refused": _one("from"),
    "ledger-exported": _one("kind"),
    "ledger-verified": _verified,
}
"""How the entries of an event are told; those of another event tell nothing beside it."""
