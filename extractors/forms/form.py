"""How a printed form is described: by its AcroForm fields, or by the label printed beside each value.

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
from typing import Any, ClassVar

from rapidfuzz import fuzz

from extractors.alternatives import Reread
from extractors.forms.fields import DOUBTFUL, Filled, FormSpec, Meaning, Place, Written
from extractors.forms.print_layout import Side, Wanted
from extractors.forms.sheet import letters
from extractors.forms.ticks import UNANSWERED, Option, Ticked
from keywright.findings import Finding, Kind
from keywright.model.fields import AMOUNT, DATE, TEXT, YES_NO, Extraction, FieldSpec, specs_of
from keywright.model.fields import amount as in_cents
from keywright.model.reading import Control, Line, Page, Reading
from keywright.model.values.written_dates import dates_of

__all__ = ["Form", "Option", "amount", "choice", "choices", "date", "text", "tick", "yes_no"]

Labels = str | tuple[str, ...]

MOST_TOLD = 6  # values in one finding; a person looks at the page for the others
MOST_SHOWN = 60  # letters of such a value
SAME_PAGE = 0.7  # of the labels on two pages are on both, if they are the same page of two forms
RECOGNISED = 1 / 3  # of the form's labels, or of its controls, must be there beside its title


class Form(Reread):
    """A printed form: subclasses name its title and its fields, and the headings of its parts.

    ``sections`` are the headings in the order in which they are printed; ``printed`` is other print
    that could be taken for something written; ``title`` stands on the form and on no other.
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
        """Raise TypeError if the description could recognise nothing, so that it is mended before a file is read."""
        if not letters(getattr(cls, "title", "")):
            raise TypeError(f"{cls.__name__} needs a title: words that stand on this form and on no other.")
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
    def labels(cls) -> Iterator[Wanted]:
        """Yield every label of the form, each with its section."""
        for spec in cls._form_specs():
            yield from spec.labels()
        yield from (Wanted("", words, often=True) for words in cls.printed)

    @classmethod
    def _form_specs(cls) -> list[FormSpec[Any]]:
        return [spec for spec in cls.specs().values() if isinstance(spec, FormSpec)]

    @classmethod
    def recognise(cls, reading: Reading, /) -> Finding | None:
        """Return None if this is the form: its title is printed, and a third of its labels are there."""
        if not _is_printed(cls.title, reading.pages):
            return _not_this(cls, f"its title, “{cls.title}”, is not printed on it")
        labels = cls._own_print()
        seen = len(_printed_on(reading.pages, labels))
        if seen < RECOGNISED * len(labels):
            return _not_this(cls, f"its title is there, but only {seen} of the form's {len(labels)} labels are")
        return None

    @classmethod
    def extract(cls, reading: Reading, /) -> Extraction:
        """Read every field that is filled in; a form on which none is says so, and so does one that holds more."""
        form = Filled(reading, cls.sections, cls.labels())
        answers = [spec.read(form) for spec in cls._form_specs()]
        fields = {field.name: field for field, _ in answers if field}
        findings = [finding for _, about in answers for finding in about]
        if not any(field.text for field in fields.values()):
            message = "The form is blank: no field is filled in. Send it back to be completed."
            findings = [finding for finding in findings if finding.rule != UNANSWERED]
            findings.append(Finding("blank-form", message, acceptable=False))
        findings += [*cls._undescribed(form), *cls._several(reading)]
        return Extraction(cls.name, fields, findings=tuple(findings))

    @classmethod
    def _undescribed(cls, form: Filled) -> Iterator[Finding]:
        """Yield the finding that the file holds values for which this description has no field."""
        names = (name for spec in cls._form_specs() for name in spec.control_names)
        left = form.undescribed(names)
        if left:
            values = "; ".join(f"{control.name}: {_in_short(control)}" for control in left[:MOST_TOLD])
            more = f" and {len(left) - MOST_TOLD} more" if len(left) > MOST_TOLD else ""
            message = f"The form holds values that no field takes, and that are not keyed: {values}{more}."
            yield Finding("undescribed", message, kind=Kind.READING)

    @classmethod
    def _several(cls, reading: Reading) -> Iterator[Finding]:
        """Yield the finding that the file holds several forms: later pages with the title and labels of the first."""
        labels = {letters(heading) for heading in cls.sections} | cls._own_print()
        titled = [page for page in reading.pages if _is_printed(cls.title, (page,))]
        first, print_of_first = titled[:1], _printed_on(titled[:1], labels)
        again = [page for page in titled[1:] if _alike(_printed_on((page,), labels), print_of_first) >= SAME_PAGE]
        if again:
            begun = ", ".join(str(page.number) for page in (*first, *again))
            message = (
                f"The file holds {len(again) + 1} forms, beginning on pages {begun}. Split it, so that each is keyed."
            )
            yield Finding("several-forms", message, acceptable=False)

    @classmethod
    def _own_print(cls) -> set[str]:
        return {letters(wanted.text) for spec in cls._form_specs() for wanted in spec.labels()}

    @classmethod
    def values_in(cls, spec: FieldSpec[Any], lines: Sequence[Line], reading: Reading, /) -> tuple[str, ...]:
        """Return what lines of print mean in a field, as one types it; nothing in a box to be ticked."""
        (said,) = super().values_in(spec, lines, reading)
        if not isinstance(spec, Written):
            return ()
        try:
            return (spec.kind.write(spec.understand(said).value),)
        except ValueError:
            return (said,)


