"""Writes a receipt as one page of HTML that needs nothing beside it: its pictures are in it, and it runs no script."""

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
from keywright.receipts.audit_trail import Act, Doubt, FieldStory, LineStory, Story
from keywright.settings.settings import settings
from keywright.settings.version import run_id, version

SOURCES = {
    "einvoice": gettext_noop("the XML of the e-invoice"),
    "acroform": gettext_noop("a form field of the PDF"),
    "text-layer": gettext_noop("the text of the PDF"),
}
PERSON = "reviewer:"
_TOLD = ("file", "origin", "system", "number", "identity", "message", "reason", "error")


@dataclass(frozen=True, slots=True)
class Crop:
    """The piece of a page on which a value is printed, as PNG, with its size in points."""

    page: int
    png: bytes
    width: float
    height: float

    @property
    def address(self) -> str:
        """Return the picture as an address that holds it."""
        return _data(self.png)


@dataclass(frozen=True, slots=True)
class Pictures:
    """The pictures of a receipt: crops by field name or ``lines[1]``, and the record as its system shows it."""

    crops: Mapping[str, Crop]
    record: bytes


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table of values: what is printed, the value, its story in sentences, what was typed, what shown."""

    title: str
    crop: Crop | None
    alt: str
    absent: str  #: why there is no crop
    value: str
    read: tuple[str, ...]
    checks: tuple[tuple[str, str], ...]  #: sentences, each with the language it is in
    values: tuple[Shown, ...]
    instead: str  #: what is said in the place of values that there are not

    @property
    def span(self) -> int:
        """Return how many rows of a table this takes where each value has its own, below the picture."""
        return 1 + len(self.values)


def write_page(story: Story, bot: AnyBot | None, pictures: Pictures, language: str) -> bytes:
    """Return the receipt in a language, as UTF-8; the same story and pictures give the same bytes."""
    with translation.override(language):
        titles = {name: capfirst(_(spec.title)) for name, spec in bot.reads.specs().items()} if bot else {}
        found = {
            "language": language,
            "story": story,
            "bot": _(bot.title) if bot else story.bot,
            "facts": list(_facts(story, bot)),
            "rows": [_row(one, titles, pictures) for one in story.fields],
            "lines": [_line(one, titles, pictures) for one in story.lines],
            "others": [_titled(one, titles) for one in story.others],
            "remarks": [(_doubt(one), language_of(one.message), _settled(one)) for one in story.remarks],
            "record": _data(pictures.record) if pictures.record else "",
            "acts": [(one, when(one.at), _event(one), _told(one)) for one in story.acts],
            "masked": ", ".join(titles.get(name, name) for name in sorted(story.mask.names)),
        }
        return _template().render(Context(found, use_l10n=False)).encode()


def when(at: dt.datetime) -> str:
    """Return a moment by the town's clock, and in UTC."""
    town, utc = at.astimezone(settings().zone), at.astimezone(dt.UTC)
    return f"{town:%Y-%m-%d %H:%M:%S %Z} ({utc:%Y-%m-%d %H:%M:%S} UTC)"


@cache
def _template() -> Template:
    folder = Path(__file__).with_name("templates")
    engine = Engine(dirs=[str(folder)], builtins=["django.templatetags.i18n"])
    return engine.get_template("receipt.html")


