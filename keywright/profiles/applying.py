"""Applies what is known of a document's layout to what was read on it: values, confidences, votes and questions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from keywright.findings import Finding, Kind
from keywright.messages import Message
from keywright.model.document_type import DocumentType
from keywright.model.fields import Extraction, Field, FieldSpec
from keywright.model.layout import LINES, NEW_LAYOUT, LayoutFields, LayoutState, alike, layout_fields_of
from keywright.model.reading import Reading
from keywright.model.serialization import write_value
from keywright.profiles.finding_values import Finder
from keywright.profiles.known_layouts import KnownLayout, LayoutBook
from keywright.profiles.prints import PagePrint
from keywright.profiles.profile import Profile
from keywright.profiles.proposal import General, LayoutDoubt, LayoutProposal, Weighed, box_of, weigh_layout

LAYOUT_DIFFERS = "layout-differs"
LAYOUT_LINES = "layout-lines"
RULES = frozenset({NEW_LAYOUT, LAYOUT_DIFFERS, LAYOUT_LINES})
PROFILE, GENERAL = "profile", "rules"
"""The names under which a profile votes, and the general reader if it is the only one."""
AGREED, BY_PROFILE, DOUBTED = 0.9995, 0.995, 0.5
"""The confidence in a value on which profile and general readers agree, in one of which the profile is certain, and in
one that a person is asked about."""


@dataclass(frozen=True, slots=True)
class Applied:
    """An extraction after its layout was considered; ``layout`` is None if the document type has no layouts."""

    extraction: Extraction
    layout: KnownLayout | None
    paper: PagePrint | None = None


def with_layout(
    extraction: Extraction, reading: Reading, document_type: type[DocumentType], book: LayoutBook, *, needed: int
) -> Applied:
    """Return the extraction of a document with what its layout says of it.

    Documents of an unknown layout get the finding ``new-layout``, whatever the confidence. ``needed`` is how many
    documents in a row must be confirmed; with 0 nobody is asked about layouts. The data of an e-invoice need no layout:
    where its print says otherwise, its reading has a finding already.
    """
    fields = layout_fields_of(document_type)
    if fields is None or reading.einvoice is not None or not any(page.lines for page in reading.pages):
        return Applied(extraction, None)
    paper = PagePrint.of(reading.pages)
    values = {name: write_value(field.value) for name, field in extraction.fields.items()}
    known = book.look_up(document_type.name, paper, values)
    if needed == 0 or extraction.other_kind is not None:
        return Applied(extraction, known, paper)
    specs = document_type.specs()
    if known is None or known.profile is None:
        return Applied(_asked(extraction, new_layout(extraction, specs, fields)), known, paper)
    votes = {name: field.votes for name, field in extraction.fields.items()}
    general = General(values, votes, _amounts_in_lines(extraction))
    finder = Finder(fields, paper.mended(known.profile.vocabulary()))
    proposal = weigh_layout(known.profile, finder, general, fields, needed=needed, shift=known.shift)
    other_kind = paper.scanned or any(paper.shows(title) for title in fields.other_titles)
    proposed = _proposed(extraction, proposal, specs, "" if other_kind else fields.kind.name)
    proposed = _without_settled(proposed, proposal, _settling(known.profile, fields, needed))
    return Applied(_asked(proposed, *_questions(proposal, known, needed, specs)), known, paper)


def _amounts_in_lines(extraction: Extraction) -> frozenset[str]:
    amounts = (amount for line in extraction.lines for amount in (line.net_amount, line.unit_price))
    return frozenset(write_value(abs(amount)) for amount in amounts if amount is not None)


def usual(profile: Profile | None, needed: int) -> frozenset[str]:
    """Return the rules whose findings people have accepted on enough documents of a layout in a row."""
    accepted = profile.accepted if profile else {}
    return frozenset(rule for rule, times in accepted.items() if needed and times >= max(needed, 2))


def _settling(profile: Profile, fields: LayoutFields, needed: int) -> frozenset[str]:
    """Return the rules whose finding the layout answers, because people have answered it on its documents."""
    return frozenset(rule for rule in fields.settles if profile.accepted.get(rule, 0) >= needed)


def _without_settled(extraction: Extraction, proposal: LayoutProposal, settling: Collection[str]) -> Extraction:
    """Return an extraction without the doubts of the reading that the layout's profile answers."""
    settled = {name for name, weighed in proposal.fields.items() if weighed.agreed and name not in proposal.asked}

    def stands(finding: Finding) -> bool:
        if finding.rule in settling:
            return bool(proposal.asked)
        return finding.kind is not Kind.READING or not finding.fields or not settled.issuperset(finding.fields)

    return replace(extraction, findings=tuple(filter(stands, extraction.findings)))


def readers_agree(extraction: Extraction, fields: LayoutFields) -> bool:
    """Return whether two general readers agree on every learned field, and the amounts prove each other."""
    read = [field for name, field in extraction.fields.items() if name in fields.names]
    amounts = {f.name: abs(f.value) for f in read if f.name in {spec.name for spec in fields.amounts}}
    agreed = all(len(f.votes) > 1 and all(alike(vote, write_value(f.value)) for vote in f.votes.values()) for f in read)
    return agreed and len(amounts) > 1 and fields.adds_up(amounts)


