"""The story of a keyed case, gathered from the records: each field from its print to what the system shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from keywright.cases import casebook
from keywright.database.models import Keying, LedgerEntry, StoredCase, StoredDocument
from keywright.errors import Stop
from keywright.model.case import State
from keywright.model.fields import Extraction, Field, InvoiceLine
from keywright.model.reading import Box
from keywright.model.serialization import extraction_from_json, message_from_json, write_value
from keywright.model.target_system import Shown
from keywright.privacy.masking import Mask, mask_of

LAST = "case-keyed"  #: the act with which a story ends


@dataclass(frozen=True, slots=True)
class Act:
    """One entry of the ledger: its number, when (UTC), who, which event, what it tells, and its hash."""

    number: int
    at: dt.datetime
    actor: str
    event: str
    body: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a check found about a field, and the person's act that settled it: None if no person's word was needed."""

    rule: str
    message: str
    found: Act
    settled: Act | None


@dataclass(frozen=True, slots=True)
class FieldStory:
    """One field: as it was read, what was found about it, what persons made of it, and what the record holds of it.

    ``read`` is what the robot read, None if only a person typed it; ``now`` is what was keyed from. Values that are
    masked are masks already. ``values`` are those of the record under the same name; ``within`` the names of others
    that hold this text.
    """

    name: str
    read: Field[Any] | None
    now: Field[Any]
    masked: bool
    doubts: tuple[Doubt, ...]
    changes: tuple[Act, ...]
    values: tuple[Shown, ...]
    within: tuple[str, ...]

    @property
    def box(self) -> Box | None:
        """Return where the value is printed, or None if it is not, or nobody knows where."""
        return self.now.box


@dataclass(frozen=True, slots=True)
class LineStory:
    """One line of the record with the line of the document that it was keyed from, None if it has none."""

    number: int
    line: InvoiceLine | None
    values: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """All that is told of one keyed case."""

    case: int
    bot: str
    document: StoredDocument
    system: str
    number: str
    identity: str
    posts: int
    seen_at: dt.datetime
    picture: str  #: the hash of the record's picture
    fields: tuple[FieldStory, ...]
    lines: tuple[LineStory, ...]
    others: tuple[Shown, ...]  #: values of the record that no field of the document has the name of
    remarks: tuple[Doubt, ...]  #: findings about the whole document
    acts: tuple[Act, ...]
    mask: Mask
    hidden: tuple[Box, ...]  #: where masked values are printed
    drawn: Mapping[int, tuple[str, float]]  #: pages drawn for a person: the picture's hash, the page's width in points

    @property
    def keyed(self) -> Act:
        """Return the act that closed the case."""
        return self.acts[-1]


def story_of(number: int) -> Story:
    """Gather the story of a keyed case. Raises Stop if there is no such case, or if it was not keyed."""
    row = StoredCase.objects.select_related("document").filter(pk=number).first()
    if row is None:
        raise Stop(f"There is no case {number}.")
    keying = Keying.objects.filter(case=row).exclude(receipt=None).order_by("-pk").first()
    acts = _acts(row.pk)
    if keying is not None and keying.receipt is not None and "word_of" in keying.receipt:
        raise Stop(f"Case {number} was closed on a person's word: no system showed its record, so it has no receipt.")
    if row.state != State.KEYED or keying is None or keying.receipt is None or acts[-1].event != LAST:
        raise Stop(f"Case {number} is {row.state}: only a keyed case has a receipt.")
    return _told(row, keying, keying.receipt, acts)


def _acts(case: int) -> tuple[Act, ...]:
    """Return the acts on a case up to the one that closed it."""
    rows = LedgerEntry.objects.filter(case_id=case).order_by("number")
    acts = tuple(Act(one.number, one.at, one.actor, one.event, one.body, one.hash) for one in rows)
    last = max((place for place, act in enumerate(acts) if act.event == LAST), default=-1)
    return acts[: last + 1] or acts


