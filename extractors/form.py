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
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

from rapidfuzz import fuzz

from extractors.form_fields import (
    DOUBTFUL,
    Filled,
    FormSpec,
    Meaning,
    Option,
    Place,
    Ticked,
    Written,
)
from extractors.form_print import Side, Wanted, letters
from extractors.rereading import Reread
from extractors.written_dates import dates_of
from keywright.fields import AMOUNT, DATE, TEXT, YES_NO, Extraction, FieldSpec, specs_of
from keywright.fields import amount as in_cents
from keywright.findings import Finding, Kind
from keywright.readings import Line, Reading

__all__ = ["Form", "Option", "amount", "choice", "choices", "date", "text", "tick", "yes_no"]

T = TypeVar("T")
Labels = str | tuple[str, ...]

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
        if not _is_printed(cls.title, reading):
            return _not_this(cls, f"its title, “{cls.title}”, is not printed on it")
        labels = {letters(wanted.text) for spec in cls._form_specs() for wanted in spec.labels()}
        print_ = letters(reading.text())
        seen = sum(label in print_ for label in labels)
        if seen < RECOGNISED * len(labels):
            return _not_this(cls, f"its title is there, but only {seen} of the form's {len(labels)} labels are")
        return None

    @classmethod
    def extract(cls, reading: Reading, /) -> Extraction:
        """Read every field that is filled in; a form on which none is says so."""
        form = Filled(reading, cls.sections, cls.labels())
        read = [spec.read(form) for spec in cls._form_specs()]
        fields = {field.name: field for field, _ in read if field}
        findings = tuple(finding for _, found in read for finding in found)
        if not fields:
            message = "The form is blank: no field is filled in. Send it back to be completed."
            findings = (*findings, Finding("blank-form", message, acceptable=False))
        return Extraction(cls.name, fields, findings=findings)

    @classmethod
    def values_in(cls, name: str, lines: Sequence[Line], reading: Reading, /) -> tuple[str, ...]:
        """Return what lines of print mean in a field, as one types it; nothing in a box to be ticked."""
        spec, (said,) = cls.specs()[name], super().values_in(name, lines, reading)
        if not isinstance(spec, Written):
            return ()
        try:
            return (spec.kind.write(spec.understand(said).value),)
        except ValueError:
            return (said,)


def _is_printed(title: str, reading: Reading) -> bool:
    want = letters(title)
    lines = [letters(line) for line in reading.text().splitlines()]
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


def choice(*options: Option[str], section: Labels = "", control: Labels = (), title: str) -> FormSpec[str]:
    """One of several tick boxes; ``control`` is the group's name where they are radio buttons."""
    return Ticked(TEXT, title, options, sections=_several(section) or ("",), control=_several(control))


def choices(*options: Option[str], section: Labels = "", control: Labels = (), title: str) -> FormSpec[str]:
    """All that are ticked of several boxes, as one text: ``House; Plumbing – House``."""
    return Ticked(
        TEXT,
        title,
        options,
        sections=_several(section) or ("",),
        control=_several(control),
        several="; ".join,
    )


def yes_no(*, question: str, yes: str = "", no: str = "", section: Labels = "", title: str) -> FormSpec[bool]:
    """A question with a Yes and a No box on its line; ``yes`` and ``no`` name their controls."""
    options = (Option(True, "Yes", yes), Option(False, "No", no))
    return Ticked(YES_NO, title, options, sections=_several(section) or ("",), question=question)


def tick(*, label: str, section: Labels = "", control: str = "", title: str = "") -> FormSpec[bool]:
    """One tick box by itself: True where it is ticked, and no field where it is not."""
    option = Option(True, label, control)
    return Ticked(YES_NO, title or label, (option,), sections=_several(section) or ("",))


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
