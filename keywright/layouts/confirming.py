"""Learns from a document that a person has confirmed: its layout's next profile, tested on its earlier documents."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db import transaction

from keywright import clock
from keywright.database.layouts import LayoutDocument, StoredLayout
from keywright.database.models import StoredCase
from keywright.layouts import versions, words
from keywright.layouts.book import alike_to
from keywright.layouts.filing import FEWEST_WORDS, new_layout
from keywright.layouts.stored_prints import packed
from keywright.ledger import ledger
from keywright.model.fields import Extraction, InvoiceLine, bare
from keywright.model.layout import LINES, LayoutFields, LayoutState, alike
from keywright.model.reading import Page
from keywright.model.serialization import write_value
from keywright.profiles.applying import PROFILE
from keywright.profiles.learning import words_of
from keywright.profiles.prints import PagePrint


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a person confirmed: the pages, what was proposed, and what is right.

    ``accepted`` has the rule of each finding that was asked about, and whether the person accepted it.
    """

    pages: Sequence[Page]
    proposed: Extraction
    right: Extraction
    accepted: Mapping[str, bool] = field(default_factory=dict)


def confirm(
    case: int, confirmation: Confirmation, fields: LayoutFields, *, person: str, needed: int, vendor: str = ""
) -> StoredLayout | None:
    """Learn from a confirmed document, in the transaction of the person's decision; return its layout.

    ``needed`` is how many documents in a row must be confirmed before the layout is trusted; ``vendor`` is the sender's
    number in the vendor master. A document that was confirmed before is replaced by what is confirmed now. Returns None
    for a document with too few words to recognise another by.
    """
    paper = PagePrint.of(confirmation.pages)
    if len(words_of(paper)) < FEWEST_WORDS:
        return None
    values = _written(confirmation.right, fields)
    with transaction.atomic():
        layout = _layout_of(case, confirmation.right.document_type, paper, values, fields)
        corrected, read = _as_first_proposed(case, confirmation, fields)
        LayoutDocument.objects.update_or_create(
            case_id=case,
            defaults={
                "layout": layout,
                "confirmed_at": clock.now(),
                "confirmed_by": person,
                "words": packed(confirmation.pages),
                "values": values,
                "read": read,
                "corrected": sorted(corrected),
                "accepted": dict(confirmation.accepted),
                "used": True,
            },
        )
        StoredCase.objects.filter(pk=case).update(layout=layout)
        sender = values.get(fields.owner[-1].name, "")[:200]
        owner = "\n".join(value for spec in fields.owner if (value := values.get(spec.name)))
        StoredLayout.objects.filter(pk=layout.pk).update(
            sender=sender,
            sender_key=bare(sender)[:200],
            owner=owner,
            vendor=vendor or layout.vendor,
            changed_at=clock.now(),
        )
        layout.refresh_from_db()
        body = {"layout": layout.pk, "corrected": sorted(corrected)}
        ledger.append("layout-confirmed", actor=person, case=case, body=body)
        versions.relearn(layout, fields, actor=person, needed=needed)
    return layout


def unconfirm(case: int, fields: LayoutFields, *, person: str, needed: int) -> None:
    """Forget what was learned from a document, because the decision about it was undone."""
    row = LayoutDocument.objects.filter(case_id=case).select_related("layout").first()
    if row is not None:
        layout = row.layout
        row.delete()
        ledger.append("layout-unconfirmed", actor=person, case=case, body={"layout": layout.pk})
        versions.relearn(layout, fields, actor=person, needed=needed)


def _as_first_proposed(case: int, confirmation: Confirmation, fields: LayoutFields) -> tuple[set[str], dict[str, str]]:
    """Return the fields that people corrected, and what the general readers saw.

    Of a value that a person gave in an earlier decision on the case, as for a second person, that decision tells both;
    if it was undone, the value counts as corrected.
    """
    corrected = corrected_fields(confirmation.proposed, confirmation.right, fields)
    read = _read(confirmation.proposed, fields)
    given = {name for name in fields.names if _by_person(confirmation.proposed, name)}
    earlier = LayoutDocument.objects.filter(case_id=case).first()
    if earlier is None:
        return corrected | given, {name: value for name, value in read.items() if name not in given}
    seen = {name: value for name, value in read.items() if name not in given}
    return corrected | set(earlier.corrected), {**earlier.read, **seen}


def _by_person(extraction: Extraction, name: str) -> bool:
    return name in extraction.fields and extraction.fields[name].source.startswith("reviewer:")


def corrected_fields(proposed: Extraction, right: Extraction, fields: LayoutFields) -> set[str]:
    """Return the fields whose proposed value a person changed, emptied or added."""
    before, after = _written(proposed, fields), _written(right, fields)
    changed = {name for name in fields.names if not alike(before.get(name), after.get(name))}
    return changed | ({LINES} if _values_of_lines(proposed) != _values_of_lines(right) else set())


def _values_of_lines(extraction: Extraction) -> list[InvoiceLine]:
    return [replace(line, box=None) for line in extraction.lines]


def _written(extraction: Extraction, fields: LayoutFields) -> dict[str, str]:
    learned = (*fields.names, fields.kind.name)
    return {name: write_value(extraction.fields[name].value) for name in learned if name in extraction.fields}


def _read(proposed: Extraction, fields: LayoutFields) -> dict[str, str]:
    """Return what the general readers saw: the first of their votes, or the value where nobody else proposed one."""
    seen = {}
    for name, value in _written(proposed, fields).items():
        votes = {reader: vote for reader, vote in proposed.fields[name].votes.items() if reader != PROFILE}
        if votes:
            seen[name] = value if value in votes.values() else next(iter(votes.values()))
        elif PROFILE not in proposed.fields[name].votes:
            seen[name] = value
    return seen


def _layout_of(
    case: int, document_type: str, paper: PagePrint, values: dict[str, str], fields: LayoutFields
) -> StoredLayout:
    """Return the layout of a confirmed document: the one it was filed under, if its sender is that layout's.

    Otherwise a layout of the same sender that it is like, or a new one.
    """
    owner = {value for spec in fields.owner if (value := values.get(spec.name))}
    filed = StoredLayout.objects.filter(cases=case).first()
    if filed is not None and (filed.state == LayoutState.UNKNOWN or _has_owner(filed, owner)):
        known = [row for row, _ in alike_to(document_type, paper) if _has_owner(row, owner)]
        if filed.state == LayoutState.UNKNOWN and known:
            _drop_if_unused(filed, but_for=case)
            return known[0]
        return filed
    alike_ones = [row for row, _ in alike_to(document_type, paper) if _has_owner(row, owner)]
    return alike_ones[0] if alike_ones else new_layout(document_type, paper, first_case=case)


def _has_owner(layout: StoredLayout, owner: Collection[str]) -> bool:
    return any(alike(value, known) for value in owner for known in layout.owner.splitlines())


def _drop_if_unused(layout: StoredLayout, *, but_for: int) -> None:
    """Remove a layout that nobody confirmed and that no other case is filed under."""
    if not layout.cases.exclude(pk=but_for).exists():
        words.index(layout, ())
        layout.delete()
