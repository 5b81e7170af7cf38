"""The audit trail of a keyed case, gathered from the records: each field from its print to what the system shows."""

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
from keywright.privacy.masking import Mask, holds_mask, mask_of

LAST = "case-keyed"  #: the last act of an audit trail


@dataclass(frozen=True, slots=True)
class LedgerAct:
    """One ledger entry: its number, time (UTC), actor, event, content and hash."""

    number: int
    at: dt.datetime
    actor: str
    event: str
    body: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class PostingDoubt:
    """A finding about a field, and the person's act that settled it: None if no decision was needed."""

    rule: str
    message: str
    raised: LedgerAct
    settled: LedgerAct | None


@dataclass(frozen=True, slots=True)
class FieldTrail:
    """One field: what was read, what was found about it, what people changed, and what the record holds of it.

    ``as_read`` is what the robot read, None if only a person typed it; ``current`` is the value that was keyed. Masked
    values are masks already. ``values`` are the record's values with the same name; ``within`` the names of other
    values that contain this text.
    """

    name: str
    as_read: Field[Any] | None
    current: Field[Any]
    masked: bool
    doubts: tuple[PostingDoubt, ...]
    changes: tuple[LedgerAct, ...]
    values: tuple[Shown, ...]
    within: tuple[str, ...]

    @property
    def box(self) -> Box | None:
        """Return where the value is printed, or None if it is not printed or its place is not known."""
        return self.current.box


@dataclass(frozen=True, slots=True)
class LineTrail:
    """One line of the record with the line of the document that it was keyed from; None if there is none."""

    number: int
    line: InvoiceLine | None
    values: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class AuditTrail:
    """The audit trail of one keyed case."""

    case: int
    bot: str
    document: StoredDocument
    system: str
    number: str
    identity: str
    posts: int
    seen_at: dt.datetime
    picture: str  #: the hash of the record's picture
    fields: tuple[FieldTrail, ...]
    lines: tuple[LineTrail, ...]
    other_values: tuple[Shown, ...]  #: values of the record without a field of that name on the document
    remarks: tuple[PostingDoubt, ...]  #: findings about the whole document
    acts: tuple[LedgerAct, ...]
    mask: Mask
    hidden: tuple[Box, ...]  #: where masked values are printed
    drawn: Mapping[int, tuple[str, float]]  #: pages drawn for a person: the picture's hash, the page's width in points

    @property
    def keyed(self) -> LedgerAct:
        """Return the act that closed the case."""
        return self.acts[-1]


def audit_trail_of(number: int) -> AuditTrail:
    """Gather the audit trail of a keyed case. Raises Stop for an unknown case, or a case that was not keyed."""
    row = StoredCase.objects.select_related("document").filter(pk=number).first()
    if row is None:
        raise Stop(f"There is no case {number}.")
    keying = Keying.objects.filter(case=row).exclude(receipt=None).order_by("-pk").first()
    acts = _acts(row.pk)
    if keying is not None and keying.receipt is not None and "word_of" in keying.receipt:
        raise Stop(
            f"Case {number} was closed on a person's statement: no system showed its record, so it has no receipt."
        )
    if row.state != State.KEYED or keying is None or keying.receipt is None or acts[-1].event != LAST:
        raise Stop(f"Case {number} is {row.state}: only a keyed case has a receipt.")
    return _trail(row, keying, keying.receipt, acts)


def _acts(case: int) -> tuple[LedgerAct, ...]:
    """Return the acts on a case, ending with the act that closed it."""
    rows = LedgerEntry.objects.filter(case_id=case).order_by("number")
    acts = tuple(LedgerAct(row.number, row.at, row.actor, row.event, row.body, row.hash) for row in rows)
    last = max((place for place, act in enumerate(acts) if act.event == LAST), default=-1)
    return acts[: last + 1] or acts


def _trail(row: StoredCase, keying: Keying, receipt: Mapping[str, Any], acts: tuple[LedgerAct, ...]) -> AuditTrail:
    unmasked = casebook.case_of(row).extraction or Extraction("", {})
    mask = mask_of(unmasked)
    extraction, masked_receipt = mask.extraction(unmasked), mask.body(receipt)
    values = tuple(
        Shown(v["name"], v["keyed"], v["shown"], v.get("typed") or v["keyed"]) for v in masked_receipt["values"]
    )
    doubts = tuple(_doubts(acts, mask))
    fields = tuple(_field(entry, extraction, acts, doubts, values, mask) for entry in extraction.fields.values())
    lines = tuple(_lines(extraction.lines, values))
    taken = {v.name for f in fields for v in f.values} | {v.name for line in lines for v in line.values}
    return AuditTrail(
        case=row.pk,
        bot=row.bot,
        document=row.document,
        system=str(masked_receipt["system"]),
        number=str(masked_receipt["number"]),
        identity=mask.text(keying.identity),
        posts=keying.posts,
        seen_at=dt.datetime.fromisoformat(masked_receipt["seen_at"]),
        picture=str(masked_receipt["picture"]),
        fields=fields,
        lines=lines,
        other_values=tuple(v for v in values if v.name not in taken),
        remarks=tuple(entry for entry in doubts if not _fields_of(entry) & extraction.fields.keys()),
        acts=acts,
        mask=mask,
        hidden=tuple(_hidden(unmasked, extraction)),
        drawn={entry.page: (entry.sha256, entry.width) for entry in row.document.pictures.all()},
    )


