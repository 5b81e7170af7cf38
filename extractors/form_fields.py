"""Fields of a form: values written in its cells and boxes ticked on it, and how each is read."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from extractors.form_print import Label, PrintedForm, Section, Side, Spot, Wanted, letters
from keywright.fields import Field, FieldSpec, ValueKind
from keywright.findings import Finding, Kind
from keywright.readings import Box, Control, Reading, TickBox, Word, box_of, confidence_of, text_of

T = TypeVar("T")

DOUBTFUL = 0.5  # a value that may well be another one
OFF = {"", "off"}  # what a tick box holds while it is not ticked
SPECK = 0.8  # a lone letter that was read less surely than that is none
TICK_REACH = 40.0  # points from a tick box to its label
QUESTION_REACH = 18.0  # points up or down from a question to its Yes and No


@dataclass(frozen=True, slots=True)
class Raw:
    """A value as it is written, before it is understood."""

    text: str
    confidence: float
    source: str
    box: Box | None
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Meaning(Generic[T]):
    """What a written text means, how sure that is (0-1), and why it is in doubt if it is."""

    value: T
    sure: float = 1.0
    doubt: str = ""


Understand = Callable[[str], Meaning[T]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is written: on which side of which label, in which sections, in which control.

    ``skips`` are printed words that stand in the cell and are no part of the value.
    """

    title: str
    side: Side
    labels: tuple[str, ...]
    sections: tuple[str, ...] = ("",)
    control: tuple[str, ...] = ()
    skips: tuple[str, ...] = ()


class Filled:
    """One filled form: its controls by name, and its print, which is only looked at if it must be."""

    def __init__(self, reading: Reading, sections: Sequence[str], labels: Iterable[Wanted]) -> None:
        self.reading = reading
        self._sections, self._labels = sections, tuple(labels)
        self._controls: dict[str, list[Control]] = {}
        for control in reading.controls:
            self._controls.setdefault(letters(control.name), []).append(control)

    def controls(self, name: str) -> list[Control]:
        """Return the controls of a name; ``*`` in it stands for any letters."""
        if "*" not in name:
            return self._controls.get(letters(name), [])
        pattern = re.compile(".*".join(re.escape(letters(part)) for part in name.split("*")))
        return [c for key in self._controls if pattern.fullmatch(key) for c in self._controls[key]]

    @cached_property
    def printed(self) -> PrintedForm:
        return PrintedForm(self.reading, self._sections, self._labels)

    def engine(self, page: int) -> str:
        return self.printed.sheets[page].page.engine


class FormSpec(FieldSpec[T], ABC):
    """A field of a form: where it stands, and how it is read from there."""

    def __init__(self, kind: ValueKind[T], title: str, sections: tuple[str, ...], control: tuple[str, ...]) -> None:
        super().__init__(kind, title)
        self.sections = sections
        self.control = control

    @abstractmethod
    def labels(self) -> Iterator[Wanted]:
        """Yield the labels printed for this field, each with its section."""

    @abstractmethod
    def read(self, form: Filled) -> tuple[Field[T] | None, tuple[Finding, ...]]:
        """Return the field if it is filled in, and what a person must know of it."""

    def places(self, form: Filled) -> Iterator[Section]:
        """Yield the sections of the form in which this field may stand."""
        for name in self.sections:
            section = form.printed.section(name)
            if section:
                yield section


class Written(FormSpec[T]):
    """A value written in a cell of the form: below a label, to the right of it, or above a caption."""

    def __init__(
        self,
        kind: ValueKind[T],
        understand: Understand[T],
        place: Place,
        *,
        like: str = "",
    ) -> None:
        super().__init__(kind, place.title, place.sections, place.control)
        self.understand = understand
        self.place = place
        self.like = like

    def labels(self) -> Iterator[Wanted]:
        for section in self.sections:
            for label in self.place.labels:
                yield Wanted(section, label)

    def read(self, form: Filled) -> tuple[Field[T] | None, tuple[Finding, ...]]:
        raw = self._from_control(form) if self._has_control(form) else self._from_print(form)
        if raw is None:
            return None, ()
        try:
            meaning = self.understand(raw.text)
        except ValueError as fault:
            message = f"{self.title} could not be read: {fault} Compare it with the page."
            return None, (Finding("unreadable", message, (self.name,), Kind.READING),)
        sure = raw.confidence * meaning.sure
        if self.like and not raw.exact and not re.fullmatch(self.like, raw.text):
            sure *= DOUBTFUL
        field = Field(self.name, meaning.value, raw.text, round(sure, 3), raw.source, raw.box)
        if meaning.doubt:
            message = f"{self.title}: {meaning.doubt}"
            return field, (Finding("ambiguous", message, (self.name,), Kind.READING),)
        return field, ()

    def _has_control(self, form: Filled) -> bool:
        return any(form.controls(name) for name in (*self.control, self.name))

    def _from_control(self, form: Filled) -> Raw | None:
        for name in (*self.control, self.name):
            for control in form.controls(name):
                if text := " ".join(control.value.split()):
                    return Raw(text, 1.0, "acroform", control.box, exact=True)
        return None

    def _from_print(self, form: Filled) -> Raw | None:
        for section in self.places(form):
            for text in self.place.labels:
                label = form.printed.label(text, section)
                words = self._words(form, label) if label else ()
                if label and words:
                    sure = min(confidence_of(words), label.alike, 1.0 if section.certain else 0.5)
                    engine = form.engine(label.page)
                    if engine != "text-layer" and _is_speck(words):
                        continue
                    return Raw(text_of(words), sure, engine, box_of(words), exact=engine == "text-layer")
        return None

    def _words(self, form: Filled, label: Label) -> tuple[Word, ...]:
        words = list(form.printed.value(label, self.place.side))
        skips = {letters(skip) for skip in self.place.skips}
        while words and letters(words[0].text) in {*skips, ""}:
            words.pop(0)
        while words and letters(words[-1].text) in skips:
            words.pop()
        return tuple(words)


