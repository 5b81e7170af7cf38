"""Checks: the rules a document must meet before a bot may key it, and the verdict they give."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from keywright.findings import Finding, Kind
from keywright.model.duplicates import Trait
from keywright.model.fields import Extraction, Field, FieldSpec
from keywright.model.vendor import KnownAccount, Match, Payee


class Outcome(StrEnum):
    """What to do with a case once it is checked."""

    KEY = "key"  #: every check passed; a bot may key it
    REFER = "refer"  #: a person must look at it first


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of all checks on one case; REFER has at least one finding that asks."""

    outcome: Outcome
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class EarlierCase:
    """Another case that may be the same as this one: ``rule`` says what the two share."""

    id: str
    file_name: str
    state: str
    rule: str
    receipt_number: str = ""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a check may know beside the document: the town's date today, and the cases that may be the same.

    ``traits`` are what such a case would share with the document.
    ``came_in`` is False where a file is only looked at: then nobody knows when it came in, and its age is no fault.
    ``house`` is what the office asks for beside the bot's checks: see ``keywright.people.permissions``.
    ``accounts`` is what people said of the accounts of the vendor.
    ``vendor`` is whom the vendor master takes the seller for; None where there is no master, or the bot has no seller.
    """

    today: dt.date
    earlier: tuple[EarlierCase, ...] = ()
    traits: tuple[Trait, ...] = ()
    vendor: Match | None = None
    came_in: bool = True
    house: tuple[Finding, ...] = ()
    accounts: tuple[KnownAccount, ...] = ()

    @property
    def payee(self) -> Payee | None:
        """Return the vendor on file to whom the document is booked, or None if none is known."""
        return payee_of(self.vendor)


def payee_of(match: Match | None) -> Payee | None:
    """Return the vendor on file that a seller was found to be, or None if that is nobody in particular."""
    return match.vendor.payee if match and match.vendor else None


Check = Callable[[Extraction, Circumstances], Iterable[Finding]]


def present(*specs: FieldSpec[Any], rule: str = "present") -> Check:
    """Ask that each of these fields could be read. A person can fill them in, not wave them through."""

    def check(extraction: Extraction, _: Circumstances) -> Iterator[Finding]:
        for spec in specs:
            if spec not in extraction:
                message = f"{spec.title} was not found on the document. Look for it and type it in."
                yield Finding(rule, message, (spec.name,), Kind.READING, acceptable=False)

    return check


def shaped(spec: FieldSpec[str], pattern: str, example: str) -> Check:
    """Ask that a text has the shape of a regular expression; ``example`` shows a person what that is."""

    def check(extraction: Extraction, _: Circumstances) -> Iterator[Finding]:
        if spec in extraction and not re.fullmatch(pattern, extraction[spec].value):
            text = extraction[spec].text
            yield Finding(
                "shaped",
                f"{spec.title} reads {text!r}; expected something like {example}.",
                (spec.name,),
            )

    return check


def not_after_today(*specs: FieldSpec[dt.date]) -> Check:
    """Ask that these dates do not lie in the future."""

    def check(extraction: Extraction, now: Circumstances) -> Iterator[Finding]:
        for spec in specs:
            value = extraction.value(spec)
            if value and value > now.today:
                message = f"{spec.title} {value} is in the future (today is {now.today}). Compare it with the page."
                yield Finding("not-after-today", message, (spec.name,))

    return check


def not_older_than(spec: FieldSpec[dt.date], days: int) -> Check:
    """Ask that a date is not more than this many days before the document came in."""

    def check(extraction: Extraction, now: Circumstances) -> Iterator[Finding]:
        value = extraction.value(spec)
        if value and now.came_in and (now.today - value).days > days:
            message = f"{spec.title} {value} is more than {days} days ago. Compare it with the page."
            yield Finding("not-older-than", message, (spec.name,))

    return check


def in_order(first: FieldSpec[dt.date], second: FieldSpec[dt.date]) -> Check:
    """Ask that the second date is not before the first."""

    def check(extraction: Extraction, _: Circumstances) -> Iterator[Finding]:
        one, other = extraction.value(first), extraction.value(second)
        if one and other and other < one:
            message = f"{second.title} {other} is before {first.title.lower()} {one}. Compare both with the page."
            yield Finding("in-order", message, (first.name, second.name))

    return check


def confident(refer_below: float | Callable[[], float], *, besides: Iterable[FieldSpec[Any]] = ()) -> Check:
    """Ask that every field was read at least this surely (0-1); a setting is asked for when it is needed.

    ``besides`` are fields that no record holds, so that a doubt about them is no reason to ask a person.
    """
    left_out = {spec.name for spec in besides}

    def check(extraction: Extraction, _: Circumstances) -> Iterator[Finding]:
        bar = refer_below() if callable(refer_below) else refer_below
        asked = (field for name, field in extraction.fields.items() if name not in left_out)
        return (_doubt(field) for field in asked if field.confidence < bar)

    return check


def _doubt(field: Field[Any]) -> Finding:
    name = field.name.replace("_", " ")
    message = f"{name} was read as {field.text!r}, but only {field.confidence:.0%} surely. Compare it with the page."
    return Finding("confidence", message, (field.name,), Kind.READING)


def not_a_duplicate(_: Extraction, now: Circumstances) -> Iterator[Finding]:
    """Ask that no other case says the same; a person may say that it is another one all the same."""
    for other in now.earlier:
        message = (
            f"Case {other.id} ({other.file_name}) has {other.rule}. "
            "Refuse this one if it is the same; accept it if it is not."
        )  # nothing that changes is in it, or a person would be asked again when the other case moves on
        yield Finding("duplicate", message, (), Kind.DUPLICATE)


def weigh(
    extraction: Extraction,
    checks: Sequence[Check],
    now: Circumstances,
    settled: Iterable[Finding] = (),
) -> Verdict:
    """Run every check; refer the case if any finding stands that no person has settled.

    Of a document that seems to be of another kind, that is the one thing to ask first.
    """
    agreed = set(settled)
    if extraction.other_kind and extraction.other_kind not in agreed:
        return Verdict(Outcome.REFER, (extraction.other_kind,))
    found = [*extraction.findings, *(f for check in checks for f in check(extraction, now)), *now.house]
    left = (f for f in dict.fromkeys(found) if not (f.acceptable and f in agreed))
    standing = tuple(sorted(left, key=lambda f: not f.asks))  # what asks stands before what only tells
    return Verdict(Outcome.REFER if any(one.asks for one in standing) else Outcome.KEY, standing)
