"""Describes printed forms: by their AcroForm fields, or by the label printed next to each value.

A form is a class with a title and a list of fields::

    class W9(Form):
        title = "Request for Taxpayer"
        payee = text(below="1 Name of entity/individual")
        signed_on = date(right_of="Date", written="%m/%d/%Y")
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from decimal import Decimal
from typing import Any, ClassVar, TypedDict, Unpack

from rapidfuzz import fuzz

from extractors.alternatives import Reread
from extractors.forms.fields import DOUBTFUL, FilledForm, FormSpec, Meaning, Place, Written
from extractors.forms.print_layout import LabelSpec, Side
from extractors.forms.sheet import letters
from extractors.forms.ticks import UNANSWERED, Option, Ticked
from keywright.findings import Finding, Kind
from keywright.messages import Message
from keywright.model.fields import AMOUNT, DATE, TEXT, YES_NO, Extraction, FieldSpec, specs_of
from keywright.model.fields import amount as in_cents
from keywright.model.reading import Control, Line, Page, Reading
from keywright.model.values.written_dates import dates_of

__all__ = ["Form", "Option", "amount", "choice", "choices", "date", "text", "tick", "yes_no"]

Labels = str | tuple[str, ...]

MOST_VALUES = 6  # values in one finding; a person finds the others on the page
LONGEST_VALUE = 60  # letters of a value in a finding
SAME_PAGE = 0.7  # share of the labels of two pages that both have if they are the same page of two forms
RECOGNISED = 1 / 3  # share of the form's labels that must be printed, in addition to its title


class Where(TypedDict, total=False):
    """Where a value is written: the labels below, right of or above which it stands, or the control that holds it.

    ``section`` names the part of the form in which the label is looked for, ``skips`` printed words that are no part of
    the value, ``title`` what people call the field (its label if not given).
    """

    below: Labels
    right_of: Labels
    above: Labels
    section: Labels
    control: Labels
    skips: tuple[str, ...]
    title: str


class Form(Reread):
    """A printed form: subclasses declare its title and its fields, and the headings of its sections.

    ``sections`` are the headings in the order in which they are printed; ``printed`` is other print that could be taken
    for a written value; ``title`` is printed on this form and on no other.
    """

    name: ClassVar[str]
    has_ticks: ClassVar[bool] = True
    title: ClassVar[str]
    sections: ClassVar[tuple[str, ...]] = ()
    printed: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "name" not in vars(cls):
            cls.name = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", cls.__name__).lower()
        cls._ensure_sound()

    @classmethod
    def _ensure_sound(cls) -> None:
        """Raise TypeError if the declaration could recognise nothing, so that it is corrected before a file is read."""
        if not letters(getattr(cls, "title", "")):
            raise TypeError(f"{cls.__name__} needs a title: words that are printed on this form and on no other.")
        for spec in cls._form_specs():
            bare = [wanted.text for wanted in spec.labels() if not letters(wanted.text)]
            if bare:
                raise TypeError(f"{cls.__name__}.{spec.name}: the label {bare[0]!r} has neither a letter nor a digit.")
        if bare := [heading for heading in cls.sections if not letters(heading)]:
            raise TypeError(f"{cls.__name__}: the section {bare[0]!r} has neither a letter nor a digit.")

    @classmethod
    def specs(cls) -> Mapping[str, FieldSpec[Any]]:
        """Return the fields of the form by name, in the order in which they are declared."""
        return specs_of(cls)

    @classmethod
    def labels(cls) -> Iterator[LabelSpec]:
        """Yield every label of the form, each with its section."""
        for spec in cls._form_specs():
            yield from spec.labels()
        yield from (LabelSpec("", words, often=True) for words in cls.printed)

    @classmethod
    def _form_specs(cls) -> list[FormSpec[Any]]:
        return [spec for spec in cls.specs().values() if isinstance(spec, FormSpec)]

    @classmethod
    def recognise(cls, reading: Reading, /) -> Finding | None:
        """Return None if this is the form: its title and at least a third of its labels are printed."""
        if not _is_printed(cls.title, reading.pages):
            return _not_this(cls, Message("Its title, “{title}”, is not printed on it.", title=cls.title))
        labels = cls._own_labels()
        printed = len(_printed_on(reading.pages, labels))
        if printed < RECOGNISED * len(labels):
            why = Message(
                "Its title is there, but only {printed} of the form's {count} labels are.",
                printed=printed,
                count=len(labels),
            )
            return _not_this(cls, why)
        return None

    @classmethod
    def extract(cls, reading: Reading, /) -> Extraction:
        """Read every field that is filled in; add a finding if the form is blank, or if the file holds more than one
        form.
        """
        form = FilledForm(reading, cls.sections, cls.labels())
        readings = [spec.read(form) for spec in cls._form_specs()]
        fields = {field.name: field for field, _ in readings if field}
        findings = [finding for _, field_findings in readings for finding in field_findings]
        if not any(field.text for field in fields.values()):
            message = Message("Blank form. No field is filled in. Send it back to be completed.")
            findings = [finding for finding in findings if finding.rule != UNANSWERED]
            findings.append(Finding("blank-form", message, acceptable=False))
        findings += [*cls._undeclared(form), *cls._several_forms(reading)]
        return Extraction(cls.name, fields, findings=tuple(findings))

    @classmethod
    def _undeclared(cls, form: FilledForm) -> Iterator[Finding]:
        """Yield the finding that the file has values for which this form declares no field."""
        names = (name for spec in cls._form_specs() for name in spec.control_names)
        unread = form.undeclared(names)
        if unread:
            more = (Message("{count} more", count=len(unread) - MOST_VALUES),) if len(unread) > MOST_VALUES else ()
            message = Message(
                "The form has values that are not posted. No field here takes them: {values}.",
                values=(*(f"{control.name}: {_shortened(control)}" for control in unread[:MOST_VALUES]), *more),
            )
            yield Finding("undescribed", message, kind=Kind.READING)

    @classmethod
    def _several_forms(cls, reading: Reading) -> Iterator[Finding]:
        """Yield the finding that the file has several forms: later pages repeat the title and labels of the first."""
        labels = {letters(heading) for heading in cls.sections} | cls._own_labels()
        titled = [page for page in reading.pages if _is_printed(cls.title, (page,))]
        first, print_of_first = titled[:1], _printed_on(titled[:1], labels)
        again = [page for page in titled[1:] if _alike(_printed_on((page,), labels), print_of_first) >= SAME_PAGE]
        if again:
            message = Message(
                "{count} forms in one file. They begin on pages {pages}. Split the file, so that each is posted by "
                "itself.",
                count=len(again) + 1,
                pages=tuple(page.number for page in (*first, *again)),
            )
            yield Finding("several-forms", message, acceptable=False)

    @classmethod
    def _own_labels(cls) -> set[str]:
        return {letters(wanted.text) for spec in cls._form_specs() for wanted in spec.labels()}

    @classmethod
    def values_in(cls, spec: FieldSpec[Any], lines: Sequence[Line], reading: Reading, /) -> tuple[str, ...]:
        """Return the meaning of lines of print in a field, spelled as a person types it; nothing for a tick box."""
        (printed_text,) = super().values_in(spec, lines, reading)
        if not isinstance(spec, Written):
            return ()
        try:
            return (spec.kind.write(spec.interpret(printed_text).value),)
        except ValueError:
            return (printed_text,)


def _printed_on(pages: Sequence[Page], labels: Set[str]) -> set[str]:
    """Return the labels (letters only) that are printed on these pages."""
    text = letters(Reading(tuple(pages)).text())
    return {label for label in labels if label in text}


def _alike(first: Set[str], second: Set[str]) -> float:
    """Return the share (0-1) of two pages' labels that both pages have."""
    return len(first & second) / max(1, len(first | second))