def _is_speck(words: tuple[Word, ...]) -> bool:
    """A single doubtful letter in an empty cell of a scan is dirt."""
    return len(letters(text_of(words))) <= 1 and confidence_of(words) < SPECK


@dataclass(frozen=True, slots=True)
class Option(Generic[T]):
    """One tick box of a choice: what it stands for, the words beside it, its control."""

    value: T
    label: str
    control: str = ""


class Ticked(FormSpec[T]):
    """A choice among tick boxes: on an AcroForm by what they hold, on print by the ink in them."""

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
    ) -> None:
        """``several`` makes one value of several ticks; without it two ticks are a finding."""
        super().__init__(kind, title, sections, control)
        self.several = several
        self.options = tuple(options)
        self.question = question

    def labels(self) -> Iterator[Wanted]:
        for section in self.sections:
            if self.question:
                yield Wanted(section, self.question)
            for option in self.options:
                yield Wanted(section, option.label, often=bool(self.question))

    def read(self, form: Filled) -> tuple[Field[T] | None, tuple[Finding, ...]]:
        if self._has_control(form):
            return self._decide(self._held(form), "acroform", 1.0)
        for section in self.places(form):
            anchors = self._anchors(form, section)
            if anchors:
                return self._seen(form, anchors, 1.0 if section.certain else DOUBTFUL)
        return None, ()

    def _decide(
        self, ticked: list[tuple[Option[T], Box | None]], source: str, sure: float
    ) -> tuple[Field[T] | None, tuple[Finding, ...]]:
        """One tick is an answer; none is an empty field; two are a question for a person."""
        if not ticked:
            return None, ()
        values = [option.value for option, _ in ticked]
        if len(ticked) > 1 and self.several is None:
            names = " and ".join(f"“{option.label}”" for option, _ in ticked)
            message = f"{self.title}: {names} are both ticked; one is asked for. Choose with the applicant."
            return None, (Finding("two-ticks", message, (self.name,), acceptable=False),)
        value = self.several(values) if self.several else values[0]
        field = Field(self.name, value, self.kind.write(value), round(sure, 3), source, ticked[0][1])
        return field, ()

    def _has_control(self, form: Filled) -> bool:
        names = [*self.control, self.name, *(o.control for o in self.options if o.control)]
        return any(form.controls(name) for name in names)

    def _held(self, form: Filled) -> list[tuple[Option[T], Box | None]]:
        """Return the options whose own box is ticked, or that a group of radio buttons names."""
        held = [
            (option, control.box)
            for option in self.options
            if option.control
            for control in form.controls(option.control)
            if control.value.casefold() not in OFF
        ]
        groups = [c for name in (*self.control, self.name) for c in form.controls(name)]
        named = [
            (option, group.box)
            for group in groups
            for option in self.options
            if letters(group.value)
            and letters(group.value) in (letters(option.label), letters(self.kind.write(option.value)))
        ]
        return held or named

    def _anchors(self, form: Filled, section: Section) -> list[tuple[Option[T], Label]]:
        """Return the printed words of each option; with a question, those on the question's line."""
        if not self.question:
            found = [(o, form.printed.label(o.label, section)) for o in self.options]
            return [(option, label) for option, label in found if label]
        asked = form.printed.label(self.question, section)
        if asked is None:
            return []
        beside = [(option, _nearest_row(asked, form.printed.places(option.label, section))) for option in self.options]
        return [(option, label) for option, label in beside if label]

    def _seen(
        self, form: Filled, anchors: list[tuple[Option[T], Label]], sure: float
    ) -> tuple[Field[T] | None, tuple[Finding, ...]]:
        page = anchors[0][1].page
        boxes = form.printed.boxes(page)
        beside = [(option, _box_left_of(label, boxes)) for option, label in anchors]
        known = [(option, box) for option, box in beside if box]
        # A box that was not found may be the one that is ticked.
        if len(known) < len(self.options):
            sure = min(sure, 0.6)
        sure = min([sure, *(box.confidence for _, box in known)])
        ticked: list[tuple[Option[T], Box | None]] = [(o, b.box) for o, b in known if b.ticked]
        return self._decide(ticked, form.engine(page), sure)


def _nearest_row(asked: Label, labels: list[Label]) -> Label | None:
    near = [
        label
        for label in labels
        if label.page == asked.page
        and label.spot.left > asked.spot.left
        and abs(label.spot.middle - asked.spot.middle) <= QUESTION_REACH
    ]
    return min(near, key=lambda n: abs(n.spot.middle - asked.spot.middle), default=None)


def _box_left_of(label: Label, boxes: list[tuple[Spot, TickBox]]) -> TickBox | None:
    """Return the tick box printed just left of a label, which may have two lines."""
    near = [
        (label.spot.left - spot.right, box)
        for spot, box in boxes
        if -4 <= label.spot.left - spot.right <= TICK_REACH
        and abs(spot.middle - label.spot.middle) <= max(spot.height, 1.5 * label.spot.height) * 0.75
    ]
    return min(near, key=lambda n: n[0], default=(0.0, None))[1]
