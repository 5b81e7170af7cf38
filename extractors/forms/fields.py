"""The fields of a form: what each field is, and how its value is read from a cell or a control."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from extractors.forms.print_layout import FormCell, LabelSpec, PrintedForm, Section, Side
from extractors.forms.sheet import letters
from keywright.findings import Finding, Kind
from keywright.messages import Message
from keywright.model.fields import Field, FieldSpec, ValueKind
from keywright.model.reading import Box, Control, Reading, Word, box_of, confidence_of, text_of

T = TypeVar("T")

DOUBTFUL = 0.5  # the confidence factor of a value that is likely to be misread
UNBOUNDED = 0.8  # the highest confidence of a value with other print next to it, which may end elsewhere
SPECK = 0.8  # a single letter of a scan with a lower confidence is dirt


@dataclass(frozen=True, slots=True)
class Raw:
    """A value as written, before it is interpreted."""

    text: str
    confidence: float
    source: str
    box: Box | None
    exact: bool = False
    drawn: str | None = None


@dataclass(frozen=True, slots=True)
class Meaning(Generic[T]):
    """What a written text means, with a confidence (0-1), and the reason if it is in doubt."""

    value: T
    confidence: float = 1.0
    doubt: Message | None = None


Interpret = Callable[[str], Meaning[T]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is written: its labels and their side, its sections, its control.

    ``skips`` are printed words in the cell that are not part of the value.
    """

    title: str
    side: Side
    labels: tuple[str, ...]
    sections: tuple[str, ...] = ("",)
    control: tuple[str, ...] = ()
    skips: tuple[str, ...] = ()


class FilledForm:
    """One filled form: its controls by name, and its print, which is analysed only when it is needed."""

    def __init__(self, reading: Reading, sections: Sequence[str], labels: Iterable[LabelSpec]) -> None:
        self.reading = reading
        self._sections, self._labels = sections, tuple(labels)
        self._controls: dict[str, list[Control]] = {}
        for control in reading.controls:
            self._controls.setdefault(letters(control.name), []).append(control)

    def controls(self, name: str) -> list[Control]:
        """Return the controls with a name; ``*`` in it stands for any letters."""
        if "*" not in name:
            return self._controls.get(letters(name), [])
        pattern = re.compile(".*".join(re.escape(letters(part)) for part in name.split("*")))
        return [c for key in self._controls if pattern.fullmatch(key) for c in self._controls[key]]

    def undeclared(self, names: Iterable[str]) -> list[Control]:
        """Return the filled controls that have none of these names, without signatures."""
        described = {id(control) for name in names for control in self.controls(name)}
        return [
            control
            for control in self.reading.controls
            if id(control) not in described and control.kind != "signature" and (control.value.strip() or control.drawn)
        ]

    @cached_property
    def printed(self) -> PrintedForm:
        return PrintedForm(self.reading, self._sections, self._labels)

    def engine(self, page: int) -> str:
        return self.printed.sheets[page].page.engine


class FormSpec(FieldSpec[T], ABC):
    """A field of a form: where it is, and how it is read from there."""

    def __init__(self, kind: ValueKind[T], title: str, sections: tuple[str, ...], control: tuple[str, ...]) -> None:
        super().__init__(kind, title)
        self.sections = sections
        self.control = control

    @property
    def control_names(self) -> tuple[str, ...]:
        """Return the names of the controls of this field; ``*`` in a name stands for any letters."""
        return (*self.control, self.name)

    @abstractmethod
    def labels(self) -> Iterator[LabelSpec]:
        """Yield the labels printed for this field, each with its section."""

    @abstractmethod
    def read(self, form: FilledForm) -> tuple[Field[T] | None, tuple[Finding, ...]]:
        """Return the field if it is filled in, and the findings about it."""

    def places(self, form: FilledForm) -> Iterator[Section]:
        """Yield the sections of the form that can contain this field."""
        for name in self.sections:
            section = form.printed.section(name)
            if section:
                yield section