def _told(row: StoredCase, keying: Keying, receipt: Mapping[str, Any], acts: tuple[Act, ...]) -> Story:
    read = casebook.case_of(row).extraction or Extraction("", {})
    mask = mask_of(read)
    now, told = mask.extraction(read), mask.body(receipt)
    values = tuple(Shown(v["name"], v["keyed"], v["shown"], v.get("typed") or v["keyed"]) for v in told["values"])
    doubts = tuple(_doubts(acts, mask))
    fields = tuple(_field(one, now, acts, doubts, values, mask) for one in now.fields.values())
    lines = tuple(_lines(now.lines, values))
    taken = {v.name for f in fields for v in f.values} | {v.name for line in lines for v in line.values}
    return Story(
        case=row.pk,
        bot=row.bot,
        document=row.document,
        system=str(told["system"]),
        number=str(told["number"]),
        identity=mask.text(keying.identity),
        posts=keying.posts,
        seen_at=dt.datetime.fromisoformat(told["seen_at"]),
        picture=str(told["picture"]),
        fields=fields,
        lines=lines,
        others=tuple(v for v in values if v.name not in taken),
        remarks=tuple(one for one in doubts if not _fields_of(one) & now.fields.keys()),
        acts=acts,
        mask=mask,
        hidden=tuple(_hidden(read, now)),
        drawn={one.page: (one.sha256, one.width) for one in row.document.pictures.all()},
    )


def _hidden(read: Extraction, masked: Extraction) -> Iterator[Box]:
    """Yield where masked values are printed: as the field that the setting names, or within another field or line."""
    for name, one in read.fields.items():
        if one.box and one != masked.fields[name]:
            yield one.box
    for line, now in zip(read.lines, masked.lines, strict=True):
        if line.box and line != now:
            yield line.box


def _field(
    now: Field[Any],
    extraction: Extraction,
    acts: Sequence[Act],
    doubts: Sequence[Doubt],
    values: Sequence[Shown],
    mask: Mask,
) -> FieldStory:
    text = " ".join(write_value(now.value).split()).casefold()
    own = tuple(value for value in values if value.name == now.name)
    return FieldStory(
        name=now.name,
        read=_first_read(acts).get(now.name),
        now=now,
        masked=now.name in mask.names or "[masked " in now.text,
        doubts=tuple(one for one in doubts if now.name in _fields_of(one)),
        changes=tuple(a for a in acts if a.event == "field-corrected" and a.body.get("field") == now.name),
        values=own,
        within=() if own or len(text) < 2 else tuple(_holding(text, values, extraction)),
    )


def _holding(text: str, values: Sequence[Shown], extraction: Extraction) -> Iterator[str]:
    """Yield the names of the record's values, those of no field, that hold a text as whole words."""
    for value in values:
        if value.name not in extraction.fields and f" {text} " in f" {value.keyed.casefold()} ":
            yield value.name


def _first_read(acts: Sequence[Act]) -> Mapping[str, Field[Any]]:
    """Return what the robot read the last time it read the document, before any person's word."""
    read = [act.body["extraction"] for act in acts if act.event == "case-read" and "extraction" in act.body]
    return extraction_from_json(_as_text(read[-1])).fields if read else {}


def _as_text(extraction: Mapping[str, Any]) -> dict[str, Any]:
    """Return an extraction as it is in the ledger with every value as a text: a masked one is no date any more."""
    fields = {name: {**one, "kind": "text"} for name, one in extraction["fields"].items() if one["value"].strip()}
    return {**extraction, "fields": fields}


def _doubts(acts: Sequence[Act], mask: Mask) -> Iterator[Doubt]:
    """Yield every finding that referred the case, once, with the first act of a person that answered it."""
    seen: set[str] = set()
    for place, act in enumerate(acts):
        for finding in act.body.get("findings", ()) if act.event == "case-referred" else ():
            if finding["message"] not in seen:
                seen.add(finding["message"])
                settled = next((one for one in acts[place + 1 :] if _answers(one, finding)), None)
                yield Doubt(finding["rule"], mask.message(message_from_json(finding)), act, settled)


def _answers(act: Act, finding: Mapping[str, Any]) -> bool:
    if act.event == "finding-accepted":
        return bool(act.body.get("message") == finding["message"])
    if act.event == "field-corrected":
        return act.body.get("field") in finding["fields"]
    return not finding["fields"] and act.event in ("case-settled", "case-reopened", "look-again-asked")


def _fields_of(doubt: Doubt) -> set[str]:
    findings = doubt.found.body.get("findings", ())
    return {name for one in findings if one["rule"] == doubt.rule for name in one["fields"]}


def _lines(read: Sequence[InvoiceLine], values: Sequence[Shown]) -> Iterator[LineStory]:
    """Yield the lines of a record, ``lines[1].description`` and so on; the document's line if there are as many."""
    found: dict[int, list[Shown]] = {}
    for value in values:
        if value.name.startswith("lines["):
            found.setdefault(int(value.name[6 : value.name.index("]")]), []).append(value)
    for number, ones in sorted(found.items()):
        line = read[number - 1] if len(read) == len(found) else None
        yield LineStory(number, line, tuple(ones))
