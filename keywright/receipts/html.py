"""Writes a receipt as one self-contained page of HTML: its pictures are in it, and it runs no script."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine, Template
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from keywright.bot import AnyBot
from keywright.ledger.ledger import EVENTS
from keywright.message_text import language_of, translated
from keywright.model.fields import Field
from keywright.model.serialization import message_from_json, write_value
from keywright.model.target_system import Shown
from keywright.receipts.audit_trail import AuditTrail, FieldTrail, LedgerAct, LineTrail, PostingDoubt
from keywright.settings.settings import settings
from keywright.settings.version import run_id, version

SOURCES = {
    "einvoice": gettext_noop("the XML of the e-invoice"),
    "acroform": gettext_noop("a form field of the PDF"),
    "text-layer": gettext_noop("the text of the PDF"),
}
SCAN = gettext_noop("the scanned page, by text recognition")
PERSON = "reviewer:"
_DETAILS = ("file", "origin", "system", "number", "identity", "message", "reason", "error")


@dataclass(frozen=True, slots=True)
class ReceiptCrop:
    """The piece of a page on which a value is printed, as PNG, with its size in points."""

    page: int
    png: bytes
    width: float
    height: float

    @property
    def address(self) -> str:
        """Return the picture as a data address."""
        return _data(self.png)


@dataclass(frozen=True, slots=True)
class Pictures:
    """The pictures of a receipt: crops by field name or ``lines[1]``, and the record as its system shows it."""

    crops: Mapping[str, ReceiptCrop]
    record: bytes


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """One line of a table of values:

    its print, its value, who read and changed it, the checks, and the record's values.
    """

    title: str
    crop: ReceiptCrop | None
    alt: str
    absent: str  #: why there is no crop
    value: str
    read: tuple[str, ...]
    checks: tuple[tuple[str, str], ...]  #: sentences, each with the language it is in
    values: tuple[Shown, ...]
    instead: str  #: the text in the place of missing values

    @property
    def span(self) -> int:
        """Return how many table rows this takes if each value has its own row below the picture."""
        return 1 + len(self.values)


def write_page(trail: AuditTrail, bot: AnyBot | None, pictures: Pictures, language: str) -> bytes:
    """Return the receipt in a language, as UTF-8; the same audit trail and pictures give the same bytes."""
    with translation.override(language):
        titles = {name: capfirst(_(spec.title)) for name, spec in bot.reads.specs().items()} if bot else {}
        context = {
            "language": language,
            "trail": trail,
            "bot": _(bot.title) if bot else trail.bot,
            "facts": list(_facts(trail, bot)),
            "rows": [_row(entry, titles, pictures) for entry in trail.fields],
            "lines": [_line(entry, titles, pictures) for entry in trail.lines],
            "others": [_titled(entry, titles) for entry in trail.other_values],
            "remarks": [(_doubt(entry), language_of(entry.message), _settled(entry)) for entry in trail.remarks],
            "record": _data(pictures.record) if pictures.record else "",
            "acts": [(entry, when(entry.at), _event(entry), _details(entry)) for entry in trail.acts],
            "masked": ", ".join(titles.get(name, name) for name in sorted(trail.mask.names)),
        }
        return _template().render(Context(context, use_l10n=False)).encode()


def when(at: dt.datetime) -> str:
    """Return a time in the town's time zone, and in UTC."""
    town, utc = at.astimezone(settings().zone), at.astimezone(dt.UTC)
    return f"{town:%Y-%m-%d %H:%M:%S %Z} ({utc:%Y-%m-%d %H:%M:%S} UTC)"


@cache
def _template() -> Template:
    folder = Path(__file__).with_name("templates")
    engine = Engine(dirs=[str(folder)], builtins=["django.templatetags.i18n"])
    return engine.get_template("receipt.html")