def _shortened(control: Control) -> str:
    value = " ".join((control.value or control.drawn or "").split())
    return f"“{value[:LONGEST_VALUE]}…”" if len(value) > LONGEST_VALUE else f"“{value}”"


def _is_printed(title: str, pages: Sequence[Page]) -> bool:
    want = letters(title)
    lines = [letters(line) for line in Reading(tuple(pages)).text().splitlines()]
    return any(want in line or fuzz.partial_ratio(want, line) >= 92 for line in lines if line)


def _not_this(form: type[Form], why: Message) -> Finding:
    message = Message(
        "Not the expected form: {kind}. {why} Send it where it belongs.", kind=form.name.replace("-", " "), why=why
    )
    return Finding(f"not-a-{form.name}", message, kind=Kind.BUSINESS, acceptable=False)


def text(*, pattern: str = "", **where: Unpack[Where]) -> FormSpec[str]:
    """A text. ``pattern`` is its expected form; a text from a scan that does not match it gets half the confidence."""
    return Written(TEXT, lambda written: Meaning(TEXT.parse(written)), _place(**where), pattern=pattern)


def amount(**where: Unpack[Where]) -> FormSpec[Decimal]:
    """An amount of money as people write it: $185,000.00, 27 400, 9.800,50."""
    return Written(AMOUNT, _amount, _place(**where))


