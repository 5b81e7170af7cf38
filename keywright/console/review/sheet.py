"""The review sheet: the fields and findings of a case as a person reviews them, doubtful fields first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from keywright.cases.keying_attempts import ANSWERED_BY_BUTTON
from keywright.console.review.form_data import Submission, written_box
from keywright.console.shared import labels
from keywright.findings import Finding
from keywright.model.alternatives import Choice
from keywright.model.fields import Extraction, Field, FieldSpec
from keywright.model.layout import NEW_LAYOUT
from keywright.review.decisions import id_of, needs_a_tick, one_line
from keywright.review.review_queue import may_accept


@dataclass(frozen=True, slots=True)
class Reviewer:
    """The person who reviews, and whether they may give second approvals."""

    name: str
    second: bool = False


@dataclass(frozen=True, slots=True)
class FieldHelp:
    """Help for filling the fields: the alternatives of each, and the field that names a vendor."""

    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    vendor_field: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding as the page shows it: to be corrected, confirmed, or accepted with a tick."""

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
class SheetField:
    """One field of the sheet. ``text`` is the content of its input, ``read_text`` the value that was read."""

    name: str
    title: str
    kind: str
    text: str
    read_text: str
    remarks: tuple[Remark, ...]
    fault: str
    read_field: Field[Any] | None
    confidence: int  #: per cent
    source: str  #: where the value comes from, in words
    choices: tuple[Choice, ...] = ()
    confirmed: bool = False
    picks_vendor: bool = False
    box: str = ""  #: the place that the person pointed at
    options: tuple[tuple[str, str], ...] = ()  #: the only values that it takes, each with its title

    @property
    def id(self) -> str:
        """Return the id of the field's input."""
        return f"field-{self.name}"

    @property
    def unlisted(self) -> bool:
        """Return True if the text is none of the options."""
        return bool(self.text) and self.text not in dict(self.options)

    @property
    def long(self) -> bool:
        """Return True if the text does not fit on one line."""
        return len(self.text) > 48

    @property
    def described_by(self) -> str:
        """Return the ids of the elements that describe the input."""
        return f"beside-{self.name}" + (f" source-{self.name}" if self.read_field else "")

    @property
    def other_values(self) -> list[tuple[str, str]]:
        """Return the alternatives, each with its place on the pages."""
        return [(choice.value, written_box(choice.box)) for choice in self.choices if choice.value != self.text]


@dataclass(frozen=True, slots=True)
class ReviewSheet:
    """Everything to review about a case: remarks on the whole document, and fields in three groups.

    ``layout`` says that people have to confirm the document's layout, whose fields are walked through one by one.
    """

    layout: tuple[Remark, ...]
    remarks: tuple[Remark, ...]
    doubtful: tuple[SheetField, ...]
    sure: tuple[SheetField, ...]
    missing: tuple[SheetField, ...]

    @property
    def faults(self) -> list[SheetField]:
        """Return the fields with invalid text."""
        return [field for field in (*self.doubtful, *self.sure, *self.missing) if field.fault]

    @property
    def sure_open(self) -> bool:
        """Return True if a field read with high confidence needs attention."""
        return any(field.fault or field.remarks or field.text != field.read_text for field in self.sure)

    @property
    def missing_open(self) -> bool:
        """Return True if the fields not on the document need attention."""
        return any(field.fault or field.text for field in self.missing) or not (self.sure or self.doubtful)


def review_sheet(
    extraction: Extraction,
    findings: Collection[Finding],
    specs: Mapping[str, FieldSpec[Any]],
    doubtful: Collection[str],
    submission: Submission,
    person: Reviewer,
    aid: FieldHelp = FieldHelp(),
) -> ReviewSheet:
    """Lay out the fields and findings of a case for a person."""
    titles = {name: labels.title_of(spec) for name, spec in specs.items()}
    all_remarks = [(finding, _remark(finding, extraction, titles, submission, person)) for finding in findings]
    layout = tuple(remark for finding, remark in all_remarks if finding.rule == NEW_LAYOUT)
    remarks = [(finding, remark) for finding, remark in all_remarks if finding.rule != NEW_LAYOUT]
    beside: dict[str, list[Remark]] = {}
    for finding, remark in remarks:
        if len(finding.fields) == 1 and finding.fields[0] in specs:
            beside.setdefault(finding.fields[0], []).append(remark)
    all_fields = [
        _sheet_field(spec, titles[name], extraction.fields.get(name), tuple(beside.get(name, ())), submission, aid)
        for name, spec in specs.items()
    ]
    calm = [field for field in all_fields if field.name not in doubtful]
    placed = {remark.id for field_remarks in beside.values() for remark in field_remarks}
    return ReviewSheet(
        layout=layout,
        remarks=tuple(remark for _finding, remark in remarks if remark.id not in placed),
        doubtful=tuple(field for field in all_fields if field.name in doubtful),
        sure=tuple(field for field in calm if field.read_field),
        missing=tuple(field for field in calm if not field.read_field),
    )


def _remark(
    finding: Finding, extraction: Extraction, titles: Mapping[str, str], submission: Submission, person: Reviewer
) -> Remark:
    name = id_of(finding)
    may = may_accept(finding, extraction, extraction, person.name, second=person.second)
    message, language = labels.finding_in_words(finding)
    return Remark(
        id=name,
        message=message,
        language=language,
        kind=labels.kind_in_words(finding.kind),
        fields=tuple((name, titles[name]) for name in finding.fields if name in titles),
        tickable=may and needs_a_tick(finding, extraction),
        ticked=name in submission.accepted,
        unsettled=name in submission.unsettled,
        by_button=finding.rule in ANSWERED_BY_BUTTON,
    )


def _sheet_field(
    spec: FieldSpec[Any],
    title: str,
    read_field: Field[Any] | None,
    remarks: tuple[Remark, ...],
    submission: Submission,
    aid: FieldHelp,
) -> SheetField:
    read_text = one_line(read_field.value) if read_field else ""
    return SheetField(
        name=spec.name,
        title=title,
        kind=spec.kind.name,
        text=submission.texts.get(spec.name, read_text),
        read_text=read_text,
        remarks=remarks,
        fault=submission.faults.get(spec.name, ""),
        read_field=read_field,
        confidence=int(read_field.confidence * 100) if read_field else 0,
        source=labels.source_in_words(read_field.source) if read_field else "",
        choices=aid.choices.get(spec.name, ()),
        confirmed=spec.name in submission.confirmed,
        picks_vendor=spec.name == aid.vendor_field,
        box=written_box(submission.boxes.get(spec.name)),
        options=labels.options_of(spec),
    )