def _data(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _facts(trail: AuditTrail, bot: AnyBot | None) -> Iterator[tuple[str, str]]:
    """Yield the facts about the whole case, each with its name."""
    document = trail.document
    yield _("Case"), str(trail.case)
    yield _("Document"), document.file_name
    yield _("SHA-256 of the document"), document.sha256
    yield _("Kind and size"), _("%(kind)s, %(size)d bytes") % {"kind": document.media_type, "size": document.size}
    yield _("Received"), when(document.received_at)
    yield _("Received from"), document.origin
    yield _("Read as"), bot.reads.name if bot else trail.bot
    yield _("Bot"), f"{trail.bot} · Keywright {trail.keyed.body.get('version') or version()}"
    yield _("Posted by"), trail.keyed.actor
    yield _("Run"), str(trail.keyed.body.get("run") or run_id())
    yield _("Target system"), trail.system
    yield _("Record"), trail.number
    yield _("Identity of the record"), trail.identity
    yield _("Posted"), _("%(count)d times") % {"count": trail.posts} if trail.posts != 1 else _("once")
    yield _("Opened again and compared"), when(trail.seen_at)
    entries = {"first": trail.acts[0].number, "last": trail.keyed.number}
    yield _("Ledger"), _("entries %(first)d to %(last)d") % entries
    yield _("Hash of the last entry"), trail.keyed.hash


def _row(field_trail: FieldTrail, titles: Mapping[str, str], pictures: Pictures) -> ReceiptRow:
    title = titles.get(field_trail.name, field_trail.name)
    crop = pictures.crops.get(field_trail.name)
    values = {"field": title, "page": crop.page if crop else 0, "text": field_trail.current.text}
    words = (
        _("%(field)s on page %(page)d: masked") if field_trail.masked else _("%(field)s on page %(page)d: “%(text)s”")
    )
    return ReceiptRow(
        title=title,
        crop=crop,
        alt=words % values,
        absent=_("not printed on a page, or its place is not known"),
        value=" ".join(write_value(field_trail.current.value).split()),
        read=tuple(_read(field_trail)),
        checks=tuple(_checks(field_trail)),
        values=field_trail.values,
        instead=_("part of: %(names)s") % {"names": ", ".join(map(record_title, field_trail.within))}
        if field_trail.within
        else _("not in this record"),
    )


def _read(field_trail: FieldTrail) -> Iterator[str]:
    """Yield who read the value and with which confidence, and who changed it."""
    if field_trail.as_read:
        yield _("“%(text)s”, read from %(source)s, confidence %(confidence)s %%") % {
            "text": field_trail.as_read.text,
            "source": _source(field_trail.as_read),
            "confidence": f"{field_trail.as_read.confidence * 100:.1f}",
        }
    for act in field_trail.changes:
        values = {"person": act.actor, "old": act.body.get("old") or "–", "new": act.body.get("new") or "–"}
        values |= {"when": when(act.at), "entry": str(act.number)}
        confirmed = act.body.get("old") == act.body.get("new")
        yield (
            _("%(person)s confirmed %(new)s, %(when)s, ledger entry %(entry)s")
            if confirmed
            else _("%(person)s changed %(old)s to %(new)s, %(when)s, ledger entry %(entry)s")
        ) % values


def _source(field: Field[Any]) -> str:
    if field.source.startswith(PERSON):
        return field.source.removeprefix(PERSON)
    return _(SOURCES.get(field.source, SCAN))


def _checks(field_trail: FieldTrail) -> Iterator[tuple[str, str]]:
    """Yield the findings about a field and who settled them, each sentence with its language."""
    for doubt in field_trail.doubts:
        yield _doubt(doubt), language_of(doubt.message)
        yield _settled(doubt), ""
    if not field_trail.doubts:
        yield _("Every check passed."), ""


def _doubt(doubt: PostingDoubt) -> str:
    return f"{translated(doubt.message)} ({doubt.rule})"


def _settled(doubt: PostingDoubt) -> str:
    if doubt.settled is None:
        return _("Found in ledger entry %(entry)d; not found again when the case was checked once more.") % {
            "entry": doubt.raised.number
        }
    values = {"person": doubt.settled.actor, "when": when(doubt.settled.at), "entry": doubt.settled.number}
    return _("Settled by %(person)s, %(when)s, ledger entry %(entry)d") % values


def _line(line_trail: LineTrail, titles: Mapping[str, str], pictures: Pictures) -> ReceiptRow:
    crop = pictures.crops.get(f"lines[{line_trail.number}]")
    title = _("Line %(number)d") % {"number": line_trail.number}
    return ReceiptRow(
        title=title,
        crop=crop,
        alt=_("%(line)s on page %(page)d") % {"line": title, "page": crop.page if crop else 0},
        absent=_("not printed on a page, or its place is not known"),
        value=line_trail.line.description if line_trail.line else "",
        read=(),
        checks=(),
        values=tuple(_titled(value, titles) for value in line_trail.values),
        instead="",
    )


def _titled(value: Shown, titles: Mapping[str, str]) -> Shown:
    """Return a value of the record with a readable title: for ``lines[1].net_amount`` the last part."""
    return replace(value, name=titles.get(value.name) or record_title(value.name.rpartition(".")[2]))


def record_title(name: str) -> str:
    """Return the title of a record's value that is no field of the document, in the reader's language."""
    return _(capfirst(name.replace("_", " ")))


def _event(act: LedgerAct) -> str:
    return capfirst(_(EVENTS[act.event])) if act.event in EVENTS else act.event


def _details(act: LedgerAct) -> str:
    details = [str(act.body[name]) for name in _DETAILS if act.body.get(name)]
    return " · ".join([*details, *(translated(message_from_json(finding)) for finding in act.body.get("findings", ()))])
