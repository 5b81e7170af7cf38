"""The review sheet: what a person is asked about one case, field by field, the doubtful ones first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from keywright.bot import AnyBot
from keywright.cases import Case
from keywright.console import words
from keywright.fields import Extraction, Field, FieldSpec
from keywright.findings import Finding
from keywright.notation import findings_to_json, write_value
from keywright.review_queue import may_accept

CONFIDENCE = "confidence"  # the check that asks for a person's eye; a confirmed value answers it


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person typed, accepted and gave as a reason, and what of it cannot be taken."""

    typed: Mapping[str, str] = field(default_factory=dict)
    accepted: frozenset[str] = frozenset()
    reason: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)
    unsettled: frozenset[str] = frozenset()  #: findings that still stand
    refusing: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asked, and whether that person may accept what asks for a second one."""

    name: str
    second: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding as it is shown: what must be filled in, confirmed, or accepted with a tick."""

    id: str
    message: str
    kind: str
    fields: tuple[tuple[str, str], ...]  #: names and titles
    tickable: bool
    ticked: bool
    unsettled: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """One field on the sheet. ``text`` is what stands in its input, ``read`` what reading put there."""

    name: str
    title: str
    kind: str
    text: str
    read: str
    remarks: tuple[Remark, ...]
    fault: str
    found: Field[Any] | None
    certainty: int  #: per cent

    @property
    def id(self) -> str:
        """Return the id of the field's input."""
        return f"field-{self.name}"

    @property
    def long(self) -> bool:
        """Return True if one line does not hold the text."""
        return len(self.text) > 48

    @property
    def described_by(self) -> str:
        """Return the ids of the sentences beside the input."""
        ids = [f"remark-{remark.id}" for remark in self.remarks]
        ids += [f"fault-{self.name}"] if self.fault else []
        ids += [f"source-{self.name}"] if self.found else []
        return " ".join(ids)


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that a person is asked about a case: remarks on the whole, and fields in three groups."""

    remarks: tuple[Remark, ...]
    doubtful: tuple[Asked, ...]
    sure: tuple[Asked, ...]
    missing: tuple[Asked, ...]

    @property
    def faults(self) -> list[Asked]:
        """Return the fields whose text cannot be taken."""
        return [asked for asked in (*self.doubtful, *self.sure, *self.missing) if asked.fault]

    @property
    def missing_open(self) -> bool:
        """Return True if the fields that are not on the document must be seen."""
        return any(asked.fault or asked.text for asked in self.missing) or not (self.sure or self.doubtful)


def id_of(finding: Finding) -> str:
    """Return a short name for a finding, the same for the same finding."""
    told = json.dumps(findings_to_json([finding]), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def extraction_of(case: Case, bot: AnyBot) -> Extraction:
    """Return what was read; nothing if the document could not be opened."""
    return case.extraction or Extraction(bot.reads.name, {})


def doubtful_names(extraction: Extraction, findings: Iterable[Finding], refer_below: float) -> set[str]:
    """Return the fields that a person must look at: named in a finding, or read less surely than is asked for."""
    named = {name for finding in findings for name in finding.fields}
    return named | {name for name, one in extraction.fields.items() if one.confidence < refer_below}


def needs_a_tick(finding: Finding, extraction: Extraction) -> bool:
    """Return True if a person may accept a finding and must say so.

    What reading itself found amiss about a field is answered by the person's word for the field.
    """
    answered = finding.rule == CONFIDENCE or (finding.fields and finding in extraction.findings)
    return finding.asks and finding.acceptable and not answered


def one_line(value: object) -> str:
    """Return a value as it stands in an input."""
    return " ".join(write_value(value).split())


def sheet_of(
    extraction: Extraction,
    findings: Collection[Finding],
    specs: Mapping[str, FieldSpec[Any]],
    doubtful: Collection[str],
    answers: Answers,
    person: Person,
) -> Sheet:
    """Lay the fields and findings of a case out for a person."""
    titles = {name: words.title_of(spec) for name, spec in specs.items()}
    remarks = [(finding, _remark(finding, extraction, titles, answers, person)) for finding in findings]
    beside: dict[str, list[Remark]] = {}
    for finding, remark in remarks:
        if len(finding.fields) == 1 and finding.fields[0] in specs:
            beside.setdefault(finding.fields[0], []).append(remark)
    all_asked = [
        _asked(spec, titles[name], extraction.fields.get(name), tuple(beside.get(name, ())), answers)
        for name, spec in specs.items()
    ]
    calm = [asked for asked in all_asked if asked.name not in doubtful]
    placed = {remark.id for ones in beside.values() for remark in ones}
    return Sheet(
        remarks=tuple(remark for _finding, remark in remarks if remark.id not in placed),
        doubtful=tuple(asked for asked in all_asked if asked.name in doubtful),
        sure=tuple(asked for asked in calm if asked.found),
        missing=tuple(asked for asked in calm if not asked.found),
    )


def _remark(
    finding: Finding, extraction: Extraction, titles: Mapping[str, str], answers: Answers, person: Person
) -> Remark:
    name = id_of(finding)
    may = may_accept(finding, extraction, extraction, person.name, second=person.second)
    return Remark(
        id=name,
        message=finding.message,
        kind=words.kind_in_words(finding.kind),
        fields=tuple((one, titles[one]) for one in finding.fields if one in titles),
        tickable=may and needs_a_tick(finding, extraction),
        ticked=name in answers.accepted,
        unsettled=name in answers.unsettled,
    )


def _asked(
    spec: FieldSpec[Any], title: str, found: Field[Any] | None, remarks: tuple[Remark, ...], answers: Answers
) -> Asked:
    read = one_line(found.value) if found else ""
    return Asked(
        name=spec.name,
        title=title,
        kind=spec.kind.name,
        text=answers.typed.get(spec.name, read),
        read=read,
        remarks=remarks,
        fault=answers.faults.get(spec.name, ""),
        found=found,
        certainty=int(found.confidence * 100) if found else 0,
    )
