"""Fields of a form that are answered with tick boxes, and how each is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from extractors.forms.fields import DOUBTFUL, FilledForm, FormSpec, drawn_otherwise
from extractors.forms.print_layout import LabelSpec, Section
from extractors.forms.sheet import Label, letters
from keywright.findings import Finding
from keywright.messages import Message
from keywright.model.fields import Field, ValueKind
from keywright.model.reading import Box, Control

T = TypeVar("T")

UNANSWERED = "unanswered"  # the rule of the finding that no box is ticked
OFF = {"", "off"}  # what a tick box holds while it is not ticked
QUESTION_REACH = 18.0  # points up or down from a question to its Yes and No
BOX_UNSEEN = 0.6  # the highest confidence of an answer if a box was not found, since that one could be ticked


@dataclass(frozen=True, slots=True)
class Option(Generic[T]):
    """One tick box of a choice: its value, the words next to it, its control."""

    value: T
    label: str
    control: str = ""


@dataclass(frozen=True, slots=True)
class Tick(Generic[T]):
    """An option whose box is ticked, and where that box is."""

    option: Option[T]
    box: Box | None


Answer = tuple[Field[T] | None, tuple[Finding, ...]]


class Ticked(FormSpec[T]):
    """A choice among tick boxes, read from the controls of an AcroForm or from the ink in printed boxes."""

    def __init__(
        self,
        kind: ValueKind[T],
        title: str,
        options: Sequence[Option[T]],
        *,
        sections: tuple[str, ...] = ("",),
        control: tuple[str, ...] = (),
        question: str = "",
        several: Callable[[Sequence[T]], T] | None = None,
        unticked: T | None = None,
        may_be_empty: bool = False,
    ) -> None:
        """Describe a choice.

        ``several`` makes one value of several ticks; without it two ticks are a finding. ``unticked`` is the value if
        no box is ticked. Without it no answer is a finding, except with ``may_be_empty``, if the bot's checks decide
        when an answer is needed.
        """
        super().__init__(kind, title, sections, control)
        self.several = several
        self.options = tuple(options)
        self.question = question
        self.unticked = unticked
        self.may_be_empty = may_be_empty

    @property
    def control_names(self) -> tuple[str, ...]:
        return (*super().control_names, *(option.control for option in self.options if option.control))

    def labels(self) -> Iterator[LabelSpec]:
        for section in self.sections:
            if self.question:
                yield LabelSpec(section, self.question)
            for option in self.options:
                yield LabelSpec(section, option.label, often=bool(self.question), at_box=True)

    def read(self, form: FilledForm) -> Answer[T]:
        controls = [control for name in self.control_names for control in form.controls(name)]
        if controls:
            return self._from_controls(form, controls)
        for section in self.places(form):
            anchors = self._anchors(form, section)
            if anchors:
                return self._from_print(form, anchors, 1.0 if section.certain else DOUBTFUL)
        return None, ()

    def _from_controls(self, form: FilledForm, controls: Sequence[Control]) -> Answer[T]:
        """Read the values of the controls; an answer whose page shows the opposite gets less confidence."""
        field, findings = self._decide(self._ticks_of_controls(form), "acroform", 1.0, controls[0].box)
        disputed = [control for control in controls if control.drawn is not None]
        if not disputed:
            return field, findings
        states = [("ticked" if state else "") for state in (disputed[0].drawn, disputed[0].value)]
        finding = drawn_otherwise(self, *states)
        return self._doubted(field), (*(f for f in findings if f.rule != UNANSWERED), finding)

    def _doubted(self, field: Field[T] | None) -> Field[T] | None:
        if field is None:
            return None
        return Field(self.name, field.value, field.text, DOUBTFUL, field.source, field.box)

    def _decide(self, ticks: Sequence[Tick[T]], source: str, confidence: float, place: Box | None) -> Answer[T]:
        """Return one tick as the answer, no tick as an empty field, and two as a question for a person."""
        if not ticks:
            return self._unticked(source, confidence, place)
        values = [tick.option.value for tick in ticks]
        if len(ticks) > 1 and self.several is None:
            message = Message(
                "Too many boxes ticked: {title}. {boxes} are ticked; only one may be. Ask the applicant which is "
                "right.",
                title=Message(self.title),
                boxes=tuple(f"“{tick.option.label}”" for tick in ticks),
            )
            return None, (Finding("two-ticks", message, (self.name,), acceptable=False),)
        value = self.several(values) if self.several else values[0]
        return Field(self.name, value, self.kind.write(value), round(confidence, 3), source, ticks[0].box), ()

    def _unticked(self, source: str, confidence: float, place: Box | None) -> Answer[T]:
        if self.unticked is not None:
            return Field(self.name, self.unticked, "", round(confidence, 3), source, place), ()
        if self.may_be_empty:
            return None, ()
        message = Message("No box ticked: {title}. Look at the page, or ask the applicant.", title=Message(self.title))
        return None, (Finding(UNANSWERED, message, (self.name,)),)

    def _ticks_of_controls(self, form: FilledForm) -> list[Tick[T]]:
        """Return the options whose own box is ticked, or that a group of radio buttons names."""
        own_ticks = [
            Tick(option, control.box)
            for option in self.options
            if option.control
            for control in form.controls(option.control)
            if control.value.casefold() not in OFF
        ]
        groups = [control for name in super().control_names for control in form.controls(name)]
        group_ticks = [
            Tick(option, group.box)
            for group in groups
            for option in self.options
            if letters(group.value)
            and letters(group.value) in (letters(option.label), letters(self.kind.write(option.value)))
        ]
        return own_ticks or group_ticks

    def _anchors(self, form: FilledForm, section: Section) -> list[tuple[Option[T], Label]]:
        """Return the printed words of each option; with a question, only those on the question's line."""
        if not self.question:
            labels = [(option, form.printed.label(option.label, section)) for option in self.options]
            return [(option, label) for option, label in labels if label]
        question = form.printed.label(self.question, section)
        if question is None:
            return []
        labels = [(o, _nearest_row(question, form.printed.places(o.label, section))) for o in self.options]
        return [(option, label) for option, label in labels if label]

    def _from_print(self, form: FilledForm, anchors: Sequence[tuple[Option[T], Label]], confidence: float) -> Answer[T]:
        """Read the ink in the boxes next to the printed words."""
        boxes = [(option, box) for option, label in anchors if (box := form.printed.box_left_of(label))]
        if not boxes and form.reading.controls:
            return None, ()  # a fillable form: this question has neither a control nor a box that could be ticked
        if len(boxes) < len(self.options):
            confidence = min(confidence, BOX_UNSEEN)
        confidence = min([confidence, *(box.confidence for _, box in boxes)])
        ticks: list[Tick[T]] = [Tick(option, box.box) for option, box in boxes if box.ticked]
        page = anchors[0][1].page
        return self._decide(ticks, form.engine(page), confidence, boxes[0][1].box if boxes else None)


def _nearest_row(question: Label, labels: Sequence[Label]) -> Label | None:
    near = [
        label
        for label in labels
        if label.page == question.page
        and label.spot.left > question.spot.left
        and abs(label.spot.middle - question.spot.middle) <= QUESTION_REACH
    ]
    return min(near, key=lambda label: abs(label.spot.middle - question.spot.middle), default=None)