def _printed_on(pages: Sequence[Page], labels: Set[str]) -> set[str]:
    """Return the labels (letters only) that are printed on some pages."""
    text = letters(Reading(tuple(pages)).text())
    return {label for label in labels if label in text}


def _alike(labels: Set[str], others: Set[str]) -> float:
    """Return the share (0-1) of two pages' labels that both have."""
    return len(labels & others) / max(1, len(labels | others))


def _in_short(control: Control) -> str:
    value = " ".join((control.value or control.drawn or "").split())
    return f"“{value[:MOST_SHOWN]}…”" if len(value) > MOST_SHOWN else f"“{value}”"


def _is_printed(title: str, pages: Sequence[Page]) -> bool:
    want = letters(title)
    lines = [letters(line) for line in Reading(tuple(pages)).text().splitlines()]
    return any(want in line or fuzz.partial_ratio(want, line) >= 92 for line in lines if line)


def _not_this(form: type[Form], why: str) -> Finding:
    kind = form.name.replace("-", " ")
    message = f"This is not a {kind}: {why}. Send it where it belongs."
    return Finding(f"not-a-{form.name}", message, kind=Kind.BUSINESS, acceptable=False)


def text(
    *,
    below: Labels = (),
    right_of: Labels = (),
    above: Labels = (),
    section: Labels = "",
    control: Labels = (),
    skips: tuple[str, ...] = (),
    like: str = "",
    title: str = "",
) -> FormSpec[str]:
    """A text. ``like`` is the pattern it should have; what was read from a picture and has not is doubted."""
    place = _place(below, right_of, above, section, control, skips, title)
    return Written(TEXT, lambda written: Meaning(TEXT.parse(written)), place, like=like)


def amount(
    *,
    below: Labels = (),
    right_of: Labels = (),
    above: Labels = (),
    section: Labels = "",
    control: Labels = (),
    skips: tuple[str, ...] = (),
    title: str = "",
) -> FormSpec[Decimal]:
    """An amount of money as people write it: $185,000.00, 27 400, 9.800,50."""
    place = _place(below, right_of, above, section, control, skips, title)
    return Written(AMOUNT, _amount, place)


def date(
    *,
    below: Labels = (),
    right_of: Labels = (),
    above: Labels = (),
    section: Labels = "",
    control: Labels = (),
    skips: tuple[str, ...] = (),
    written: Labels = (),
    title: str = "",
) -> FormSpec[dt.date]:
    """A date, ``written`` as in ``strptime``; without that, as people write dates in Canada."""
    place = _place(below, right_of, above, section, control, skips, title)
    patterns = _several(written)
    return Written(DATE, lambda text: _date(text, patterns), place)