def _hidden(unmasked: Extraction, masked: Extraction) -> Iterator[Box]:
    """Yield where masked values are printed: in the field that the setting names, or within another field or line."""
    for name, extracted in unmasked.fields.items():
        if extracted.box and extracted != masked.fields[name]:
            yield extracted.box
    for line, masked_line in zip(unmasked.lines, masked.lines, strict=True):
        if line.box and line != masked_line:
            yield line.box


def _field(
    current: Field[Any],
    extraction: Extraction,
    acts: Sequence[LedgerAct],
    doubts: Sequence[PostingDoubt],
    values: Sequence[Shown],
    mask: Mask,
) -> FieldTrail:
    text = " ".join(write_value(current.value).split()).casefold()
    own = tuple(value for value in values if value.name == current.name)
    return FieldTrail(
        name=current.name,
        as_read=_first_read(acts).get(current.name),
        current=current,
        masked=current.name in mask.names or holds_mask(current.text),
        doubts=tuple(doubt for doubt in doubts if current.name in _fields_of(doubt)),
        changes=tuple(a for a in acts if a.event == "field-corrected" and a.body.get("field") == current.name),
        values=own,
        within=() if own or len(text) < 2 else tuple(_holding(text, values, extraction)),
    )


def _holding(text: str, values: Sequence[Shown], extraction: Extraction) -> Iterator[str]:
    """Yield the names of the record's values that belong to no field and contain a text as whole words."""
    for value in values:
        if value.name not in extraction.fields and f" {text} " in f" {value.keyed.casefold()} ":
            yield value.name


def _first_read(acts: Sequence[LedgerAct]) -> Mapping[str, Field[Any]]:
    """Return what the robot read when it last read the document, before any correction."""
    readings = [act.body["extraction"] for act in acts if act.event == "case-read" and "extraction" in act.body]
    return extraction_from_json(_as_text(readings[-1])).fields if readings else {}


def _as_text(extraction: Mapping[str, Any]) -> dict[str, Any]:
    """Return an extraction from the ledger with all values as texts, since a masked date is no date."""
    fields = {
        name: {**extracted, "kind": "text"}
        for name, extracted in extraction["fields"].items()
        if extracted["value"].strip()
    }
    return {**extraction, "fields": fields}


def _doubts(acts: Sequence[LedgerAct], mask: Mask) -> Iterator[PostingDoubt]:
    """Yield every finding that referred the case, once, with the first act of a person that answered it."""
    messages: set[str] = set()
    for place, act in enumerate(acts):
        for finding in act.body.get("findings", ()) if act.event == "case-referred" else ():
            if finding["message"] not in messages:
                messages.add(finding["message"])
                settled = next((later_act for later_act in acts[place + 1 :] if _answers(later_act, finding)), None)
                yield PostingDoubt(finding["rule"], mask.message(message_from_json(finding)), act, settled)


def _answers(act: LedgerAct, finding: Mapping[str, Any]) -> bool:
    if act.event == "finding-accepted":
        return bool(act.body.get("message") == finding["message"])
    if act.event == "field-corrected":
        return act.body.get("field") in finding["fields"]
    return not finding["fields"] and act.event in ("case-settled", "case-reopened", "look-again-asked")


def _fields_of(doubt: PostingDoubt) -> set[str]:
    findings = doubt.raised.body.get("findings", ())
    return {name for finding in findings if finding["rule"] == doubt.rule for name in finding["fields"]}


def _lines(lines: Sequence[InvoiceLine], values: Sequence[Shown]) -> Iterator[LineTrail]:
    """Yield the lines of a record (``lines[1].description``), with the document's lines if there are as many."""
    by_number: dict[int, list[Shown]] = {}
    for value in values:
        if value.name.startswith("lines["):
            by_number.setdefault(int(value.name[6 : value.name.index("]")]), []).append(value)
    for number, line_values in sorted(by_number.items()):
        line = lines[number - 1] if len(lines) == len(by_number) else None
        yield LineTrail(number, line, tuple(line_values))