def date(*, written: Labels = (), **where: Unpack[Where]) -> FormSpec[dt.date]:
    """A date in the formats ``written`` (as in ``strptime``); without them, in any way common in Canada."""
    patterns = _as_tuple(written)
    return Written(DATE, lambda text: _date(text, patterns), _place(**where))


def choice(
    *options: Option[str], section: Labels = "", control: Labels = (), may_be_empty: bool = False, title: str
) -> FormSpec[str]:
    """One of several tick boxes; ``control`` is the group's name if they are radio buttons.

    No tick is a finding, except with ``may_be_empty``, if the bot's checks decide when an answer is needed.
    """
    sections, controls = _as_tuple(section) or ("",), _as_tuple(control)
    return Ticked(TEXT, title, options, sections=sections, control=controls, may_be_empty=may_be_empty)


def choices(
    *options: Option[str], section: Labels = "", control: Labels = (), may_be_empty: bool = False, title: str
) -> FormSpec[str]:
    """All ticked boxes of several, as one text: ``House; Plumbing – House``. No tick is treated as in ``choice``."""
    return Ticked(
        TEXT,
        title,
        options,
        sections=_as_tuple(section) or ("",),
        control=_as_tuple(control),
        several="; ".join,
        may_be_empty=may_be_empty,
    )


def yes_no(
    *, question: str, yes: str = "", no: str = "", section: Labels = "", may_be_empty: bool = False, title: str
) -> FormSpec[bool]:
    """A question with a Yes and a No box on its line; ``yes`` and ``no`` name their controls. No tick is a finding."""
    options = (Option(True, "Yes", yes), Option(False, "No", no))
    sections = _as_tuple(section) or ("",)
    return Ticked(YES_NO, title, options, sections=sections, question=question, may_be_empty=may_be_empty)


def tick(*, label: str, section: Labels = "", control: str = "", title: str = "") -> FormSpec[bool]:
    """A single tick box: True if it is ticked, False if it is not."""
    option = Option(True, label, control)
    return Ticked(YES_NO, title or label, (option,), sections=_as_tuple(section) or ("",), unticked=False)


def _as_tuple(one_or_more: Labels) -> tuple[str, ...]:
    if isinstance(one_or_more, str):
        return (one_or_more,) if one_or_more else ()
    return one_or_more


def _place(
    *,
    below: Labels = (),
    right_of: Labels = (),
    above: Labels = (),
    section: Labels = "",
    control: Labels = (),
    skips: tuple[str, ...] = (),
    title: str = "",
) -> Place:
    sides: list[tuple[Side, tuple[str, ...]]] = [
        ("below", _as_tuple(below)),
        ("right_of", _as_tuple(right_of)),
        ("above", _as_tuple(above)),
    ]
    side, labels = next(((s, names_of_side) for s, names_of_side in sides if names_of_side), ("below", ()))
    names = _as_tuple(control)
    words = title or next(iter((*labels, *names)), "")
    return Place(words, side, labels, _as_tuple(section) or ("",), names, skips)


def _amount(written: str) -> Meaning[Decimal]:
    """Read an amount; its last mark is the decimal mark if one or two digits follow it."""
    bare = re.sub(r"[\s$€£']|CAD|CDN|C\$", "", written, flags=re.IGNORECASE)
    whole, cents = bare, ""
    ending = re.fullmatch(r"(.*)[.,](\d{1,2}|-)", bare)
    if ending:
        whole, cents = ending.group(1), ending.group(2).strip("-")
    if not re.fullmatch(r"\d+|\d{1,3}([.,]\d{3})+", whole):
        raise ValueError(Message("“{text}” is not an amount.", text=written))
    return Meaning(in_cents(re.sub(r"[.,]", "", whole) + "." + (cents or "0")))


def _date(text: str, patterns: tuple[str, ...]) -> Meaning[dt.date]:
    for pattern in patterns:
        try:
            return Meaning(dt.datetime.strptime(text, pattern).date())
        except ValueError:
            continue
    dates = () if patterns else dates_of(text)
    if not dates:
        raise ValueError(Message("“{text}” is not a date.", text=text))
    if len(dates) == 1:
        return Meaning(dates[0])
    doubt = Message(
        "“{text}” may be {first} or {second}. Choose the right one.", text=text, first=dates[0], second=dates[1]
    )
    return Meaning(dates[0], DOUBTFUL, doubt)
