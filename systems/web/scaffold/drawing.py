"""What was found on the screens of a system: the fields of its form, its list, and the page of a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz

from systems.web.adapter.listing import Below, Says
from systems.web.screen.fingerprint import Shape
from systems.web.screen.targets import Place

ALIKE = 80  # of 100: a label on the form and one on the record mean the same


@dataclass(frozen=True, slots=True)
class FormField:
    """One value that the form asks for: its name in the record, its type, how and where it is filled, what shows it."""

    name: str
    type: str
    fills: str  #: the method of Screen
    place: Place
    options: tuple[str, ...] = ()
    shown_as: str = ""  #: the label on the record's page, if one was alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What was seen of a system, as its module needs it. Addresses are paths; ``record`` has ``{number}`` in it."""

    name: str
    dates: str
    form: str
    form_heading: str
    fields: tuple[FormField, ...]
    line: tuple[FormField, ...] = ()
    out_of_reach: tuple[str, ...] = ()
    checks: str = ""
    posts: str
    find: str = ""
    find_heading: str = ""
    find_button: str = ""
    find_boxes: tuple[str, ...] = ()
    find_open: tuple[tuple[str, str], ...] = ()
    list_heading: str = ""
    columns: tuple[str, ...] = ()
    empty: Says | Below | None = None  #: what the list shows when nothing was found; None if that was not seen
    counts: str = ""
    number_at: int = 0
    record: str = ""
    record_heading: str = ""
    printed: tuple[str, ...] = ()
    shape: Shape = field(default_factory=lambda: Shape(""))


def shown_as(fields: Sequence[FormField], printed: Sequence[str]) -> tuple[FormField, ...]:
    """Match what is asked with the labels on the record's page: the most alike first, each label once."""
    pairs = [(_alike(form_field, label), form_field, label) for form_field in fields for label in printed]
    matches: dict[str, str] = {}
    for score, form_field, label in sorted(pairs, key=lambda pair: -pair[0]):
        if score >= ALIKE and form_field.name not in matches and label not in matches.values():
            matches[form_field.name] = label
    return tuple(replace(form_field, shown_as=matches.get(form_field.name, "")) for form_field in fields)


def listed_as(drawn: Drawing) -> Mapping[int, FormField]:
    """Return which column of the list shows which value, by the column's index."""
    columns: dict[int, FormField] = {}
    for index, column in enumerate(drawn.columns):
        same_label = [form_field for form_field in drawn.fields if form_field.shown_as == column]
        likely = same_label or [form_field for form_field in drawn.fields if _alike(form_field, column) >= ALIKE]
        best = max(likely, key=lambda form_field: _alike(form_field, column), default=None)
        if best is not None and index != drawn.number_at and best not in columns.values():
            columns[index] = best
    return columns


def _alike(form_field: FormField, label: str) -> float:
    """Return how alike a label is to what the form prints, from 0 to 101: the same words, and then the same length."""
    words = form_field.place if isinstance(form_field.place, str) else form_field.name.replace("_", " ")
    printed_words, label_words = words.lower(), label.lower()
    return fuzz.token_set_ratio(printed_words, label_words) + fuzz.ratio(printed_words, label_words) / 100
