"""Fields of a form: what each of them is, and how a value that is written in a cell or a control is read."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from extractors.forms.print_layout import Cell, PrintedForm, Section, Side, Wanted
from extractors.forms.sheet import letters
from keywright.findings import Finding, Kind
from keywright.model.fields import Field, FieldSpec, ValueKind
from keywright.model.reading import Box, Control, Reading, Word, box_of, confidence_of, text_of

T = TypeVar("T")

DOUBTFUL = 0.5  # a value that may well be another one
UNBOUNDED = 0.8  # a value beside which other print stands, so that it may end elsewhere
SPECK = 0.8  # a lone letter that was read less surely than that is none


@dataclass(frozen=True, slots=True)
class Raw:
    """A value as it is written, before it is understood."""

    text: str
    confidence: float
    source: str
    box: Box | None
    exact: bool = False
    drawn: str | None = None


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

    def undescribed(self, names: Iterable[str]) -> list[Control]:
        """Return the filled controls that have none of these names; a signature is no value."""
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
    """A field of a form: where it stands, and how it is read from there."""

    def __init__(self, kind: ValueKind[T], title: str, sections: tuple[str, ...], control: tuple[str, ...]) -> None:
        super().__init__(kind, title)
        self.sections = sections
        self.control = control

    @property
    def control_names(self) -> tuple[str, ...]:
        """Return the names of the controls that hold this field; ``*`` in one stands for any letters."""
        return (*self.control, self.name)

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
        controls = [control for name in self.control_names for control in form.controls(name)]
        raw = _from_control(controls) if controls else self._from_print(form)
        if raw is None:
            return None, self._only_drawn(controls)
        field, findings = self._understood(raw)
        return field, (*findings, *self._held_twice(controls))

    def _understood(self, raw: Raw) -> tuple[Field[T] | None, tuple[Finding, ...]]:
        try:
            meaning = self.understand(raw.text)
        except ValueError as fault:
            message = f"{self.title} could not be read: {fault} Compare it with the page."
            return None, (Finding("unreadable", message, (self.name,), Kind.READING),)
        sure = raw.confidence * meaning.sure
        if self.like and not raw.exact and not re.fullmatch(self.like, raw.text):
            sure *= DOUBTFUL
        if raw.drawn is not None and not self._same(raw.drawn, raw.text, meaning.value):
            field = Field(self.name, meaning.value, raw.text, round(sure * DOUBTFUL, 3), raw.source, raw.box)
            return field, (drawn_otherwise(self, raw.drawn, raw.text),)
        field = Field(self.name, meaning.value, raw.text, round(sure, 3), raw.source, raw.box)
        if meaning.doubt:
            message = f"{self.title}: {meaning.doubt}"
            return field, (Finding("ambiguous", message, (self.name,), Kind.READING),)
        return field, ()

    def _only_drawn(self, controls: Iterable[Control]) -> tuple[Finding, ...]:
        """Return the finding that the page shows a value where the file holds none."""
        return tuple(drawn_otherwise(self, control.drawn, "") for control in controls if control.drawn)[:1]

    def _held_twice(self, controls: Iterable[Control]) -> tuple[Finding, ...]:
        """Return the finding that two controls of the field hold different values."""
        values = list(dict.fromkeys(" ".join(control.value.split()) for control in controls if control.value.strip()))
        if len(values) < 2:
            return ()
        message = (
            f"{self.title} is filled in more than once: {', '.join(f'“{value}”' for value in values)}. Choose one."
        )
        return (Finding("two-values", message, (self.name,), Kind.READING),)

    def _same(self, drawn: str, held: str, value: T) -> bool:
        """Tell if what is drawn means what is held, or is a text of which the cell shows the beginning only."""
        with suppress(ValueError):
            if self.understand(drawn).value == value:
                return True
        shown, whole = letters(drawn), letters(held)
        if whole.isdigit():
            return _digits(drawn) == _digits(held)
        cut_number = shown[-1:].isdigit() and whole[len(shown) :][:1].isdigit()
        return whole.startswith(shown) and 2 * len(shown) >= len(whole) and not cut_number

    def _from_print(self, form: Filled) -> Raw | None:
        for section in self.places(form):
            for text in self.place.labels:
                label = form.printed.label(text, section)
                cell = form.printed.value(label, self.place.side) if label else Cell(())
                words = self._without_print(cell.words)
                if label and words:
                    sure = min(confidence_of(words), label.alike, 1.0 if section.certain else DOUBTFUL)
                    strange = cell.more or (self.place.side == "right_of" and _has_label(words))
                    sure = min(sure, UNBOUNDED if strange else 1.0)
                    engine = form.engine(label.page)
                    if engine != "text-layer" and _is_speck(words):
                        continue
                    return Raw(text_of(words), sure, engine, box_of(words), exact=engine == "text-layer")
        return None

    def _without_print(self, written: Sequence[Word]) -> tuple[Word, ...]:
        """Return the words of a cell without those that are printed in it."""
        words = list(written)
        skips = {letters(skip) for skip in self.place.skips}
        while words and letters(words[0].text) in {*skips, ""}:
            words.pop(0)
        while words and letters(words[-1].text) in skips:
            words.pop()
        return tuple(words)


def _from_control(controls: Iterable[Control]) -> Raw | None:
    """Return what the first of a field's controls holds that holds anything."""
    for control in controls:
        if text := " ".join(control.value.split()):
            return Raw(text, 1.0, "acroform", control.box, exact=True, drawn=control.drawn)
    return None


def _digits(number: str) -> str:
    """Return a number without the marks that change nothing about it."""
    return re.sub(r"[\s,$]", "", number)


def _has_label(words: Sequence[Word]) -> bool:
    """Tell if a label, as in “Telephone:”, seems to stand inside a value, so that nobody knows where the value ends."""
    return any(word.text.endswith(":") and word.text[:1].isupper() and len(word.text) > 2 for word in words[1:])


def drawn_otherwise(spec: FieldSpec[Any], drawn: str, held: str) -> Finding:
    """Return the finding that a form's page shows another value than its file holds."""
    shows = f"the page shows “{drawn}”" if drawn else "the page shows nothing"
    holds = f"the file holds “{held}”" if held else "the file holds nothing"
    message = f"{spec.title}: {shows}, but {holds}. Ask the applicant which is right."
    return Finding("drawn-otherwise", message, (spec.name,), Kind.READING)


def _is_speck(words: tuple[Word, ...]) -> bool:
    """A single doubtful letter in an empty cell of a scan is dirt."""
    return len(letters(text_of(words))) <= 1 and confidence_of(words) < SPECK