def choice(
    *options: Option[str], section: Labels = "", control: Labels = (), may_be_empty: bool = False, title: str
) -> FormSpec[str]:
    """One of several tick boxes; ``control`` is the group's name where they are radio buttons.

    No tick is a finding, unless it ``may_be_empty``: where the form's own rules say when an answer is needed.
    """
    sections, controls = _several(section) or ("",), _several(control)
    return Ticked(TEXT, title, options, sections=sections, control=controls, may_be_empty=may_be_empty)


def choices(
    *options: Option[str], section: Labels = "", control: Labels = (), may_be_empty: bool = False, title: str
) -> FormSpec[str]:
    """All that are ticked of several boxes, as one text: ``House; Plumbing – House``. No tick: as in a choice."""
    return Ticked(
        TEXT,
        title,
        options,
        sections=_several(section) or ("",),
        control=_several(control),
        several="; ".join,
        may_be_empty=may_be_empty,
    )


def yes_no(
    *, question: str, yes: str = "", no: str = "", section: Labels = "", may_be_empty: bool = False, title: str
) -> FormSpec[bool]:
    """A question with a Yes and a No box on its line; ``yes`` and ``no`` name their controls. No tick is a finding."""
    options = (Option(True, "Yes", yes), Option(False, "No", no))
    sections = _several(section) or ("",)
    return Ticked(YES_NO, title, options, sections=sections, question=question, may_be_empty=may_be_empty)


def tick(*, label: str, section: Labels = "", control: str = "", title: str = "") -> FormSpec[bool]:
    """One tick box by itself: True where it is ticked, False where it is not."""
    option = Option(True, label, control)
    return Ticked(YES_NO, title or label, (option,), sections=_several(section) or ("",), unticked=False)


def _several(one_or_more: Labels) -> tuple[str, ...]:
    if isinstance(one_or_more, str):
        return (one_or_more,) if one_or_more else ()
    return one_or_more


def _place(
    below: Labels,
    right_of: Labels,
    above: Labels,
    section: Labels,
    control: Labels,
    skips: tuple[str, ...],
    title: str,
) -> Place:
    sides: list[tuple[Side, tuple[str, ...]]] = [
        ("below", _several(below)),
        ("right_of", _several(right_of)),
        ("above", _several(above)),
    ]
    side, labels = next(((s, found) for s, found in sides if found), ("below", ()))
    names = _several(control)
    words = title or next(iter((*labels, *names)), "")
    return Place(words, side, labels, _several(section) or ("",), names, skips)


def _amount(written: str) -> Meaning[Decimal]:
    """Read an amount; the last mark is the decimal one if one or two digits follow it."""
    bare = re.sub(r"[\s$€£']|CAD|CDN|C\$", "", written, flags=re.IGNORECASE)
    whole, cents = bare, ""
    ending = re.fullmatch(r"(.*)[.,](\d{1,2}|-)", bare)
    if ending:
        whole, cents = ending.group(1), ending.group(2).strip("-")
    if not re.fullmatch(r"\d+|\d{1,3}([.,]\d{3})+", whole):
        raise ValueError(f"“{written}” is not an amount.")
    return Meaning(in_cents(re.sub(r"[.,]", "", whole) + "." + (cents or "0")))


def _date(text: str, patterns: tuple[str, ...]) -> Meaning[dt.date]:
    for pattern in patterns:
        try:
            return Meaning(dt.datetime.strptime(text, pattern).date())
        except ValueError:
            continue
    found = () if patterns else dates_of(text)
    if not found:
        raise ValueError(f"“{text}” is not a date.")
    if len(found) == 1:
        return Meaning(found[0])
    doubt = f"“{text}” may be {found[0]:%d %B %Y} or {found[1]:%d %B %Y}. Choose the right one."
    return Meaning(found[0], DOUBTFUL, doubt)