class Written(FormSpec[T]):
    """A value written in a cell of the form: below a label, to the right of it, or above a caption."""

    def __init__(
        self,
        kind: ValueKind[T],
        interpret: Interpret[T],
        place: Place,
        *,
        pattern: str = "",
    ) -> None:
        super().__init__(kind, place.title, place.sections, place.control)
        self.interpret = interpret
        self.place = place
        self.pattern = pattern

    def labels(self) -> Iterator[LabelSpec]:
        for section in self.sections:
            for label in self.place.labels:
                yield LabelSpec(section, label)

    def read(self, form: FilledForm) -> tuple[Field[T] | None, tuple[Finding, ...]]:
        controls = [control for name in self.control_names for control in form.controls(name)]
        raw = _from_control(controls) if controls else self._from_print(form)
        if raw is None:
            return None, self._only_drawn(controls)
        field, findings = self._interpreted(raw)
        return field, (*findings, *self._two_values(controls))

    def _interpreted(self, raw: Raw) -> tuple[Field[T] | None, tuple[Finding, ...]]:
        try:
            meaning = self.interpret(raw.text)
        except ValueError as fault:
            message = Message(
                "{title} could not be read. {fault} Compare it with the page.",
                title=Message(self.title),
                fault=fault.args[0] if fault.args else "",
            )
            return None, (Finding("unreadable", message, (self.name,), Kind.READING),)
        confidence = raw.confidence * meaning.confidence
        if self.pattern and not raw.exact and not re.fullmatch(self.pattern, raw.text):
            confidence *= DOUBTFUL
        if raw.drawn is not None and not self._same(raw.drawn, raw.text, meaning.value):
            field = Field(self.name, meaning.value, raw.text, round(confidence * DOUBTFUL, 3), raw.source, raw.box)
            return field, (drawn_otherwise(self, raw.drawn, raw.text),)
        field = Field(self.name, meaning.value, raw.text, round(confidence, 3), raw.source, raw.box)
        if meaning.doubt:
            message = Message(
                "{title} can be read in two ways. {doubt}", title=Message(self.title), doubt=meaning.doubt
            )
            return field, (Finding("ambiguous", message, (self.name,), Kind.READING),)
        return field, ()

    def _only_drawn(self, controls: Iterable[Control]) -> tuple[Finding, ...]:
        """Return the finding that the page shows a value where the file has none."""
        return tuple(drawn_otherwise(self, control.drawn, "") for control in controls if control.drawn)[:1]

    def _two_values(self, controls: Iterable[Control]) -> tuple[Finding, ...]:
        """Return the finding that two controls of the field have different values."""
        values = list(dict.fromkeys(" ".join(control.value.split()) for control in controls if control.value.strip()))
        if len(values) < 2:
            return ()
        message = Message(
            "{title} is filled in more than once. It reads: {values}. Choose one.",
            title=Message(self.title),
            values=tuple(f"“{value}”" for value in values),
        )
        return (Finding("two-values", message, (self.name,), Kind.READING),)

    def _same(self, drawn: str, stored: str, value: T) -> bool:
        """Return whether the drawn text means the stored one, or is the beginning of a text that is too long for its
        cell.
        """
        with suppress(ValueError):
            if self.interpret(drawn).value == value:
                return True
        drawn_letters, stored_letters = letters(drawn), letters(stored)
        if stored_letters.isdigit():
            return _digits(drawn) == _digits(stored)
        cut_number = drawn_letters[-1:].isdigit() and stored_letters[len(drawn_letters) :][:1].isdigit()
        return (
            stored_letters.startswith(drawn_letters)
            and 2 * len(drawn_letters) >= len(stored_letters)
            and not cut_number
        )

    def _from_print(self, form: FilledForm) -> Raw | None:
        for section in self.places(form):
            for text in self.place.labels:
                label = form.printed.label(text, section)
                cell = form.printed.value(label, self.place.side) if label else FormCell(())
                words = self._without_print(cell.words)
                if label and words:
                    confidence = min(confidence_of(words), label.likeness, 1.0 if section.certain else DOUBTFUL)
                    uncertain_end = cell.more or (self.place.side == "right_of" and _has_label(words))
                    confidence = min(confidence, UNBOUNDED if uncertain_end else 1.0)
                    engine = form.engine(label.page)
                    if engine != "text-layer" and _is_speck(words):
                        continue
                    return Raw(text_of(words), confidence, engine, box_of(words), exact=engine == "text-layer")
        return None

    def _without_print(self, written: Sequence[Word]) -> tuple[Word, ...]:
        """Return the words of a cell without the words printed in it."""
        words = list(written)
        skips = {letters(skip) for skip in self.place.skips}
        while words and letters(words[0].text) in {*skips, ""}:
            words.pop(0)
        while words and letters(words[-1].text) in skips:
            words.pop()
        return tuple(words)


def _from_control(controls: Iterable[Control]) -> Raw | None:
    """Return the value of the first of a field's controls that has one."""
    for control in controls:
        if text := " ".join(control.value.split()):
            return Raw(text, 1.0, "acroform", control.box, exact=True, drawn=control.drawn)
    return None


def _digits(number: str) -> str:
    """Return a number without separators and currency signs."""
    return re.sub(r"[\s,$]", "", number)


def _has_label(words: Sequence[Word]) -> bool:
    """Return whether a label, as in “Telephone:”, seems to be inside a value, so that its end is uncertain."""
    return any(word.text.endswith(":") and word.text[:1].isupper() and len(word.text) > 2 for word in words[1:])


def drawn_otherwise(spec: FieldSpec[Any], drawn: str, stored: str) -> Finding:
    """Return the finding that a form's page shows another value than its file has."""
    message = Message(
        "Page and file differ: {title}. The page shows {shown}, but the file holds {stored}. Ask the applicant which "
        "is right.",
        title=Message(spec.title),
        shown=quoted(drawn),
        stored=quoted(stored),
    )
    return Finding("drawn-otherwise", message, (spec.name,), Kind.READING)


def quoted(text: str) -> Message:
    """Return a text in quotation marks, or the word for no text."""
    return Message("“{text}”", text=text) if text else Message("nothing")


def _is_speck(words: tuple[Word, ...]) -> bool:
    """Return whether a cell of a scan has only a single doubtful letter, which is dirt."""
    return len(letters(text_of(words))) <= 1 and confidence_of(words) < SPECK
