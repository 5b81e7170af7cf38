"""Checks: the rules a document must meet before a bot may key it, and the verdict they give."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from keywright.findings import Finding, Kind
from keywright.messages import Message
from keywright.model.duplicates import Trait
from keywright.model.fields import Extraction, Field, FieldSpec
from keywright.model.layout import NEW_LAYOUT
from keywright.model.order import OrderMatch
from keywright.model.vendor import KnownAccount, Match, Payee


class Outcome(StrEnum):
    """What to do with a case once it is checked."""

    KEY = "key"  #: every check passed; a bot may key it
    REFER = "refer"  #: a person must look at it first


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of all checks on one case; with REFER at least one finding asks for a person."""

    outcome: Outcome
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class EarlierCase:
    """A case that is possibly the same as this one; ``rule`` says what the two share."""

    id: str
    file_name: str
    state: str
    rule: str
    receipt_number: str = ""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a check can know in addition to the document: today's date in the town, and possible duplicates.

    ``traits`` are what a duplicate would share with the document. ``vendor`` is the vendor that the seller was matched
    to; None without a vendor master, or if the bot has no seller. ``arrived`` is the day on which the document came in;
    None where a file is only looked at, so that its age is no fault. ``house`` are findings of the office's own rules:
    see ``keywright.cases.approvals``. ``accounts`` is what people have recorded about the vendor's bank accounts.
    ``usual`` are the rules whose findings people have accepted on document after document of this layout.
    ``order`` is what is known of the purchase order that the document names; None without orders on file.
    """

    today: dt.date
    earlier: tuple[EarlierCase, ...] = ()
    traits: tuple[Trait, ...] = ()
    vendor: Match | None = None
    arrived: dt.date | None = None
    house: tuple[Finding, ...] = ()
    accounts: tuple[KnownAccount, ...] = ()
    usual: frozenset[str] = frozenset()
    order: OrderMatch | None = None

    @property
    def payee(self) -> Payee | None:
        """Return the vendor on file to whom the document is booked, or None if none is known."""
        return payee_of(self.vendor)


def payee_of(match: Match | None) -> Payee | None:
    """Return the vendor on file that a seller was matched to, or None without one clear match."""
    return match.vendor.payee if match and match.vendor else None


Check = Callable[[Extraction, Circumstances], Iterable[Finding]]


def present(*specs: FieldSpec[Any], rule: str = "present") -> Check:
    """Require that each of these fields was read.

    A person can fill them in, but cannot accept the document without them.
    """

    def check(extraction: Extraction, _: Circumstances) -> Iterator[Finding]:
        for spec in specs:
            if spec not in extraction:
                message = Message(
                    "{title} not found. Look for it on the page and type it in.", title=Message(spec.title)
                )
                yield Finding(rule, message, (spec.name,), Kind.READING, acceptable=False)

    return check


def shaped(spec: FieldSpec[str], pattern: str, example: str) -> Check:
    """Require that a text matches a regular expression; ``example`` shows a person a correct value."""

    def check(extraction: Extraction, _: Circumstances) -> Iterator[Finding]:
        if spec in extraction and not re.fullmatch(pattern, extraction[spec].value):
            message = Message(
                "{title} is not in the usual form. It reads “{text}”; it should look like {example}. Compare it with "
                "the page.",
                title=Message(spec.title),
                text=extraction[spec].text,
                example=example,
            )
            yield Finding("shaped", message, (spec.name,))

    return check


def not_after_today(*specs: FieldSpec[dt.date]) -> Check:
    """Require that these dates do not lie in the future."""

    def check(extraction: Extraction, circumstances: Circumstances) -> Iterator[Finding]:
        for spec in specs:
            value = extraction.value(spec)
            if value and value > circumstances.today:
                message = Message(
                    "{title} is in the future. It reads {day}; today is {today}. Compare it with the page.",
                    title=Message(spec.title),
                    day=value,
                    today=circumstances.today,
                )
                yield Finding("not-after-today", message, (spec.name,))

    return check


def not_older_than(spec: FieldSpec[dt.date], days: int) -> Check:
    """Require that a date is not more than this many days before the document came in."""

    def check(extraction: Extraction, circumstances: Circumstances) -> Iterator[Finding]:
        value = extraction.value(spec)
        if value and circumstances.arrived and (circumstances.arrived - value).days > days:
            message = Message(
                "{title} is more than {days} days ago. It reads {day}. Compare it with the page.",
                title=Message(spec.title),
                days=days,
                day=value,
            )
            yield Finding("not-older-than", message, (spec.name,))

    return check


def in_order(first: FieldSpec[dt.date], second: FieldSpec[dt.date]) -> Check:
    """Require that the second date is not before the first."""

    def check(extraction: Extraction, _: Circumstances) -> Iterator[Finding]:
        start, end = extraction.value(first), extraction.value(second)
        if start and end and end < start:
            message = Message(
                "Dates in the wrong order. {later}: {end}; {earlier}: {start}. Compare both with the page.",
                later=Message(second.title),
                end=end,
                earlier=Message(first.title),
                start=start,
            )
            yield Finding("in-order", message, (first.name, second.name))

    return check


def confident(
    refer_below: float | Callable[[], float],
    *,
    besides: Iterable[FieldSpec[Any]] = (),
    specs: Callable[[], Mapping[str, FieldSpec[Any]]] = dict,
) -> Check:
    """Require that every field has at least this confidence (0-1); a setting is looked up when the check runs.

    A low confidence in a field of ``besides`` is no reason to ask a person, since no record holds it; nor is one in a
    field about which the reading asks already.
    ``specs`` returns the fields by name, for their titles.
    """
    left_out = {spec.name for spec in besides}

    def check(extraction: Extraction, _: Circumstances) -> Iterator[Finding]:
        bar = refer_below() if callable(refer_below) else refer_below
        asked_already = {f.fields[0] for f in extraction.findings if f.kind is Kind.READING and len(f.fields) == 1}
        compared = (field for name, field in extraction.fields.items() if name not in left_out | asked_already)
        return (_doubt(field, specs().get(field.name)) for field in compared if field.confidence < bar)

    return check


def _doubt(field: Field[Any], spec: FieldSpec[Any] | None) -> Finding:
    message = Message(
        "{title} unclear ({percent}% confidence). It was read as “{text}”. Compare it with the page.",
        title=Message(spec.title) if spec else field.name.replace("_", " ").capitalize(),
        percent=round(field.confidence * 100),
        text=field.text,
    )
    return Finding("confidence", message, (field.name,), Kind.READING)


def not_a_duplicate(_: Extraction, circumstances: Circumstances) -> Iterator[Finding]:
    """Require that no other case has the same content; a person may accept the document as a different one."""
    for earlier in circumstances.earlier:
        message = Message(
            "Possible duplicate of case {case}. That case ({file}) has {shared}. Reject this one if it is the same; "
            "accept it if it is not.",
            case=earlier.id,
            file=earlier.file_name,
            shared=earlier.rule,
        )  # holds nothing that changes, or a person would be asked again when the other case moves on
        yield Finding("duplicate", message, (), Kind.DUPLICATE)


def _noted(finding: Finding) -> Finding:
    """Return a finding as a mere note, unless people cannot accept it alone."""
    return replace(finding, asks=False) if finding.acceptable and not finding.takes_another else finding


def _rank(finding: Finding) -> tuple[bool, bool]:
    """Sort questions before mere notes, and what is wrong before what is merely new."""
    return not finding.asks, finding.rule == NEW_LAYOUT


def weigh(
    extraction: Extraction,
    checks: Sequence[Check],
    circumstances: Circumstances,
    settled: Iterable[Finding] = (),
) -> Verdict:
    """Run every check; refer the case if any finding remains that asks a person and is not settled.

    A document that seems to be of another kind is referred with that one finding.
    """
    agreed = set(settled)
    if extraction.other_kind and extraction.other_kind not in agreed:
        return Verdict(Outcome.REFER, (extraction.other_kind,))
    findings = [
        *extraction.findings,
        *(f for check in checks for f in check(extraction, circumstances)),
        *circumstances.house,
    ]
    findings = [_noted(finding) if finding.rule in circumstances.usual else finding for finding in findings]
    unsettled = (f for f in dict.fromkeys(findings) if not (f.acceptable and f in agreed))
    standing = tuple(sorted(unsettled, key=_rank))
    return Verdict(Outcome.REFER if any(finding.asks for finding in standing) else Outcome.KEY, standing)