def _data(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _facts(story: Story, bot: AnyBot | None) -> Iterator[tuple[str, str]]:
    """Yield what is told of the case as a whole, each with its name."""
    document = story.document
    yield _("Case"), str(story.case)
    yield _("Document"), document.file_name
    yield _("SHA-256 of the document"), document.sha256
    yield _("Kind and size"), _("%(kind)s, %(size)d bytes") % {"kind": document.media_type, "size": document.size}
    yield _("Received"), when(document.received_at)
    yield _("Received from"), document.origin
    yield _("Read as"), bot.reads.name if bot else story.bot
    yield _("Bot"), f"{story.bot} · Keywright {story.keyed.body.get('version') or version()}"
    yield _("Keyed by"), story.keyed.actor
    yield _("Run"), str(story.keyed.body.get("run") or run_id())
    yield _("Target system"), story.system
    yield _("Record"), story.number
    yield _("What makes the record one and the same"), story.identity
    yield _("Posted"), _("%(count)d times") % {"count": story.posts} if story.posts != 1 else _("once")
    yield _("Opened afresh and compared"), when(story.seen_at)
    entries = {"first": story.acts[0].number, "last": story.keyed.number}
    yield _("Ledger"), _("entries %(first)d to %(last)d") % entries
    yield _("Hash of the last entry"), story.keyed.hash


def _row(one: FieldStory, titles: Mapping[str, str], pictures: Pictures) -> Row:
    title = titles.get(one.name, one.name)
    crop = pictures.crops.get(one.name)
    shown = {"field": title, "page": crop.page if crop else 0, "text": one.now.text}
    words = _("%(field)s on page %(page)d: masked") if one.masked else _("%(field)s on page %(page)d: “%(text)s”")
    return Row(
        title=title,
        crop=crop,
        alt=words % shown,
        absent=_("not printed on a page, or its place is not known"),
        value=" ".join(write_value(one.now.value).split()),
        read=tuple(_read(one)),
        checks=tuple(_checks(one)),
        values=one.values,
        instead=_("part of: %(names)s") % {"names": ", ".join(capfirst(name.replace("_", " ")) for name in one.within)}
        if one.within
        else _("not in this record"),
    )


def _read(one: FieldStory) -> Iterator[str]:
    """Yield who read the value and how surely, and who put another one in its place."""
    if one.read:
        yield _("“%(text)s”, read from %(source)s, %(sure)s %% sure") % {
            "text": one.read.text,
            "source": _source(one.read),
            "sure": f"{one.read.confidence * 100:.1f}",
        }
    for act in one.changes:
        told = {"person": act.actor, "old": act.body.get("old") or "–", "new": act.body.get("new") or "–"}
        told |= {"when": when(act.at), "entry": str(act.number)}
        same = act.body.get("old") == act.body.get("new")
        yield (
            _("%(person)s confirmed %(new)s, %(when)s, ledger entry %(entry)s")
            if same
            else _("%(person)s changed %(old)s to %(new)s, %(when)s, ledger entry %(entry)s")
        ) % told


def _source(field: Field[Any]) -> str:
    if field.source.startswith(PERSON):
        return field.source.removeprefix(PERSON)
    return _(SOURCES[field.source]) if field.source in SOURCES else field.source


def _checks(one: FieldStory) -> Iterator[tuple[str, str]]:
    """Yield what was found about a field and who settled it, each sentence with the language it is in."""
    for doubt in one.doubts:
        yield _doubt(doubt), language_of(doubt.message)
        yield _settled(doubt), ""
    if not one.doubts:
        yield _("No check had a doubt."), ""


def _doubt(one: Doubt) -> str:
    return f"{translated(one.message)} ({one.rule})"


def _settled(one: Doubt) -> str:
    if one.settled is None:
        return _("Found at ledger entry %(entry)d; it no longer stood when the case was checked again.") % {
            "entry": one.found.number
        }
    told = {"person": one.settled.actor, "when": when(one.settled.at), "entry": one.settled.number}
    return _("Settled by %(person)s, %(when)s, ledger entry %(entry)d") % told


def _line(one: LineStory, titles: Mapping[str, str], pictures: Pictures) -> Row:
    crop = pictures.crops.get(f"lines[{one.number}]")
    title = _("Line %(number)d") % {"number": one.number}
    return Row(
        title=title,
        crop=crop,
        alt=_("%(line)s on page %(page)d") % {"line": title, "page": crop.page if crop else 0},
        absent=_("not printed on a page, or its place is not known"),
        value=one.line.description if one.line else "",
        read=(),
        checks=(),
        values=tuple(_titled(value, titles) for value in one.values),
        instead="",
    )


def _titled(value: Shown, titles: Mapping[str, str]) -> Shown:
    """Return a value of the record under a title a person can read: of ``lines[1].net_amount`` the last part."""
    last = value.name.rpartition(".")[2]
    return replace(value, name=titles.get(value.name) or capfirst(last.replace("_", " ")))


def _event(act: Act) -> str:
    return capfirst(_(EVENTS[act.event])) if act.event in EVENTS else act.event


def _told(act: Act) -> str:
    told = [str(act.body[name]) for name in _TOLD if act.body.get(name)]
    return " · ".join([*told, *(translated(message_from_json(one)) for one in act.body.get("findings", ()))])
