"""The review sheet: what a person is asked about one case, field by field, the doubtful ones first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from keywright.cases.keying_attempts import ANSWERED_BY_BUTTON
from keywright.console.review.form_data import Answers, written_box
from keywright.console.shared import labels
from keywright.findings import Finding
from keywright.model.alternatives import Choice
from keywright.model.fields import Extraction, Field, FieldSpec
from keywright.review.decisions import id_of, needs_a_tick, one_line
from keywright.review.review_queue import may_accept


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asked, and whether that person may accept what asks for a second one."""

    name: str
    second: bool = False


@dataclass(frozen=True, slots=True)
class Help:
    """What helps a person to fill the fields: what else each may be, and which one names a vendor on file."""

    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    vendor_field: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding as it is shown: what must be filled in, confirmed, or accepted with a tick."""

    id: str
    message: str
    language: str
    kind: str
    fields: tuple[tuple[str, str], ...]  #: names and titles
    tickable: bool
    ticked: bool
    unsettled: bool
    by_button: bool  #: answered by a button that says what became of the record, where there is one


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
    choices: tuple[Choice, ...] = ()
    confirmed: bool = False
    picks_vendor: bool = False
    box: str = ""  #: the place that the person pointed at

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
        return f"beside-{self.name}" + (f" source-{self.name}" if self.found else "")

    @property
    def offers(self) -> list[tuple[str, str]]:
        """Return what else the value may be, each with its place on the pages."""
        return [(one.value, written_box(one.box)) for one in self.choices if one.value != self.text]


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
    def sure_open(self) -> bool:
        """Return True if one of the fields that were read surely must be seen."""
        return any(asked.fault or asked.remarks or asked.text != asked.read for asked in self.sure)

    @property
    def missing_open(self) -> bool:
        """Return True if the fields that are not on the document must be seen."""
        return any(asked.fault or asked.text for asked in self.missing) or not (self.sure or self.doubtful)


def sheet_of(
    extraction: Extraction,
    findings: Collection[Finding],
    specs: Mapping[str, FieldSpec[Any]],
    doubtful: Collection[str],
    answers: Answers,
    person: Person,
    aid: Help = Help(),
) -> Sheet:
    """Lay the fields and findings of a case out for a person."""
    titles = {name: labels.title_of(spec) for name, spec in specs.items()}
    remarks = [(finding, _remark(finding, extraction, titles, answers, person)) for finding in findings]
    beside: dict[str, list[Remark]] = {}
    for finding, remark in remarks:
        if len(finding.fields) == 1 and finding.fields[0] in specs:
            beside.setdefault(finding.fields[0], []).append(remark)
    all_asked = [
        _asked(spec, titles[name], extraction.fields.get(name), tuple(beside.get(name, ())), answers, aid)
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
    message, language = labels.finding_in_words(finding)
    return Remark(
        id=name,
        message=message,
        language=language,
        kind=labels.kind_in_words(finding.kind),
        fields=tuple((one, titles[one]) for one in finding.fields if one in titles),
        tickable=may and needs_a_tick(finding, extraction),
        ticked=name in answers.accepted,
        unsettled=name in answers.unsettled,
        by_button=finding.rule in ANSWERED_BY_BUTTON,
    )


def _asked(
    spec: FieldSpec[Any], title: str, found: Field[Any] | None, remarks: tuple[Remark, ...], answers: Answers, aid: Help
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
        choices=aid.choices.get(spec.name, ()),
        confirmed=spec.name in answers.confirmed,
        picks_vendor=spec.name == aid.vendor_field,
        box=written_box(answers.boxes.get(spec.name)),
    )