def new_layout(extraction: Extraction, specs: Mapping[str, FieldSpec[Any]], fields: LayoutFields) -> Finding:
    """Return the finding that nobody has confirmed a document like this one."""
    learned = {*fields.names, fields.kind.name}
    names = tuple(name for name in specs if name in learned and name in extraction.fields)
    message = Message(
        "New layout. Nobody has confirmed a document like this one yet. Compare each value with the page."
    )
    return Finding(NEW_LAYOUT, message, names, Kind.READING)


def _asked(extraction: Extraction, *findings: Finding) -> Extraction:
    return replace(extraction, findings=(*extraction.findings, *findings))


def _proposed(
    extraction: Extraction, proposal: LayoutProposal, specs: Mapping[str, FieldSpec[Any]], kind_name: str
) -> Extraction:
    """Return the extraction with the proposed values, their confidences and the profile's votes.

    ``kind_name`` is the field with the kind of document if it is as certain as the layout, because no other kind is
    named on the document; otherwise "".
    """
    fields = dict(extraction.fields)
    for name, weighed in proposal.fields.items():
        if weighed.value is None:
            fields.pop(name, None)
        else:
            fields[name] = _field(specs[name], fields.get(name), weighed)
    kind = fields.get(kind_name)
    if kind is not None and kind_name not in proposal.doubts:
        fields[kind.name] = replace(kind, confidence=max(kind.confidence, BY_PROFILE))
    return replace(extraction, fields={name: fields[name] for name in specs if name in fields})


def _field(spec: FieldSpec[Any], read: Field[Any] | None, weighed: Weighed) -> Field[Any]:
    assert weighed.value is not None
    votes = dict(read.votes or {GENERAL: write_value(read.value)}) if read else {}
    if weighed.by_profile:
        votes[PROFILE] = weighed.by_profile.value
    if weighed.by_profile and not weighed.by_profile.legible and not weighed.doubt and read:
        confidence = read.confidence
    elif weighed.doubt is None:
        confidence = AGREED if weighed.by_profile and read else BY_PROFILE
    else:
        confidence = min(read.confidence if read else DOUBTED, AGREED)
        confidence = confidence if weighed.doubt is LayoutDoubt.NOT_CONFIRMED else min(confidence, DOUBTED)
    if read and write_value(read.value) == weighed.value:
        return replace(
            read, confidence=max(confidence, read.confidence) if not weighed.doubt else confidence, votes=votes
        )
    text = weighed.by_profile.text if weighed.by_profile else weighed.value
    source = read.source if read else PROFILE
    value = spec.kind.parse(weighed.value)
    return Field(spec.name, value, text, confidence, source, box_of(weighed) or (read.box if read else None), votes)


def _questions(
    proposal: LayoutProposal, known: KnownLayout, needed: int, specs: Mapping[str, FieldSpec[Any]]
) -> Iterator[Finding]:
    """Yield what a person is asked about a document of a known layout: unconfirmed fields together, others singly."""
    asked = proposal.asked
    unconfirmed = tuple(name for name in specs if asked.get(name) is LayoutDoubt.NOT_CONFIRMED)
    if unconfirmed:
        yield Finding(NEW_LAYOUT, _learning(known, unconfirmed, needed), unconfirmed, Kind.READING)
    if known.profile and known.profile.in_a_row.get(LINES, needed) < min(needed, known.profile.documents):
        message = Message("Lines were corrected on this layout's latest documents. Compare the lines with the page.")
        yield Finding(LAYOUT_LINES, message, (), Kind.READING)
    for name, doubt in asked.items():
        if doubt is not LayoutDoubt.NOT_CONFIRMED:
            yield Finding(
                LAYOUT_DIFFERS, _difference(specs[name].title, doubt, proposal.fields.get(name)), (name,), Kind.READING
            )


def _learning(known: KnownLayout, names: tuple[str, ...], needed: int) -> Message:
    assert known.profile is not None
    missing = max(needed - known.profile.in_a_row.get(name, 0) for name in names)
    if known.state is LayoutState.TRUSTED or missing > 1:
        return Message(
            "Layout not yet confirmed. Compare these values with the page; after {count} more documents without a "
            "correction, invoices like this are posted without you.",
            count=missing,
        )
    return Message("New layout: confirm once more and invoices like this are posted without you.")


def _difference(title: str, doubt: LayoutDoubt, weighed: Weighed | None) -> Message:
    by_profile = weighed.by_profile.value if weighed and weighed.by_profile else ""
    match doubt:
        case LayoutDoubt.DIFFERS if by_profile:
            return Message(
                "{title}: two readings differ. By this layout it is “{value}”. Compare it with the page.",
                title=Message(title),
                value=by_profile,
            )
        case LayoutDoubt.MISSING:
            return Message(
                "{title} not found, though documents of this layout have it. Look for it on the page.",
                title=Message(title),
            )
        case LayoutDoubt.ACCOUNT:
            return Message(
                "Another bank account than on this sender's documents before. Ask the sender by a known telephone "
                "number, not one on this document."
            )
        case LayoutDoubt.NEW_KIND:
            return Message("First document of this kind in this layout. Compare its values with the page.")
        case LayoutDoubt.NEW_ROW:
            return Message("A row among the totals is new in this layout. Compare the amount to be paid with the page.")
        case LayoutDoubt.SUMS:
            return Message("The amounts do not add up as this layout's do. Compare them with the page.")
    return Message("{title}: only one of two readings found it. Compare it with the page.", title=Message(title))
